// Reductions.
#include <algorithm>
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

std::vector<int64_t> axes_of(spec::ReduceLayerParams::ReduceAxis axis) {
  using Params = spec::ReduceLayerParams;
  switch (axis) {
    case Params::HW:
      return {-2, -1};
    case Params::C:
      return {-3};
    case Params::H:
      return {-2};
    case Params::W:
      return {-1};
    default:
      return {-3, -2, -1};
  }
}

/// The index of the largest element along the axes, seen as one axis in row-major order.
void arg_max(Lowering& l, const std::vector<int64_t>& axes) {
  ir::Value* x = l.in();
  if (axes.size() > 1) {
    const Shape& s = l.shape();
    std::vector<int64_t> flat(s.begin(), s.end() - static_cast<int>(axes.size()));
    flat.push_back(-1);
    for (size_t i = 1; i < axes.size(); ++i) flat.push_back(1);
    if (std::count_if(flat.begin(), flat.end(), [](int64_t d) { return d < 0; }) > 1)
      return l.fail(ErrorCode::kUnsupported, "ARGMAX of a blob of shape " + s.to_string() +
                                                 " with several open extents is not supported");
    x = l.reshape(x, flat);
  }
  ir::Value* index =
      l.add("reduce_argmax", {{"x", x}, {"axis", static_cast<int>(axes[0])}, {"keep_dims", true}});
  l.out(l.cast(index, "fp32"));
}

void reduce(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  using Params = spec::ReduceLayerParams;
  const Params& p = l.layer().reduce();
  const auto axes = axes_of(p.axis());
  if (p.mode() == Params::ARGMAX) return arg_max(l, axes);
  static constexpr std::array<std::string_view, 9> kKinds = {
      "reduce_sum",     "reduce_mean",    "reduce_prod", "reduce_sum", "reduce_sum_square",
      "reduce_l1_norm", "reduce_l2_norm", "reduce_max",  "reduce_min"};
  const auto mode = static_cast<size_t>(p.mode());
  if (mode >= kKinds.size()) {
    l.fail(ErrorCode::kInvalidModel, "the reduction's mode is unknown");
    return;
  }
  ir::Value* x = l.in();
  if (p.mode() == Params::LOGSUM) {  // the sum of logarithms, not the logarithm of the sum
    const double epsilon = p.epsilon() == 0 ? 1e-6 : p.epsilon();
    x = l.add("log", {{"x", x}, {"epsilon", epsilon}});
  }
  l.out(l.add(kKinds[mode], {{"x", x}, {"axes", ops::Arg::ints(axes)}, {"keep_dims", true}}));
}

template <typename Params>
void reduce_nd(Lowering& l, std::string_view kind, const Params& p) {
  if (!l.check_inputs(1, 1)) return;
  std::vector<std::pair<std::string, ops::Arg>> args = {{"x", l.in()}, {"keep_dims", p.keepdims()}};
  if (!p.reduceall()) {
    std::vector<int64_t> axes;
    for (const int64_t a : p.axes()) axes.push_back(clamp_int32(a));
    args.emplace_back("axes", ops::Arg::ints(axes));
  }
  ir::Op* op = l.add_op(kind, args);
  if (op != nullptr) l.out(l.at_least_rank1(op->output()));
}

template <typename Params>
void arg_of(Lowering& l, std::string_view kind, const Params& p) {
  if (!l.check_inputs(1, 1)) return;
  ir::Value* index = l.add(kind, {{"x", l.in()},
                                  {"axis", static_cast<int>(clamp_int32(p.axis()))},
                                  {"keep_dims", !p.removedim()}});
  l.out(l.cast(l.at_least_rank1(index), "fp32"));
}

constexpr auto kReduceRows = std::to_array<LayerRow>({
    {Layer::kReduce, reduce},
    {Layer::kReduceL1, [](Lowering& l) { reduce_nd(l, "reduce_l1_norm", l.layer().reducel1()); }},
    {Layer::kReduceL2, [](Lowering& l) { reduce_nd(l, "reduce_l2_norm", l.layer().reducel2()); }},
    {Layer::kReduceMax, [](Lowering& l) { reduce_nd(l, "reduce_max", l.layer().reducemax()); }},
    {Layer::kReduceMin, [](Lowering& l) { reduce_nd(l, "reduce_min", l.layer().reducemin()); }},
    {Layer::kReduceSum, [](Lowering& l) { reduce_nd(l, "reduce_sum", l.layer().reducesum()); }},
    {Layer::kReduceProd, [](Lowering& l) { reduce_nd(l, "reduce_prod", l.layer().reduceprod()); }},
    {Layer::kReduceMean, [](Lowering& l) { reduce_nd(l, "reduce_mean", l.layer().reducemean()); }},
    {Layer::kReduceLogSum,
     [](Lowering& l) { reduce_nd(l, "reduce_log_sum", l.layer().reducelogsum()); }},
    {Layer::kReduceSumSquare,
     [](Lowering& l) { reduce_nd(l, "reduce_sum_square", l.layer().reducesumsquare()); }},
    {Layer::kReduceLogSumExp,
     [](Lowering& l) { reduce_nd(l, "reduce_log_sum_exp", l.layer().reducelogsumexp()); }},
    {Layer::kArgMax, [](Lowering& l) { arg_of(l, "reduce_argmax", l.layer().argmax()); }},
    {Layer::kArgMin, [](Lowering& l) { arg_of(l, "reduce_argmin", l.layer().argmin()); }},
});

}  // namespace

std::span<const LayerRow> reduce_layers() { return kReduceRows; }

}  // namespace pome::import
