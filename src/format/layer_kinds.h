// The names of NeuralNetwork layer kinds (protobuf-lite keeps none).
#pragma once

#include <string_view>

namespace pome::format {

/// One member of NeuralNetworkLayer's `layer`.
struct LayerKind {
  int number;             // its field number, which is NeuralNetworkLayer::layer_case()
  std::string_view name;  // "convolution"
  int since;              // the specification version that brought it
};

/// The kind with that field number; null when there is none. Any thread.
const LayerKind* find_layer_kind(int number);

}  // namespace pome::format
