// Conv2D, DepthwiseConv2D, SeparableConv2D, Conv2DTranspose.
#include <algorithm>

#include "base/try.h"
#include "convert/keras/layers/common.h"

namespace pome::keras {
namespace {

using ops::Arg;

std::vector<WeightSlot> separable_weights(const Layer& layer) {
  std::vector<WeightSlot> slots = {{"depthwise_kernel"}, {"pointwise_kernel"}};
  if (has_bias(layer)) slots.push_back({"bias"});
  return slots;
}

/// What the four have in common.
struct Window {
  std::array<int64_t, 2> kernel;
  std::array<int64_t, 2> strides;
  std::array<int64_t, 2> dilations;
  bool same = false;
  bool first = false;
};

Result<Window> read_window(LayerContext& c) {
  Window window;
  window.kernel = c.config.pair("kernel_size", {1, 1}, 1);
  window.strides = c.config.pair("strides", {1, 1}, 1);
  window.dilations = c.config.pair("dilation_rate", {1, 1}, 1);
  const std::string padding = c.config.text("padding", "valid");
  window.same = padding == "same";
  window.first = c.channels_first();
  if (!window.same && padding != "valid") c.config.fail("padding", "\"same\" or \"valid\"");
  POME_TRY(c.config.status());
  return window;
}

Tensor image_result(ir::Value* value, const Window& window) {
  return {value, window.first ? Layout::kPlain : Layout::kChannelsFirst, {}};
}

/// Adds one conv op. `kernel` is [out, in/groups, h, w].
ir::Value* add_conv(LayerContext& c, ir::Value* x, const Array& kernel, const Array* bias,
                    const Window& window, int64_t groups) {
  std::vector<std::pair<std::string, Arg>> args = {
      {"x", x},
      {"weight", c.w.constant(kernel, "weight")},
      {"strides", Arg::ints(window.strides)},
      {"pad_type", window.same ? "same" : "valid"},
      {"dilations", Arg::ints(window.dilations)},
      {"groups", static_cast<int>(groups)},
  };
  if (bias != nullptr) args.emplace_back("bias", c.w.constant(*bias, "bias"));
  return c.w.builder().add("conv", c.w.name(), args);
}

Result<Tensor> conv2d(LayerContext& c) {
  POME_ASSIGN(const Window window, read_window(c));
  const int64_t filters = c.config.integer("filters", 0, 1, 1 << 24);
  const int64_t groups = c.config.integer("groups", 1, 1, 1 << 24);
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, window.first));
  const int64_t channels = x.value->shape()[1];
  if (channels % groups != 0 || filters % groups != 0) {
    return Error(ErrorCode::kInvalidModel,
                 std::to_string(channels) + " channels and " + std::to_string(filters) +
                     " filters cannot be divided into " + std::to_string(groups) + " groups");
  }
  POME_ASSIGN(const Array kernel,
              c.weight(0, {window.kernel[0], window.kernel[1], channels / groups, filters}));
  POME_ASSIGN(const Array turned, kernel.transposed({3, 2, 0, 1}));
  Array bias;
  if (has_bias(c.layer)) {
    POME_ASSIGN(bias, c.weight(1, {filters}));
  }
  ir::Value* y = add_conv(c, x.value, turned, has_bias(c.layer) ? &bias : nullptr, window, groups);
  return apply_activation(c, image_result(y, window));
}

/// Keras' depthwise kernel [h, w, in, multiplier] as [in*multiplier, 1, h, w].
Result<Array> depthwise_kernel(const Array& kernel) {
  POME_ASSIGN(const Array turned, kernel.transposed({2, 3, 0, 1}));
  return turned.reshaped({kernel.dim(2) * kernel.dim(3), 1, kernel.dim(0), kernel.dim(1)});
}

Result<Tensor> depthwise_conv2d(LayerContext& c) {
  POME_ASSIGN(const Window window, read_window(c));
  const int64_t multiplier = c.config.integer("depth_multiplier", 1, 1, 1 << 16);
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, window.first));
  const int64_t channels = x.value->shape()[1];
  POME_ASSIGN(const Array kernel,
              c.weight(0, {window.kernel[0], window.kernel[1], channels, multiplier}));
  POME_ASSIGN(const Array turned, depthwise_kernel(kernel));
  Array bias;
  if (has_bias(c.layer)) {
    POME_ASSIGN(bias, c.weight(1, {channels * multiplier}));
  }
  ir::Value* y =
      add_conv(c, x.value, turned, has_bias(c.layer) ? &bias : nullptr, window, channels);
  return apply_activation(c, image_result(y, window));
}

