#include "api/network.h"

#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "cpu/backend.h"
#include "passes/pipeline.h"
#include "runtime/network_predictor.h"

namespace pome::api {
namespace {

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

Result<std::unique_ptr<Predictor>> make_network(const ModelSource& source,
                                                ModelDescription description,
                                                const ModelConfiguration& configuration) {
  POME_ASSIGN(const cpu::Isa isa, cpu::choose_isa());
  POME_ASSIGN(import::ImportedModel imported, import_network(source, std::move(description)));
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
}

}  // namespace pome::api
