// Matrix products: innerProduct, batchedMatmul, dot.
#include <algorithm>
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

/// The blob holds its features as channels: [..,C,1,1].
bool has_one_pixel(const Shape& s) { return s.rank() >= 3 && s.at(-2) == 1 && s.at(-1) == 1; }

/// y = W x over the channels of [N,C,H,W]: with one pixel a linear op on [N,C], else Keras's
/// reading of a Dense layer on a picture, every pixel for itself, as a convolution of 1 x 1.
void product_of_channels(Lowering& l, int64_t in, int64_t out) {
  const auto& p = l.layer().innerproduct();
  const Shape& s = l.shape();
  ir::Value* bias = p.hasbias() ? l.weights(p.bias(), {out}, "bias") : nullptr;
  std::vector<std::pair<std::string, ops::Arg>> args;
  if (has_one_pixel(s)) {
    args = {{"x", l.add("squeeze", {{"x", l.in()}, {"axes", ops::Arg::ints({-2, -1})}})},
            {"weight", l.weights(p.weights(), {out, in}, "weight")}};
    if (bias != nullptr) args.emplace_back("bias", bias);
    ir::Op* op = l.add_op("linear", args);
    if (op == nullptr) return;
    l.out(l.add("expand_dims", {{"x", op->output()}, {"axes", ops::Arg::ints({-2, -1})}}));
    return;
  }
  args = {{"x", l.fold(l.in())}, {"weight", l.weights(p.weights(), {out, in, 1, 1}, "weight")}};
  if (bias != nullptr) args.emplace_back("bias", bias);
  ir::Op* op = l.add_op("conv", args);
  if (op != nullptr) l.out(l.unfold(op->output(), s));
}

void product_of_last_axis(Lowering& l, int64_t in, int64_t out, const spec::WeightParams& weights,
                          const spec::WeightParams* bias) {
  std::vector<std::pair<std::string, ops::Arg>> args = {
      {"x", l.in()}, {"weight", l.weights(weights, {out, in}, "weight")}};
  if (bias != nullptr) args.emplace_back("bias", l.weights(*bias, {out}, "bias"));
  ir::Op* op = l.add_op("linear", args);
  if (op != nullptr) l.out(op->output());
}

/// The features are the last three axes together: [..,C,H,W] -> [..,out,1,1].
void product_of_pictures(Lowering& l, int64_t in) {
  const auto& p = l.layer().innerproduct();
  const int64_t out = l.size(p.outputchannels(), "outputChannels", 1);
  std::vector<int64_t> flat(l.shape().begin(), l.shape().end() - 3);
  if (std::count_if(flat.begin(), flat.end(), [](int64_t d) { return d < 0; }) > 1)
    return l.fail(ErrorCode::kUnsupported, "a product of a blob of shape " + l.shape().to_string() +
                                               " with several open extents is not supported");
  flat.push_back(in);
  std::vector<std::pair<std::string, ops::Arg>> args = {
      {"x", l.reshape(l.in(), flat)}, {"weight", l.weights(p.weights(), {out, in}, "weight")}};
  if (p.hasbias()) args.emplace_back("bias", l.weights(p.bias(), {out}, "bias"));
  ir::Op* op = l.add_op("linear", args);
  if (op != nullptr)
    l.out(l.add("expand_dims", {{"x", op->output()}, {"axes", ops::Arg::ints({-2, -1})}}));
}

void inner_product(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(1)) return;
  const auto& p = l.layer().innerproduct();
  const int64_t in = l.size(p.inputchannels(), "inputChannels", 1);
  const int64_t out = l.size(p.outputchannels(), "outputChannels", 1);
  const Shape& s = l.shape();
  const bool fits_last = l.exact() && (s.back() == in || s.back() < 0);
  const bool fits_channels = s.rank() >= 3 && s.at(-3) == in && (!l.exact() || has_one_pixel(s));
  const bool fits_picture = l.exact() && s.rank() >= 4 &&
                            Shape{std::max<int64_t>(s.at(-3), 0), std::max<int64_t>(s.at(-2), 0),
                                  std::max<int64_t>(s.at(-1), 0)}
                                    .checked_elements() == in;
  if (!fits_last && !fits_channels && fits_picture) return product_of_pictures(l, in);
  if (!fits_last && !fits_channels) {
    l.fail(ErrorCode::kInvalidModel,
           "inputChannels is " + std::to_string(in) + ", the input has shape " + s.to_string());
    return;
  }
  if (!l.ok()) return;
  if (fits_channels && !(fits_last && in != 1)) return product_of_channels(l, in, out);
  product_of_last_axis(l, in, out, p.weights(), p.hasbias() ? &p.bias() : nullptr);
}

void batched_matmul(Lowering& l) {
  if (!l.check_inputs(1, 2)) return;
  const auto& p = l.layer().batchedmatmul();
  if (l.inputs() == 2) {
    // A vector is a row on the left, a column on the right, and stays a matrix in the result.
    const bool row = l.shape(0).rank() == 1;
    const bool column = l.shape(1).rank() == 1;
    const auto matrix = [&](int i, int axis) {
      return l.add("expand_dims", {{"x", l.in(i)}, {"axes", ops::Arg::ints({axis})}});
    };
    l.out(l.add("matmul", {{"x", row ? matrix(0, 0) : l.in(0)},
                           {"y", column ? matrix(1, 1) : l.in(1)},
                           {"transpose_x", p.transposea() && !row},
                           {"transpose_y", p.transposeb() && !column}}));
    return;
  }
  if (p.transposea() || p.transposeb()) {
    l.fail(ErrorCode::kInvalidModel, "a constant second matrix excludes transposeA and transposeB");
    return;
  }
  const int64_t in = l.size(p.weightmatrixfirstdimension(), "weightMatrixFirstDimension", 1);
  const int64_t out = l.size(p.weightmatrixseconddimension(), "weightMatrixSecondDimension", 1);
  product_of_last_axis(l, in, out, p.weights(), p.hasbias() ? &p.bias() : nullptr);
}

void dot(Lowering& l) {
  if (!l.check_inputs(2, 2) || !l.check_min_rank(3) || !l.check_min_rank(3, 1)) return;
  const auto sum = [&](ir::Value* x, std::string_view kind) {
    return l.add(kind, {{"x", x}, {"axes", ops::Arg::ints({-3})}, {"keep_dims", true}});
  };
  ir::Value* product = sum(l.add("mul", {{"x", l.in(0)}, {"y", l.in(1)}}), "reduce_sum");
  if (l.layer().dot().cosinesimilarity()) {
    ir::Value* norms = l.add(
        "mul", {{"x", sum(l.in(0), "reduce_l2_norm")}, {"y", sum(l.in(1), "reduce_l2_norm")}});
    // A zero vector is similar to nothing: 0, not NaN.
    norms = l.add("threshold", {{"x", norms}, {"alpha", 1e-12}});
    product = l.add("real_div", {{"x", product}, {"y", norms}});
  }
  l.out(product);
}

constexpr auto kLinearRows = std::to_array<LayerRow>({
    {Layer::kInnerProduct, inner_product},
    {Layer::kBatchedMatmul, batched_matmul},
    {Layer::kDot, dot},
});

}  // namespace

std::span<const LayerRow> linear_layers() { return kLinearRows; }

}  // namespace pome::import
