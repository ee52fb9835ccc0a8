// Activation functions as layers.
#include <algorithm>

#include "base/try.h"
#include "convert/keras/activation.h"

namespace pome::keras {
namespace {

Result<Tensor> activation_layer(LayerContext& c) { return apply_activation(c, c.inputs[0]); }

Result<Tensor> relu_layer(LayerContext& c) {
  const double slope = c.config.number("negative_slope", 0);
  std::optional<double> most;
  if (c.config.has("max_value")) most = c.config.number("max_value", 0);
  const double threshold = c.config.number("threshold", 0);
  POME_TRY(c.config.status());
  return relu(c.w, c.inputs[0], slope, most, threshold);
}

Result<Tensor> leaky_relu_layer(LayerContext& c) {
  // "alpha" before Keras 3.
  const double slope = c.config.number("negative_slope", c.config.number("alpha", 0.3));
  POME_TRY(c.config.status());
  return c.w.each("leaky_relu", c.inputs[0], {{"alpha", slope}});
}

Result<Tensor> elu_layer(LayerContext& c) {
  const double alpha = c.config.number("alpha", 1);
  POME_TRY(c.config.status());
  return elu(c.w, c.inputs[0], alpha);
}

Result<Tensor> thresholded_relu_layer(LayerContext& c) {
  const double theta = c.config.number("theta", 1);
  POME_TRY(c.config.status());
  return relu(c.w, c.inputs[0], 0, {}, theta);
}

Result<Tensor> softmax_layer(LayerContext& c) {
  auto axes = c.config.integers("axis", -Shape::kMaxRank, Shape::kMaxRank);
  if (axes.empty()) axes = {-1};
  POME_TRY(c.config.status());
  if (c.inputs.size() > 1)
    return Error(ErrorCode::kUnsupported, "a softmax with a mask is not supported");
  return softmax(c.w, c.inputs[0], axes);
}

std::vector<WeightSlot> prelu_weights(const Layer&) { return {{"alpha"}}; }

Result<Tensor> prelu_layer(LayerContext& c) {
  const Tensor x = c.w.not_flat(c.inputs[0]);
  const Shape s = Writer::shape(x);
  const auto shared = c.config.integers("shared_axes", 1, Shape::kMaxRank);
  POME_TRY(c.config.status());
  // Keras 1 leaves shared_axes out: the stored extents of 1 say the same.
  std::vector<int64_t> dims;
  for (int i = 1; i < s.rank(); ++i) {
    const bool one = std::find(shared.begin(), shared.end(), i) != shared.end();
    dims.push_back(one ? 1 : (c.source.generation == 1 ? -1 : s[i]));
  }
  POME_ASSIGN(const Array alpha, c.weight(0, dims));
  // One number a channel is MIL's own prelu, whose channels are axis 1.
  const bool by_channel = s.rank() == 4 && alpha.size() == alpha.dim(2) && alpha.size() == s[3];
  if (by_channel && x.layout == Layout::kChannelsFirst) {
    ir::Value* slopes = c.w.constant(alpha.reshaped({alpha.size()}), "alpha");
    return Tensor{c.w.op("prelu", {{"x", x.value}, {"alpha", slopes}}), x.layout, {}};
  }
  const Tensor below = c.w.binary("minimum", x, 0.0);
  return c.w.binary("add", c.w.each("relu", x), c.w.binary("mul", below, alpha));
}

constexpr LayerKind kActivationsLayers[] = {
    {"Activation", activation_layer},
    {"ReLU", relu_layer},
    {"LeakyReLU", leaky_relu_layer},
    {"ELU", elu_layer},
    {"ThresholdedReLU", thresholded_relu_layer},
    {"Softmax", softmax_layer, nullptr, 0},
    {"PReLU", prelu_layer, prelu_weights},
};

}  // namespace

std::span<const LayerKind> activation_layers() { return kActivationsLayers; }

}  // namespace pome::keras
