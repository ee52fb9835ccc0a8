#include "convert/keras/translate.h"

#include <set>

#include "base/text.h"
#include "base/try.h"
#include "convert/keras/evaluate_graph.h"
#include "convert/keras/keras1.h"

namespace pome::keras {
namespace {

using translate::Converted;
using translate::SourceInput;

/// A shape in JSON: [null, 224, 224, 3]; nothing when it is none.
std::optional<std::vector<int64_t>> shape_of(const Json* value) {
  if (value == nullptr || !value->is_array()) return std::nullopt;
  std::vector<int64_t> dims;
  for (const Json& d : *value) {
    if (d.is_null()) {
      dims.push_back(-1);
    } else if (d.is_number_integer() && d.get<int64_t>() > 0) {
      dims.push_back(d.get<int64_t>());
    } else {
      return std::nullopt;
    }
  }
  return dims;
}

std::optional<std::vector<int64_t>> stated_shape(const Layer& layer) {
  for (const char* key : {"batch_input_shape", "batch_shape"})
    if (auto shape = shape_of(member(layer.config, key))) return shape;
  if (auto shape = shape_of(member(layer.config, "input_shape"))) {
    shape->insert(shape->begin(), -1);
    return shape;
  }
  return std::nullopt;
}

/// The first layer, in models of models.
const Layer* first_layer(const Model& model, int depth = 0) {
  if (model.layers.empty() || depth > kMaxModelDepth) return nullptr;
  const Layer* layer = model.layers[0].get();
  if (!layer->model) return layer;
  if (layer->model->sequential) return first_layer(*layer->model, depth + 1);
  return layer->model->inputs.empty() ? nullptr
                                      : layer->model->find(layer->model->inputs[0].tensor.layer);
}

Result<SourceInput> sequential_input(const Model& model) {
  const Layer* first = first_layer(model);
  if (first == nullptr)
    return Error(ErrorCode::kInvalidModel, "the Sequential model has no layers");
  SourceInput input;
  // Keras names the input that it makes by itself after the first layer.
  const Layer& outermost = *model.layers[0];
  input.name = outermost.class_name == "InputLayer" ? outermost.name : outermost.name + "_input";
  auto shape = stated_shape(*first);
  if (!shape) shape = shape_of(&model.input_shape);
  if (!shape) shape = shape_of(member(first->build_config, "input_shape"));
  if (!shape) {
    return Error(ErrorCode::kUnsupported,
                 "the Sequential model " + pome::quoted(model.name) +
                     " states no input shape: it was saved before it was built. Call "
                     "model.build(shape), or add an Input, and save it again");
  }
  input.shape = *std::move(shape);
  return input;
}

Result<std::vector<SourceInput>> source_inputs(const SourceModel& source) {
  const Model& model = *source.model;
  std::vector<SourceInput> inputs;
  if (model.sequential) {
    POME_ASSIGN(SourceInput input, sequential_input(model));
    inputs.push_back(std::move(input));
  }
  for (const Port& port : model.inputs) {
    const Layer* layer = model.find(port.tensor.layer);
    if (layer == nullptr || layer->class_name != "InputLayer") {
      return Error(ErrorCode::kInvalidModel,
                   "the model's input " + pome::quoted(port.tensor.layer) + " is no InputLayer");
    }
    const auto shape = stated_shape(*layer);
    if (!shape) {
      return Error(ErrorCode::kInvalidModel, "it states no shape").at(layer->place());
    }
    inputs.push_back({port.key.empty() ? layer->name : port.key, *shape, false});
  }
  for (SourceInput& input : inputs) input.channels_first = source.channels_first;
  return inputs;
}

/// An output is named by its key, else by the layer that makes it.
std::vector<std::string> source_outputs(const Model& model) {
  std::vector<std::string> names;
  if (model.sequential && !model.layers.empty()) names.push_back(model.layers.back()->name);
  for (const Port& port : model.outputs)
    names.push_back(port.key.empty() ? port.tensor.layer : port.key);
  return names;
}

void count(const SourceModel& source, Converted& converted) {
  for_each_layer(*source.model, [&](Layer& layer) {
    ++converted.layers;
    for (const Array& weight : layer.weights) converted.parameters += weight.size();
  });
}

/// What a person should know that no error tells.
void note_precision(const SourceModel& source, std::vector<std::string>& notes) {
  std::set<std::string> policies;
  for_each_layer(*source.model, [&](Layer& layer) {
    const Json* dtype = member(layer.config, "dtype");
    if (dtype == nullptr) return;
    const Json* config = member(*dtype, "config");
    const std::string name = dtype->is_string()  ? dtype->get<std::string>()
                             : config != nullptr ? text_member(*config, "name")
                                                 : std::string();
    if (name.find("float16") != std::string::npos) policies.insert(name);
  });
  if (policies.empty()) return;
  const std::vector<std::string> list(policies.begin(), policies.end());
  notes.push_back("Layers of the policy " + quoted_list(list) +
                  " compute in float32 here, which is the more exact.");
}

}  // namespace

Result<Converted> translate_source(const SourceModel& source, const ConvertOptions& options,
                                   bool for_neural_network) {
  Converted converted;
  converted.notes = source.notes;
  converted.program = std::make_unique<ir::Program>();
  ir::Function* main = converted.program->add_function("main", ir::Opset::kIos15);
  ops::Builder builder(*main, main->body);
  translate::Writer writer(builder, for_neural_network);
  translate::Border border(writer, options, converted);
  POME_ASSIGN(const auto inputs, source_inputs(source));
  POME_ASSIGN(const auto tensors, border.add_inputs(inputs));
  POME_TRY(border.plan_outputs(source_outputs(*source.model)));
  GraphWalker walker(writer, source, converted.notes);
  POME_ASSIGN(const auto outputs, walker.run(*source.model, tensors, ""));
  if (outputs.size() != source_outputs(*source.model).size())
    return Error(ErrorCode::kInternal, "the model's outputs were lost in translation");
  POME_TRY(border.add_outputs(outputs));
  note_precision(source, converted.notes);
  count(source, converted);
  converted.description.metadata = options.metadata;
  return converted;
}

}  // namespace pome::keras