Result<Tensor> separable_conv2d(LayerContext& c) {
  POME_ASSIGN(const Window window, read_window(c));
  const int64_t multiplier = c.config.integer("depth_multiplier", 1, 1, 1 << 16);
  const int64_t filters = c.config.integer("filters", 0, 1, 1 << 24);
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, window.first));
  const int64_t channels = x.value->shape()[1];
  POME_ASSIGN(const Array kernel,
              c.weight(0, {window.kernel[0], window.kernel[1], channels, multiplier}));
  POME_ASSIGN(const Array depthwise, depthwise_kernel(kernel));
  POME_ASSIGN(const Array point, c.weight(1, {1, 1, channels * multiplier, filters}));
  POME_ASSIGN(const Array pointwise, point.transposed({3, 2, 0, 1}));
  Array bias;
  if (has_bias(c.layer)) {
    POME_ASSIGN(bias, c.weight(2, {filters}));
  }
  const std::string name = c.w.name();
  c.w.set_name(name + "_depthwise");
  ir::Value* between = add_conv(c, x.value, depthwise, nullptr, window, channels);
  c.w.set_name(name);
  const Window one = {{1, 1}, {1, 1}, {1, 1}, false, window.first};
  ir::Value* y = add_conv(c, between, pointwise, has_bias(c.layer) ? &bias : nullptr, one, 1);
  return apply_activation(c, image_result(y, window));
}

/// One spatial axis of a transposed convolution: how much of the full result is cut at its begin
/// and end. A negative end is rows of zeros that no input reaches.
struct Cut {
  int64_t begin = 0;
  int64_t end = 0;
};

Cut transposed_cut(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, bool same,
                   std::optional<int64_t> output_padding) {
  const int64_t reach = (kernel - 1) * dilation + 1;
  const int64_t full = (in - 1) * stride + reach;
  int64_t out = 0;
  if (output_padding) {
    out = (in - 1) * stride + reach - (same ? reach / 2 * 2 : 0) + *output_padding;
  } else {
    out = in * stride + (same ? 0 : std::max<int64_t>(reach - stride, 0));
  }
  // What TensorFlow pads when the convolution that this undoes makes `in` of `out`.
  const int64_t begin = same ? std::max<int64_t>(full - out, 0) / 2 : 0;
  return {begin, full - begin - out};
}

Result<Tensor> conv2d_transpose(LayerContext& c) {
  POME_ASSIGN(const Window window, read_window(c));
  const int64_t filters = c.config.integer("filters", 0, 1, 1 << 24);
  const bool given = c.config.has("output_padding");
  const auto extra = c.config.pair("output_padding", {0, 0}, 0);
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, window.first));
  const Shape& s = x.value->shape();
  POME_ASSIGN(const Array kernel, c.weight(0, {window.kernel[0], window.kernel[1], filters, s[1]}));
  POME_ASSIGN(const Array turned, kernel.transposed({3, 2, 0, 1}));
  Cut cuts[2];
  for (size_t i = 0; i < 2; ++i) {
    cuts[i] = transposed_cut(s[static_cast<int>(i) + 2], window.kernel[i], window.strides[i],
                             window.dilations[i], window.same,
                             given ? std::optional<int64_t>(extra[i]) : std::nullopt);
  }
  const auto cut = [](int64_t v) { return std::max<int64_t>(v, 0); };
  const bool zeros_behind = cuts[0].end < 0 || cuts[1].end < 0;
  const bool bias_inside = has_bias(c.layer) && !zeros_behind;
  std::vector<std::pair<std::string, Arg>> args = {
      {"x", x.value},
      {"weight", c.w.constant(turned, "weight")},
      {"strides", Arg::ints(window.strides)},
      {"pad_type", "custom"},
      {"pad", Arg::ints({cuts[0].begin, cut(cuts[0].end), cuts[1].begin, cut(cuts[1].end)})},
      {"dilations", Arg::ints(window.dilations)},
  };
  Array bias;
  if (has_bias(c.layer)) {
    POME_ASSIGN(bias, c.weight(1, {filters}));
  }
  if (bias_inside) args.emplace_back("bias", c.w.constant(bias, "bias"));
  ir::Value* y = c.w.builder().add("conv_transpose", c.w.name(), args);
  if (zeros_behind) {
    y = c.w.op("pad", {{"x", y},
                       {"pad", Arg::ints({0, 0, 0, 0, 0, cut(-cuts[0].end), 0, cut(-cuts[1].end)})},
                       {"mode", "constant"},
                       {"constant_val", 0.0f}});
    if (has_bias(c.layer)) {
      y = c.w.op("add", {{"x", y}, {"y", c.w.constant(bias.reshaped({1, filters, 1, 1}), "bias")}});
    }
  }
  return apply_activation(c, image_result(y, window));
}

constexpr LayerKind kConvolutionLayers[] = {
    {"Conv2D", conv2d, kernel_and_bias},
    {"DepthwiseConv2D", depthwise_conv2d, kernel_and_bias},
    {"SeparableConv2D", separable_conv2d, separable_weights},
    {"Conv2DTranspose", conv2d_transpose, kernel_and_bias},
};

}  // namespace

std::span<const LayerKind> convolution_layers() { return kConvolutionLayers; }

}  // namespace pome::keras
