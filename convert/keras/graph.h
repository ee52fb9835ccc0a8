// A Keras model of any generation as one internal graph.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "convert/common/array.h"
#include "convert/keras/json.h"
#include "pome/result.h"

namespace pome::keras {

using translate::Array;

struct Model;
struct LayerKind;

/// Names output `tensor` of call `node` of layer `layer` of the same model.
struct Reference {
  std::string layer;
  int64_t node = 0;
  int64_t tensor = 0;
};

/// What a call hands to a parameter: a tensor, a constant of the file, or a list of such.
struct Operand {
  enum class Kind { kTensor, kConstant, kList };
  Kind kind = Kind::kConstant;
  Reference tensor;
  Json constant;
  std::vector<Operand> items;
};

/// One call of a layer: a node of the graph.
struct Call {
  std::vector<Operand> args;
  std::map<std::string, Operand, std::less<>> kwargs;
};

/// One layer: its parameters, its weights (once, however often it is called) and its calls.
struct Layer {
  std::string name;
  std::string class_name;
  /// Where Python found the class ("keras.layers"); empty where the file does not say.
  std::string module;
  std::string registered_name;
  /// The names of the models around it, outermost first: "encoder / ".
  std::string outer;
  Json config;
  Json build_config;
  std::vector<Call> calls;
  /// How far the numbers that refer to calls run ahead of positions in `calls`: Keras 2 counts a
  /// nested model's own construction as its call 0.
  int64_t first_node = 0;
  /// Set when the layer is itself a model.
  std::unique_ptr<Model> model;
  /// Null for nested models and, until check_supported(), for all.
  const LayerKind* kind = nullptr;
  std::vector<Array> weights;

  bool trainable() const;
  /// "encoder / conv1 (Conv2D)"
  std::string place() const { return outer + name + " (" + class_name + ")"; }
};

/// An input or output of a model. `key` is set where the model takes or gives a dictionary.
struct Port {
  Reference tensor;
  std::string key;
};

struct Model {
  std::string name;
  bool sequential = false;
  bool trainable = true;
  std::vector<std::unique_ptr<Layer>> layers;
  std::unordered_map<std::string, size_t> index;  // by layer name
  std::vector<Port> inputs;                       // of functional models
  std::vector<Port> outputs;
  /// Sequential: the shape stated beside the layers, empty when none is.
  Json input_shape;

  const Layer* find(std::string_view layer) const;
};

/// A whole model file.
struct SourceModel {
  std::string version;  // "2.4.0", "1.2.2", "2.2.4-tf"
  int generation = 2;   // 1, 2 or 3
  std::string backend;  // "tensorflow", "theano", empty when the file does not say
  /// For layers that do not say: Keras 1 leaves it out where it is the default.
  bool channels_first = false;
  std::unique_ptr<Model> model;
  std::vector<std::string> notes;
};

inline constexpr int kMaxModelDepth = 32;
inline constexpr size_t kMaxLayers = 100'000;

/// Builds the graph from a configuration. `version` as the file states it, empty when it does not.
/// Nothing the file names is executed or looked up outside our own table.
Result<SourceModel> parse_source(const Json& root, const std::string& version,
                                 const std::string& backend);

/// Sets every layer's kind; the first layer of no known kind is an Error kUnsupported that names
/// it, its class and its place.
Status check_supported(SourceModel& source);

/// Visits every layer that is no model once, nested ones too.
void for_each_layer(Model& model, const std::function<void(Layer&)>& visit);

}  // namespace pome::keras
