#include "api/factory.h"

#include "api/linked_model.h"
#include "api/network.h"
#include "api/refusal.h"
#include "base/try.h"
#include "classic/classic.h"
#include "format/proto/model.pb.h"
#include "import/description.h"
#include "import/mil/import_mil.h"
#include "import/neuralnetwork/neural_network.h"
#include "pipeline/pipeline.h"

namespace pome::api {
namespace {

constexpr int kMaxDepth = 16;  // of pipelines and links; the same bound as format::check_model()

}  // namespace

Result<import::ImportedModel> import_network(const ModelSource& source,
                                             ModelDescription description,
                                             const import::MilOptions& options,
                                             const CustomLayerFactories* custom_layers) {
  if (description.model_type == "mlProgram")
    return import::import_mil(*source.model, source.weights, std::move(description), options);
  return import::import_neural_network(*source.model, source.model, std::move(description),
                                       options.shapes, custom_layers);
}

Result<std::unique_ptr<Predictor>> make_predictor(const ModelSource& source,
                                                  const ModelConfiguration& configuration,
                                                  int depth) {
  if (depth > kMaxDepth) {
    return Error(ErrorCode::kLimitExceeded,
                 "pipelines stand more than " + std::to_string(kMaxDepth) + " deep in one another");
  }
  POME_ASSIGN(ModelDescription description, import::read_description(*source.model));
  const std::string type = description.model_type;
  if (format::is_network(type)) return make_network(source, std::move(description), configuration);
  if (classic::supports(type))
    return classic::make_predictor({source.model, description, configuration});
  if (type.rfind("pipeline", 0) == 0) {
    return pipeline::make_pipeline(source.model, std::move(description),
                                   [&](std::shared_ptr<const CoreML::Specification::Model> part) {
                                     return make_predictor(
                                         {std::move(part), source.weights, source.links},
                                         configuration, depth + 1);
                                   });
  }
  if (type == "linkedModel") {
    return make_linked_model(source, std::move(description), configuration,
                             [&](const ModelSource& linked) {
                               return make_predictor(linked, configuration, depth + 1);
                             });
  }
  return refusal_of(*source.model);
}

}  // namespace pome::api
