#include "api/factory.h"

#include <algorithm>
#include <array>

#include "api/network.h"
#include "base/text.h"
#include "base/try.h"
#include "classic/classic.h"
#include "format/proto/model.pb.h"
#include "import/description.h"
#include "import/mil/import_mil.h"
#include "import/neuralnetwork/neural_network.h"
#include "pipeline/pipeline.h"

namespace pome::api {
namespace {

constexpr int kMaxDepth = 16;  // of pipelines; the same bound as format::check_model()

/// Why nobody outside Apple runs a model type, or why it is not run yet.
std::string refusal_of(std::string_view type) {
  static constexpr std::array<std::string_view, 7> kApple = {
      "visionFeaturePrint", "audioFeaturePrint", "textClassifier", "wordTagger",
      "gazetteer",          "wordEmbedding",     "serializedModel"};
  if (std::find(kApple.begin(), kApple.end(), type) != kApple.end()) {
    return "models of type " + std::string(type) +
           " rest on data or code that only Apple's systems have; nobody else can run them. Use "
           "a network that carries its own weights instead";
  }
  return "models of type " + std::string(type) + " are not supported yet";
}

}  // namespace

bool is_network(std::string_view type) {
  return type == "mlProgram" || type.rfind("neuralNetwork", 0) == 0;
}

Result<import::ImportedModel> import_network(const ModelSource& source,
                                             ModelDescription description,
                                             const import::MilOptions& options) {
  if (description.model_type == "mlProgram")
    return import::import_mil(*source.model, source.weights, std::move(description), options);
  return import::import_neural_network(*source.model, source.model, std::move(description),
                                       options.shapes);
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
  if (is_network(type)) return make_network(source, std::move(description), configuration);
  if (classic::supports(type))
    return classic::make_predictor({source.model, description, configuration});
  if (type.rfind("pipeline", 0) == 0) {
    return pipeline::make_pipeline(
        source.model, std::move(description),
        [&](std::shared_ptr<const CoreML::Specification::Model> part) {
          return make_predictor({std::move(part), source.weights}, configuration, depth + 1);
        });
  }
  return Error(ErrorCode::kUnsupported, refusal_of(type));
}

}  // namespace pome::api
