// Normalizations.
#include <array>

#include "import/neuralnetwork/layers.h"
#include "import/neuralnetwork/weights.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
using Args = std::vector<std::pair<std::string, ops::Arg>>;

double or_default(float v, double fallback) { return v == 0 ? fallback : v; }

void add_weights(Lowering& l, Args& args, std::string_view name, const spec::WeightParams& w,
                 const Shape& shape) {
  if (!no_weights(w)) args.emplace_back(std::string(name), l.weights(w, shape, name));
}

/// Mean and variance over everything but the channels, with several instances in N.
ir::Value* normalize_batch(Lowering& l, ir::Value* x, const Shape& shape, double epsilon) {
  const auto& p = l.layer().batchnorm();
  const auto mean_of = [&](ir::Value* v) {
    return l.add("reduce_mean",
                 {{"x", v}, {"axes", ops::Arg::ints({0, 2, 3})}, {"keep_dims", true}});
  };
  ir::Value* centered = l.add("sub", {{"x", x}, {"y", mean_of(x)}});
  ir::Value* variance = mean_of(l.add("square", {{"x", centered}}));
  ir::Value* inverse = l.add("rsqrt", {{"x", variance}, {"epsilon", epsilon}});
  ir::Value* y = l.add("mul", {{"x", centered}, {"y", inverse}});
  const Shape broadcast = {1, shape[0], 1, 1};
  if (!no_weights(p.gamma()))
    y = l.add("mul", {{"x", y}, {"y", l.weights(p.gamma(), broadcast, "gamma")}});
  if (!no_weights(p.beta()))
    y = l.add("add", {{"x", y}, {"y", l.weights(p.beta(), broadcast, "beta")}});
  return y;
}

void batchnorm(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const auto& p = l.layer().batchnorm();
  const Shape channels = {l.size(p.channels(), "channels", 1)};
  const double epsilon = or_default(p.epsilon(), 1e-5);
  ir::Value* x = l.fold(l.in());
  if (!l.ok()) return;
  if (p.computemeanvar() && !p.instancenormalization() && x->shape()[0] != 1) {
    l.out(l.unfold(normalize_batch(l, x, channels, epsilon), l.shape()));
    return;
  }
  Args args = {{"x", x}, {"epsilon", epsilon}};
  if (!p.computemeanvar()) {
    args.emplace_back("mean", l.weights(p.mean(), channels, "mean"));
    args.emplace_back("variance", l.weights(p.variance(), channels, "variance"));
  }
  add_weights(l, args, "gamma", p.gamma(), channels);
  add_weights(l, args, "beta", p.beta(), channels);
  ir::Op* op = l.add_op(p.computemeanvar() ? "instance_norm" : "batch_norm", args);
  if (op != nullptr) l.out(l.unfold(op->output(), l.shape()));
}

void mvn(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const auto& p = l.layer().mvn();
  const auto axes = p.acrosschannels() ? ops::Arg::ints({-3, -2, -1}) : ops::Arg::ints({-2, -1});
  if (p.normalizevariance()) {
    l.out(l.add("layer_norm",
                {{"x", l.in()}, {"axes", axes}, {"epsilon", or_default(p.epsilon(), 1e-6)}}));
    return;
  }
  ir::Value* mean = l.add("reduce_mean", {{"x", l.in()}, {"axes", axes}, {"keep_dims", true}});
  l.out(l.add("sub", {{"x", l.in()}, {"y", mean}}));
}

void l2normalize(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const double epsilon = or_default(l.layer().l2normalize().epsilon(), 1e-6);
  l.out(l.add("l2_norm", {{"x", l.in()}, {"epsilon", epsilon}}));
}

void lrn(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const auto& p = l.layer().lrn();
  ir::Value* y = l.add("local_response_norm",
                       {{"x", l.fold(l.in())},
                        {"size", static_cast<int>(l.size(p.localsize(), "localSize", 1))},
                        {"alpha", p.alpha()},
                        {"beta", p.beta()},
                        {"k", or_default(p.k(), 1)}});
  l.out(l.unfold(y, l.shape()));
}

void layer_normalization(Lowering& l) {
  const auto& p = l.layer().layernormalization();
  const int axes = p.normalizedshape_size();
  if (!l.check_inputs(1, 1) || !l.check_min_rank(axes)) return;
  if (axes == 0) {
    l.fail(ErrorCode::kInvalidModel, "normalizedShape is empty");
    return;
  }
  Shape shape;
  std::vector<int64_t> axis_list;
  for (int i = 0; i < axes; ++i) {
    const int64_t given = p.normalizedshape(i);
    const int64_t found = l.shape().at(i - axes);
    if (given <= 0 || (found >= 0 && found != given)) {
      l.fail(ErrorCode::kInvalidModel, "normalizedShape has " + std::to_string(given) +
                                           " where the input of shape " + l.shape().to_string() +
                                           " has " + std::to_string(found));
      return;
    }
    shape.push_back(given);
    axis_list.push_back(i - axes);
  }
  Args args = {
      {"x", l.in()}, {"axes", ops::Arg::ints(axis_list)}, {"epsilon", or_default(p.eps(), 1e-5)}};
  add_weights(l, args, "gamma", p.gamma(), shape);
  add_weights(l, args, "beta", p.beta(), shape);
  ir::Op* op = l.add_op("layer_norm", args);
  if (op != nullptr) l.out(op->output());
}

constexpr auto kNormalizationRows = std::to_array<LayerRow>({
    {Layer::kBatchnorm, batchnorm},
    {Layer::kMvn, mvn},
    {Layer::kL2Normalize, l2normalize},
    {Layer::kLrn, lrn},
    {Layer::kLayerNormalization, layer_normalization},
});

}  // namespace

std::span<const LayerRow> normalization_layers() { return kNormalizationRows; }

}  // namespace pome::import
