#include "api/network.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "cpu/backend.h"
#include "import/neuralnetwork/neural_network.h"
#include "passes/passes.h"
#include "passes/pipeline.h"
#include "runtime/network_predictor.h"

namespace pome::api {
namespace {

/// `description` as that of the function that the configuration names, else of the default one;
/// which one it is. A model that describes no functions has one, "main".
Result<std::string> choose_function(ModelDescription& description, const std::string& wanted) {
  const std::string name = !wanted.empty() ? wanted
                           : !description.default_function_name.empty()
                               ? description.default_function_name
                           : !description.functions.empty() ? description.functions.front().name
                                                            : "main";
  std::vector<std::string> names;
  for (const FunctionDescription& f : description.functions) {
    names.push_back(f.name);
    if (f.name != name) continue;
    description.inputs = f.inputs;
    description.outputs = f.outputs;
    description.states = f.states;
    description.predicted_feature_name = f.predicted_feature_name;
    description.predicted_probabilities_name = f.predicted_probabilities_name;
    return name;
  }
  if (names.empty() && (name == "main" || description.model_type == "mlProgram")) return name;
  if (names.empty()) names.emplace_back("main");
  return Error(ErrorCode::kUnknownName, "the model has no function " + quoted(name) + "; it has " +
                                            quoted_list(names) + "." + did_you_mean(name, names));
}

/// The inputs that are pictures of bytes.
std::vector<std::string> byte_pictures(const ModelDescription& description) {
  std::vector<std::string> names;
  for (const FeatureDescription& input : description.inputs) {
    if (input.type == FeatureType::kImage && input.image.color != ColorLayout::kGrayscaleFloat16)
      names.push_back(input.name);
  }
  return names;
}

/// What the predictor calls for each set of input shapes.
runtime::ProgramSource program_source(const ModelSource& source,
                                      const ModelDescription& description,
                                      const ModelConfiguration& configuration,
                                      const std::string& function, bool keep_ops) {
  passes::PipelineOptions options;
  options.emulate_float16 = configuration.emulate_float16;
  options.keep_ops = keep_ops;
  // Looked at op by op, or without kernels, a program reads floats.
  const bool bytes = !keep_ops && !configuration.emulate_float16;
  return [source, description, options, function, custom_layers = configuration.custom_layers,
          pictures = bytes ? byte_pictures(description) : std::vector<std::string>()](
             const InputShapes& shapes) -> Result<std::unique_ptr<ir::Program>> {
    POME_ASSIGN(import::ImportedModel imported,
                import_network(source, description, {function, shapes}, &custom_layers));
    POME_TRY(passes::run_pipeline(*imported.program, options));
    if (!pictures.empty()) POME_TRY(passes::read_pixels(*imported.program, pictures));
    return std::move(imported.program);
  };
}

/// A misspelt kernel would be left in without a word.
void note_unknown_kernels(const runtime::NetworkOptions& options,
                          const ModelConfiguration& configuration) {
  if (!configuration.note || options.backend == nullptr) return;
  for (const std::string& name : options.without_kernels) {
    const bool known = std::any_of(options.backend->rows.begin(), options.backend->rows.end(),
                                   [&](const ops::KernelRow& row) { return row.name == name; });
    if (!known) {
      configuration.note("no kernel is called " + quoted(name) +
                         ", so none was left out for it; `pome plan` shows their names");
    }
  }
}

}  // namespace

Result<runtime::NetworkOptions> network_options(const ModelConfiguration& configuration) {
  POME_ASSIGN(const cpu::Isa isa, cpu::choose_isa());
  runtime::NetworkOptions options;
  options.backend = configuration.emulate_float16 ? nullptr : cpu::backend(isa);
  options.threads = configuration.threads;
  options.memory_limit = configuration.memory_limit;
  options.plan_cache_size = configuration.plan_cache_size;
  options.instruction_budget = configuration.instruction_budget;
  options.without_kernels = configuration.without_kernels;
  note_unknown_kernels(options, configuration);
  return options;
}

Result<std::unique_ptr<Predictor>> make_network(const ModelSource& source,
                                                ModelDescription description,
                                                const ModelConfiguration& configuration) {
  POME_ASSIGN(const std::string function,
              choose_function(description, configuration.function_name));
  POME_ASSIGN(runtime::NetworkOptions options, network_options(configuration));
  options.default_shapes_may_not_fit = import::moves_sequence(*source.model);
  auto programs = program_source(source, description, configuration, function, false);
  POME_ASSIGN(auto predictor,
              runtime::NetworkPredictor::create(std::move(description), std::move(programs),
                                                options, import::leading_axes(*source.model)));
  return std::unique_ptr<Predictor>(std::move(predictor));
}

Result<std::unique_ptr<runtime::TracedNetwork>> make_traced_network(
    const ModelSource& source, ModelDescription description,
    const ModelConfiguration& configuration, const FeatureProvider& inputs) {
  POME_ASSIGN(const std::string function,
              choose_function(description, configuration.function_name));
  POME_ASSIGN(InputShapes shapes, default_shapes(description));
  const LeadingAxes leading = import::leading_axes(*source.model);
  for (const FeatureDescription& feature : description.inputs) {
    const FeatureValue* value = inputs.find(feature.name);
    const auto shape = shapes.find(feature.name);
    if (value == nullptr || shape == shapes.end()) continue;
    POME_ASSIGN(shape->second, bound_shape(feature, *value, leading));
  }
  const auto programs = program_source(source, description, configuration, function, true);
  POME_ASSIGN(std::unique_ptr<ir::Program> program, programs(shapes));
  POME_ASSIGN(runtime::NetworkOptions options, network_options(configuration));
  options.backend = nullptr;  // the references alone
  return runtime::TracedNetwork::create(std::move(description), std::move(program), options);
}

}  // namespace pome::api
