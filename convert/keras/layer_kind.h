// The table of layers: one row for each class that can be translated.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "convert/common/writer.h"
#include "convert/keras/graph.h"

namespace pome::keras {

using translate::Layout;
using translate::Tensor;
using translate::Writer;

/// One weight of a layer, in the order in which Keras makes them.
struct WeightSlot {
  std::string_view name;
  bool trainable = true;
};

/// An operand with its tensors found.
struct Argument {
  std::optional<Tensor> tensor;
  const Json* constant = nullptr;  // when it is no tensor and no list
  std::vector<Argument> items;
};

/// One call of one layer while it is translated.
struct LayerContext {
  Writer& w;
  const SourceModel& source;
  const Layer& layer;
  Config config;
  /// All tensors of the call's positional arguments, in order.
  std::vector<Tensor> inputs;
  std::vector<Argument> args;
  std::map<std::string, Argument, std::less<>> kwargs;
  std::vector<std::string>* notes = nullptr;

  bool channels_first();
  /// A positional argument or a keyword; null when neither is there.
  const Argument* argument(size_t position, std::string_view keyword) const;
  /// The weight of a slot; Error when its shape is not `dims` (-1: any extent).
  Result<Array> weight(size_t slot, const std::vector<int64_t>& dims) const;
};

/// A row of the table. Constexpr data and functions; nothing registers itself.
struct LayerKind {
  std::string_view class_name;
  Result<Tensor> (*translate)(LayerContext& c) = nullptr;
  /// The weights that a layer of this kind has; null for none.
  std::vector<WeightSlot> (*weights)(const Layer& layer) = nullptr;
  /// Fixed number of inputs; 0 for any.
  int inputs = 1;
};

// The rows, by file.
std::span<const LayerKind> activation_layers();
std::span<const LayerKind> convolution_layers();
std::span<const LayerKind> dense_layers();
std::span<const LayerKind> merge_layers();
std::span<const LayerKind> normalization_layers();
std::span<const LayerKind> operator_layers();  // of keras.ops, found by module
std::span<const LayerKind> pass_through_layers();
std::span<const LayerKind> pooling_layers();
std::span<const LayerKind> preprocessing_layers();
std::span<const LayerKind> spatial_layers();

/// The row for a layer's class and module; null when there is none.
const LayerKind* find_kind(const Layer& layer);
/// True for layers that are operators: keras.ops and Python arithmetic.
bool is_operator(const Layer& layer);

/// Applies an activation given by name or as an object ({"class_name", "config"}). `c` is the layer
/// that has it.
Result<Tensor> apply_activation(LayerContext& c, const Json& activation, const Tensor& x);
/// The same for the parameter "activation"; x itself when there is none.
Result<Tensor> apply_activation(LayerContext& c, const Tensor& x);

}  // namespace pome::keras
