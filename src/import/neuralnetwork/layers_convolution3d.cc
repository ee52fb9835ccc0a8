// Convolution and pooling over depth, height and width, of blobs [N,C,D,H,W].
#include <algorithm>
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
using Args = std::vector<std::pair<std::string, ops::Arg>>;

/// A number of the file: at least 1, or `unset` where it is 0 and `unset` is not.
int64_t positive(Lowering& l, int32_t v, std::string_view what, int64_t unset = 0) {
  if (v == 0 && unset != 0) return unset;
  if (v >= 1) return v;
  l.fail(ErrorCode::kInvalidModel,
         std::string(what) + " is " + std::to_string(v) + ", at least 1 is expected");
  return 1;
}

template <typename Params>
std::vector<int64_t> kernel_of(Lowering& l, const Params& p) {
  return {positive(l, p.kerneldepth(), "kernelDepth"),
          positive(l, p.kernelheight(), "kernelHeight"),
          positive(l, p.kernelwidth(), "kernelWidth")};
}

template <typename Params>
std::vector<int64_t> stride_of(Lowering& l, const Params& p) {
  return {positive(l, p.stridedepth(), "strideDepth", 1),
          positive(l, p.strideheight(), "strideHeight", 1),
          positive(l, p.stridewidth(), "strideWidth", 1)};
}

/// [front, back, top, bottom, left, right].
template <typename Params>
std::vector<int64_t> custom_padding(Lowering& l, const Params& p) {
  std::vector<int64_t> pad = {p.custompaddingfront(), p.custompaddingback(),
                              p.custompaddingtop(),   p.custompaddingbottom(),
                              p.custompaddingleft(),  p.custompaddingright()};
  for (int64_t& v : pad)
    if (v < 0) {
      l.fail(ErrorCode::kInvalidModel,
             "a custom padding is " + std::to_string(v) + ", at least 0 is expected");
      v = 0;
    }
  return pad;
}

template <typename Params>
void add_padding(Lowering& l, const Params& p, Args& args) {
  switch (p.paddingtype()) {
    case Params::CUSTOM:
      args.emplace_back("pad_type", "custom");
      args.emplace_back("pad", ops::Arg::ints(custom_padding(l, p)));
      return;
    case Params::VALID:
      args.emplace_back("pad_type", "valid");
      return;
    case Params::SAME:
      args.emplace_back("pad_type", "same");
      return;
    default:
      l.fail(ErrorCode::kInvalidModel, "the padding type is unknown");
  }
}

bool check_rank5(Lowering& l) {
  if (!l.check_inputs(1, 1)) return false;
  if (l.shape().rank() == 5) return true;
  l.fail(ErrorCode::kInvalidModel,
         "the input has shape " + l.shape().to_string() + ", [N,C,D,H,W] is expected");
  return false;
}

void convolution3d(Lowering& l) {
  if (!check_rank5(l)) return;
  const auto& p = l.layer().convolution3d();
  const auto kernel = kernel_of(l, p);
  const std::vector<int64_t> dilation = {positive(l, p.dilationdepth(), "dilationDepth", 1),
                                         positive(l, p.dilationheight(), "dilationHeight", 1),
                                         positive(l, p.dilationwidth(), "dilationWidth", 1)};
  const int64_t groups = positive(l, p.ngroups(), "nGroups", 1);
  const int64_t in = positive(l, p.inputchannels(), "inputChannels");
  const int64_t out = positive(l, p.outputchannels(), "outputChannels");
  if (in % groups != 0 || out % groups != 0)
    l.fail(ErrorCode::kInvalidModel, "inputChannels " + std::to_string(in) +
                                         " and outputChannels " + std::to_string(out) +
                                         " are not multiples of nGroups " + std::to_string(groups));
  if (!l.ok()) return;
  const bool transposed = p.isdeconvolution();
  Shape shape = transposed ? Shape{in, out / groups} : Shape{out, in / groups};
  for (const int64_t k : kernel) shape.push_back(k);
  Args args = {{"x", l.in()},
               {"weight", l.weights(p.weights(), shape, "weight", transposed ? 1 : 0)},
               {"strides", ops::Arg::ints(stride_of(l, p))},
               {"dilations", ops::Arg::ints(dilation)},
               {"groups", static_cast<int>(groups)}};
  if (p.hasbias()) args.emplace_back("bias", l.weights(p.bias(), {out}, "bias"));
  add_padding(l, p, args);
  if (transposed && !p.outputshape().empty()) {
    std::vector<int64_t> wanted = {l.shape()[0], out};
    for (const uint64_t d : p.outputshape()) wanted.push_back(l.size(d, "outputShape", 1));
    args.emplace_back("output_shape", ops::Arg::ints(wanted));
  }
  ir::Op* op = l.add_op(transposed ? "conv_transpose" : "conv", args);
  if (op != nullptr) l.out(op->output());
}

void pooling(Lowering& l) {
  if (!check_rank5(l)) return;
  using Params = spec::Pooling3DLayerParams;
  const Params& p = l.layer().pooling3d();
  Args args = {{"x", l.in()},
               {"kernel_sizes", ops::Arg::ints(kernel_of(l, p))},
               {"strides", ops::Arg::ints(stride_of(l, p))}};
  add_padding(l, p, args);
  const bool average = p.type() == Params::AVERAGE;
  if (!average && p.type() != Params::MAX)
    return l.fail(ErrorCode::kInvalidModel, "the pooling type is unknown");
  if (average) args.emplace_back("exclude_padding_from_average", p.countexcludepadding());
  ir::Op* op = l.add_op(average ? "avg_pool" : "max_pool", args);
  if (op != nullptr) l.out(op->output());
}

void global_pooling(Lowering& l) {
  if (!check_rank5(l)) return;
  using Params = spec::GlobalPooling3DLayerParams;
  const auto type = l.layer().globalpooling3d().type();
  if (type != Params::MAX && type != Params::AVERAGE)
    return l.fail(ErrorCode::kInvalidModel, "the pooling type is unknown");
  l.out(l.add(type == Params::MAX ? "reduce_max" : "reduce_mean",
              {{"x", l.in()}, {"axes", ops::Arg::ints({-3, -2, -1})}, {"keep_dims", true}}));
}

constexpr auto kConvolution3dRows = std::to_array<LayerRow>({
    {Layer::kConvolution3D, convolution3d},
    {Layer::kPooling3D, pooling},
    {Layer::kGlobalPooling3D, global_pooling},
});

}  // namespace

std::span<const LayerRow> convolution3d_layers() { return kConvolution3dRows; }

}  // namespace pome::import
