// Convolution and its transpose.
#include <algorithm>
#include <array>

#include "import/neuralnetwork/borders.h"
#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
using spec::ConvolutionLayerParams;

struct Geometry {
  std::vector<int64_t> kernel, stride, dilation;
  int64_t groups = 1;
  int64_t out_channels = 0;
  int64_t kernel_channels = 0;
};

Geometry geometry(Lowering& l, const ConvolutionLayerParams& p) {
  Geometry g;
  g.kernel = l.pair(p.kernelsize(), "kernelSize", 3, 1);
  g.stride = l.pair(p.stride(), "stride", 1, 1);
  g.dilation = l.pair(p.dilationfactor(), "dilationFactor", 1, 1);
  g.groups = p.ngroups() == 0 ? 1 : l.size(p.ngroups(), "nGroups", 1);
  g.out_channels = l.size(p.outputchannels(), "outputChannels", 1);
  g.kernel_channels = l.size(p.kernelchannels(), "kernelChannels", 1);
  if (g.out_channels % g.groups != 0)
    l.fail(ErrorCode::kInvalidModel, "outputChannels " + std::to_string(g.out_channels) +
                                         " is not a multiple of nGroups " +
                                         std::to_string(g.groups));
  return g;
}

using Args = std::vector<std::pair<std::string, ops::Arg>>;

/// What both directions have in common.
Args common_args(Lowering& l, const Geometry& g, ir::Value* x, ir::Value* weight) {
  const auto& p = l.layer().convolution();
  Args args = {{"x", x},
               {"weight", weight},
               {"strides", ops::Arg::ints(g.stride)},
               {"dilations", ops::Arg::ints(g.dilation)},
               {"groups", static_cast<int>(g.groups)}};
  if (p.hasbias()) args.emplace_back("bias", l.weights(p.bias(), {g.out_channels}, "bias"));
  return args;
}

void add_padding(Args& args, const Padding& padding) {
  args.emplace_back("pad_type", padding.type);
  if (padding.type == "custom") args.emplace_back("pad", ops::Arg::ints(padding.amounts));
}

void convolve(Lowering& l, const Geometry& g, const Padding& padding, ir::Value* x) {
  const auto& p = l.layer().convolution();
  const Shape shape = {g.out_channels, g.kernel_channels, g.kernel[0], g.kernel[1]};
  ir::Value* weight = l.inputs() == 2 ? l.in(1) : l.weights(p.weights(), shape, "weight");
  Args args = common_args(l, g, x, weight);
  add_padding(args, padding);
  ir::Op* op = l.add_op("conv", args);
  if (op != nullptr) l.out(l.unfold(op->output(), l.shape()));
}

/// outputShape [H,W] overrides what padding says: the begin of the padding stays, the end follows.
Padding padding_for_output(Lowering& l, const Geometry& g, const Padding& given, const Shape& x) {
  const auto wanted = l.pair(l.layer().convolution().outputshape(), "outputShape", 0, 1);
  Padding padding{"custom", {0, 0, 0, 0}};
  for (int i = 0; i < 2; ++i) {
    const auto at = static_cast<size_t>(i);
    if (x[2 + i] < 0) {
      l.fail(ErrorCode::kUnsupported, "outputShape with an input of open size is not supported");
      return given;
    }
    const int64_t full = (x[2 + i] - 1) * g.stride[at] + (g.kernel[at] - 1) * g.dilation[at] + 1;
    const int64_t total = full - wanted[at];
    int64_t begin = given.type == "custom" ? given.amounts[2 * at] : 0;
    if (given.type == "same") begin = total / 2;
    if (given.type == "same_lower") begin = total - total / 2;
    if (begin < 0 || total - begin < 0) {
      l.fail(ErrorCode::kUnsupported, "outputShape " + std::to_string(wanted[at]) +
                                          " is larger than the " + std::to_string(full - begin) +
                                          " that the deconvolution reaches");
      return given;
    }
    padding.amounts[2 * at] = begin;
    padding.amounts[2 * at + 1] = total - begin;
  }
  return padding;
}

void deconvolve(Lowering& l, const Geometry& g, Padding padding, ir::Value* x) {
  const auto& p = l.layer().convolution();
  if (!l.ok()) return;
  if (!p.outputshape().empty()) padding = padding_for_output(l, g, padding, x->shape());
  const Shape shape = {g.kernel_channels, g.out_channels / g.groups, g.kernel[0], g.kernel[1]};
  const bool computed = l.inputs() == 2;
  ir::Value* weight = computed ? l.in(1) : l.weights(p.weights(), shape, "weight", 1);
  Args args = common_args(l, g, x, weight);
  add_padding(args, padding);
  ir::Op* op = l.add_op(computed ? "pome.conv_transpose" : "conv_transpose", args);
  if (op != nullptr) l.out(l.unfold(op->output(), l.shape()));
}

void convolution(Lowering& l) {
  if (!l.check_inputs(1, 2) || !l.check_min_rank(3)) return;
  const auto& p = l.layer().convolution();
  const Geometry g = geometry(l, p);
  Padding padding{"valid", {}};
  if (p.has_same()) {
    padding.type = same_padding(p.same());
  } else if (p.has_valid()) {
    padding = valid_padding(l, p.valid().paddingamounts());
  } else {
    l.fail(ErrorCode::kInvalidModel, "neither valid nor same padding is set");
  }
  ir::Value* x = l.fold(l.in());
  if (!l.ok()) return;
  if (p.isdeconvolution()) {
    deconvolve(l, g, std::move(padding), x);
  } else {
    convolve(l, g, padding, x);
  }
}

constexpr auto kConvolutionRows = std::to_array<LayerRow>({{Layer::kConvolution, convolution}});

}  // namespace

std::span<const LayerRow> convolution_layers() { return kConvolutionRows; }

}  // namespace pome::import
