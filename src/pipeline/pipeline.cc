#include "pipeline/pipeline.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "format/model_file.h"
#include "format/proto/model.pb.h"
#include "pipeline/pipeline_predictor.h"

namespace pome::pipeline {
namespace {

Result<const spec::Pipeline*> parts_of(const spec::Model& model) {
  switch (model.Type_case()) {
    case spec::Model::kPipeline:
      return &model.pipeline();
    case spec::Model::kPipelineClassifier:
      return &model.pipelineclassifier().pipeline();
    case spec::Model::kPipelineRegressor:
      return &model.pipelineregressor().pipeline();
    default:
      return Error(ErrorCode::kInvalidArgument, "the model is no pipeline");
  }
}

Status check_counts(const spec::Pipeline& pipeline) {
  if (pipeline.models().empty())
    return Error(ErrorCode::kInvalidModel, "the pipeline has no parts; at least one is expected");
  if (!pipeline.names().empty() && pipeline.names_size() != pipeline.models_size()) {
    return Error(ErrorCode::kInvalidModel,
                 "the pipeline has " + std::to_string(pipeline.names_size()) + " names for its " +
                     std::to_string(pipeline.models_size()) +
                     " parts; one name a part, or none at all, is expected");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Predictor>> make_pipeline(std::shared_ptr<const spec::Model> model,
                                                 ModelDescription description,
                                                 const PartFactory& make_part) {
  POME_ASSIGN(const spec::Pipeline* pipeline, parts_of(*model));
  POME_TRY(check_counts(*pipeline));
  std::vector<Part> parts;
  for (int i = 0; i < pipeline->models_size(); ++i) {
    const spec::Model& message = pipeline->models(i);
    const std::string_view type = format::model_type_name(message);
    const std::string number = "part " + std::to_string(i);
    const std::string name = pipeline->names().empty() ? std::string() : pipeline->names(i);
    Part part;
    part.label = name.empty() ? number : name;
    part.place = (name.empty() ? number : quoted(name)) + " (" + std::string(type) + ")";
    part.exact_shape = format::is_network(type);
    auto made = make_part(std::shared_ptr<const spec::Model>(model, &message));
    if (!made.ok()) return std::move(made).error().at(part.place);
    part.predictor = *std::move(made);
    parts.push_back(std::move(part));
  }
  POME_ASSIGN(Wiring wiring, connect(description, std::move(parts)));
  return std::unique_ptr<Predictor>(
      std::make_unique<PipelinePredictor>(std::move(description), std::move(wiring)));
}

}  // namespace pome::pipeline
