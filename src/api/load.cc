#include "api/load.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "cpu/backend.h"
#include "format/model_file.h"
#include "format/proto/model.pb.h"
#include "import/description.h"
#include "import/mil/import_mil.h"
#include "import/neuralnetwork/neural_network.h"
#include "passes/pipeline.h"
#include "runtime/network_predictor.h"

namespace pome::api {
namespace {

/// Why nobody outside Apple runs a model type, or why it is not run yet.
std::string refusal_of(std::string_view type) {
  for (std::string_view apple : {"visionFeaturePrint", "audioFeaturePrint", "textClassifier",
                                 "wordTagger", "gazetteer", "wordEmbedding", "serializedModel"}) {
    if (type == apple) {
      return "models of type " + std::string(type) +
             " rest on data or code that only Apple's systems have; nobody else can run them. Use "
             "a network that "
             "carries its own weights instead";
    }
  }
  return "models of type " + std::string(type) +
         " are not supported yet; neural networks and ML programs are";
}

/// The function that the description is about: the default one. Others can be named, not run,
/// today.
Result<const ir::Function*> choose_function(const ir::Program& program, const std::string& wanted) {
  std::vector<std::string> names;
  for (const auto& [name, function] : program.functions) names.push_back(name);
  if (!wanted.empty() && program.function(wanted) == nullptr) {
    return Error(ErrorCode::kUnknownName, "the model has no function " + quoted(wanted) +
                                              "; it has " + quoted_list(names) + "." +
                                              did_you_mean(wanted, names));
  }
  if (names.size() == 1) return program.functions.begin()->second.get();
  return Error(ErrorCode::kUnsupported,
               "models with several functions (" + quoted_list(names) + ") are not supported yet");
}

}  // namespace

Result<import::ImportedModel> import_model(format::ModelFile file) {
  POME_ASSIGN(ModelDescription description, import::read_description(file.model()));
  const std::string type = description.model_type;
  if (type == "mlProgram")
    return import::import_mil(file.model(), file.weights(), std::move(description));
  if (type.rfind("neuralNetwork", 0) == 0) {
    auto owner = std::make_shared<const format::ModelFile>(std::move(file));
    return import::import_neural_network(owner->model(), owner, std::move(description));
  }
  return Error(ErrorCode::kUnsupported, refusal_of(type));
}

Result<std::unique_ptr<Predictor>> load_predictor(const std::filesystem::path& path,
                                                  const ModelConfiguration& configuration) {
  POME_ASSIGN(const cpu::Isa isa, cpu::choose_isa());
  format::Limits limits;
  limits.max_memory_bytes = configuration.memory_limit;
  POME_ASSIGN(format::ModelFile file, format::ModelFile::load(path, limits));
  const auto compile = [&]() -> Result<std::unique_ptr<Predictor>> {
    POME_ASSIGN(import::ImportedModel imported, import_model(std::move(file)));
    POME_ASSIGN(const ir::Function* function,
                choose_function(*imported.program, configuration.function_name));
    passes::PipelineOptions options;
    options.emulate_float16 = configuration.emulate_float16;
    POME_TRY(passes::run_pipeline(*imported.program, options));
    runtime::NetworkOptions network;
    network.backend = configuration.emulate_float16 ? nullptr : cpu::backend(isa);
    network.threads = configuration.threads;
    network.memory_limit = configuration.memory_limit;
    POME_ASSIGN(auto predictor, runtime::NetworkPredictor::create(std::move(imported.description),
                                                                  *function, network));
    return std::unique_ptr<Predictor>(std::move(predictor));
  };
  Result<std::unique_ptr<Predictor>> predictor = compile();
  if (!predictor.ok()) return std::move(predictor).error().at(path.string());
  return predictor;
}

}  // namespace pome::api
