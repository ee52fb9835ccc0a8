// Activation functions, by whatever name they come.
#pragma once

#include <optional>
#include <string_view>

#include "convert/keras/layer_kind.h"

namespace pome::keras {

/// Keras' relu with all its parameters:
///   x >= max: max    x > threshold: x    else: slope * (x - threshold)
Tensor relu(Writer& w, const Tensor& x, double slope, std::optional<double> most, double threshold);
Tensor elu(Writer& w, const Tensor& x, double alpha);
/// Over one axis or several of the framework's shape; negative ones count from the end. Error when
/// one is outside.
Result<Tensor> softmax(Writer& w, const Tensor& x, std::vector<int64_t> axes);

/// An activation function by its Keras name, with the parameters that `config` gives (defaults
/// where it has none). Error kUnsupported names an unknown one.
Result<Tensor> activation(LayerContext& c, std::string_view name, Config& config, const Tensor& x);

}  // namespace pome::keras
