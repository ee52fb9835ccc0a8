// From configuration to graph.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/try.h"
#include "convert/keras/graph.h"
#include "convert/keras/keras1.h"
#include "convert/keras/nodes.h"

namespace pome::keras {
namespace {

class Parser {
 public:
  explicit Parser(SourceModel& source) : source_(source) {}

  Result<std::unique_ptr<Model>> model(const Json& object, const std::string& outer, int depth);

 private:
  Status sequential(Model& model, const Json& object, const std::string& outer, int depth);
  Status functional(Model& model, const Json& config, const std::string& outer, int depth);
  Result<std::unique_ptr<Layer>> layer(const Json& object, const std::string& outer, int depth);
  Status add(Model& model, std::unique_ptr<Layer> layer);
  Status number_calls(Model& model);

  SourceModel& source_;
  size_t layers_ = 0;
};

bool is_model_class(std::string_view name) {
  return name == "Sequential" || name == "Model" || name == "Functional";
}

/// Keras' own modules. A class that another module gives the name of a Keras class is not ours.
bool is_keras_module(std::string_view module) {
  return module.empty() || module == "keras" || module.starts_with("keras.") ||
         module == "tf_keras" || module.starts_with("tf_keras.") || module == "builtins";
}

const Json kEmpty = Json::object();

Result<std::unique_ptr<Model>> Parser::model(const Json& object, const std::string& outer,
                                             int depth) {
  if (depth > kMaxModelDepth) {
    return Error(ErrorCode::kLimitExceeded,
                 "models are nested more than " + std::to_string(kMaxModelDepth) + " deep");
  }
  const Json* config = member(object, "config");
  const std::string class_name = text_member(object, "class_name");
  auto model = std::make_unique<Model>();
  model->sequential = class_name == "Sequential";
  if (config == nullptr || !(config->is_object() || (model->sequential && config->is_array()))) {
    return Error(ErrorCode::kInvalidModel,
                 "the configuration of the " + class_name + " model is missing or no object");
  }
  model->name = text_member(
      *config, "name", text_member(object, "name", model->sequential ? "sequential" : "model"));
  if (const Json* trainable = member(*config, "trainable"); trainable && trainable->is_boolean())
    model->trainable = trainable->get<bool>();
  if (model->sequential) {
    POME_TRY(sequential(*model, object, outer, depth));
  } else {
    POME_TRY(functional(*model, *config, outer, depth));
  }
  return model;
}

Status Parser::add(Model& model, std::unique_ptr<Layer> layer) {
  if (++layers_ > kMaxLayers)
    return Error(ErrorCode::kLimitExceeded,
                 "the model has more than " + std::to_string(kMaxLayers) + " layers");
  if (!model.index.emplace(layer->name, model.layers.size()).second && !model.sequential) {
    return Error(ErrorCode::kInvalidModel,
                 "two layers of a model are named " + pome::quoted(layer->name));
  }
  model.layers.push_back(std::move(layer));
  return {};
}

Status Parser::sequential(Model& model, const Json& object, const std::string& outer, int depth) {
  const Json& config = *member(object, "config");
  // A list in Keras 1 and early Keras 2, an object with a list in it later.
  const Json* layers = config.is_array() ? &config : member(config, "layers");
  if (layers == nullptr || !layers->is_array())
    return Error(ErrorCode::kInvalidModel, "the Sequential model has no list of layers");
  for (const Json& entry : *layers) {
    POME_ASSIGN(auto parsed, layer(entry, outer, depth));
    POME_TRY(add(model, std::move(parsed)));
  }
  if (const Json* shape = member(config, "build_input_shape"); shape && shape->is_array()) {
    model.input_shape = *shape;
  } else if (const Json* build = member(object, "build_config")) {
    if (const Json* built = member(*build, "input_shape"); built && built->is_array())
      model.input_shape = *built;
  }
  return {};
}

Status Parser::functional(Model& model, const Json& config, const std::string& outer, int depth) {
  const Json* layers = member(config, "layers");
  const Json* inputs = member(config, "input_layers");
  const Json* outputs = member(config, "output_layers");
  if (layers == nullptr || !layers->is_array() || inputs == nullptr || outputs == nullptr) {
    return Error(ErrorCode::kUnsupported,
                 "the configuration states no layers, inputs or outputs: a model made by "
                 "subclassing keras.Model keeps its structure in Python code, which is never run. "
                 "Rebuild it with the functional interface and save that");
  }
  for (const Json& entry : *layers) {
    POME_ASSIGN(auto parsed, layer(entry, outer, depth));
    if (const Json* nodes = member(entry, "inbound_nodes")) {
      Result<std::vector<Call>> calls = parse_calls(*nodes);
      if (!calls.ok()) return std::move(calls).error().at(parsed->place());
      parsed->calls = *std::move(calls);
    }
    POME_TRY(add(model, std::move(parsed)));
  }
  POME_ASSIGN(model.inputs, parse_ports(*inputs));
  POME_ASSIGN(model.outputs, parse_ports(*outputs));
  return number_calls(model);
}

Result<std::unique_ptr<Layer>> Parser::layer(const Json& object, const std::string& outer,
                                             int depth) {
  auto layer = std::make_unique<Layer>();
  layer->outer = outer;
  layer->class_name = text_member(object, "class_name");
  layer->module = text_member(object, "module");
  layer->registered_name = text_member(object, "registered_name");
  const Json* config = member(object, "config");
  if (layer->class_name.empty() || config == nullptr) {
    return Error(ErrorCode::kInvalidModel,
                 "a layer is written as " + excerpt(object) + ", it has no class_name or config");
  }
  layer->name = text_member(object, "name", text_member(*config, "name", layer->class_name));
  if (is_model_class(layer->class_name) && is_keras_module(layer->module)) {
    Result<std::unique_ptr<Model>> nested = model(object, outer + layer->name + " / ", depth + 1);
    if (!nested.ok()) return std::move(nested).error().at(layer->name);
    layer->model = *std::move(nested);
    return layer;
  }
  layer->config = config->is_object() ? *config : kEmpty;
  if (const Json* build = member(object, "build_config")) layer->build_config = *build;
  if (source_.generation == 1) POME_TRY(modernise(*layer));
  return layer;
}

/// Keras 2 numbers the calls of a nested model from 1, Keras 3 from 0; and every call in a file
/// is somebody's input: so the highest number that is referred to tells.
Status Parser::number_calls(Model& model) {
  std::map<std::string, int64_t> highest;
  const auto note = [&](const Reference& r) {
    auto [at, fresh] = highest.emplace(r.layer, r.node);
    if (!fresh) at->second = std::max(at->second, r.node);
  };
  for (const auto& layer : model.layers) {
    for (const Call& call : layer->calls) {
      for (const Operand& arg : call.args) for_each_tensor(arg, note);
      for (const auto& [name, arg] : call.kwargs) for_each_tensor(arg, note);
    }
  }
  for (const Port& port : model.outputs) note(port.tensor);
  for (const auto& layer : model.layers) {
    const auto calls = static_cast<int64_t>(layer->calls.size());
    const auto found = highest.find(layer->name);
    if (layer->model && calls > 0 && found != highest.end() && found->second >= calls)
      layer->first_node = found->second + 1 - calls;
  }
  return {};
}

}  // namespace

bool Layer::trainable() const {
  if (model) return model->trainable;
  const Json* value = member(config, "trainable");
  return value == nullptr || !value->is_boolean() || value->get<bool>();
}

const Layer* Model::find(std::string_view layer) const {
  const auto found = index.find(std::string(layer));
  return found == index.end() ? nullptr : layers[found->second].get();
}

void for_each_layer(Model& model, const std::function<void(Layer&)>& visit) {
  for (const auto& layer : model.layers) {
    if (layer->model) {
      for_each_layer(*layer->model, visit);
    } else {
      visit(*layer);
    }
  }
}

Result<SourceModel> parse_source(const Json& root, const std::string& version,
                                 const std::string& backend) {
  SourceModel source;
  source.version = version.empty() ? "1" : version;
  source.backend = backend;
  source.generation =
      source.version[0] >= '1' && source.version[0] <= '3' ? source.version[0] - '0' : 3;
  const std::string class_name = text_member(root, "class_name");
  const std::string module = text_member(root, "module");
  if (!is_model_class(class_name) || !is_keras_module(module)) {
    return Error(ErrorCode::kUnsupported,
                 "the model's class is " + pome::quoted(class_name) +
                     (module.empty() ? "" : " of module " + pome::quoted(module)) +
                     "; Sequential and functional models are supported. Code of other classes is "
                     "never run");
  }
  POME_ASSIGN(source.model, Parser(source).model(root, "", 0));
  source.channels_first = default_channels_first(source);
  return source;
}

bool keras_module(std::string_view module) { return is_keras_module(module); }

}  // namespace pome::keras
