// Layers that pick elements by index, sort, or accumulate. Indices are blobs of floats.
#include <algorithm>
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

void gather(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  l.out(l.add("gather", {{"x", l.in(0)},
                         {"indices", l.cast(l.in(1), "int32")},
                         {"axis", static_cast<int>(clamp_int32(l.layer().gather().axis()))}}));
}

void gather_nd(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  l.out(l.at_least_rank1(
      l.add("gather_nd", {{"x", l.in(0)}, {"indices", l.cast(l.in(1), "int32")}})));
}

void gather_along_axis(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  const auto axis = static_cast<int>(clamp_int32(l.layer().gatheralongaxis().axis()));
  l.out(l.add("gather_along_axis",
              {{"x", l.in(0)}, {"indices", l.cast(l.in(1), "int32")}, {"axis", axis}}));
}

void reverse(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& flags = l.layer().reverse().reversedim();
  if (flags.size() != l.shape().rank()) {
    l.fail(ErrorCode::kInvalidModel, "reverseDim has " + std::to_string(flags.size()) +
                                         " entries, the input has shape " + l.shape().to_string());
    return;
  }
  std::vector<int64_t> axes;
  for (int i = 0; i < flags.size(); ++i)
    if (flags[i]) axes.push_back(i);
  l.out(axes.empty() ? l.in() : l.add("reverse", {{"x", l.in()}, {"axes", ops::Arg::ints(axes)}}));
}

/// The first k elements along an axis, k being a blob.
ir::Value* leading_part(Lowering& l, ir::Value* x, int64_t axis, ir::Value* k) {
  const auto at = normalize_axis(axis, l.shape().rank());
  if (!at || x == nullptr) return x;
  ir::Value* zero = l.constant(ir::Literal::ints(std::array<int64_t, 1>{0}), "zero");
  std::vector<ir::Value*> ends(static_cast<size_t>(l.shape().rank()), zero);
  std::vector<uint8_t> open(ends.size(), 1);
  ends[static_cast<size_t>(*at)] = k;
  open[static_cast<size_t>(*at)] = 0;
  const std::vector<int64_t> begin(ends.size(), 0);
  ir::Value* end = ends.size() == 1 ? k : l.add("concat", {{"values", ends}, {"axis", 0}});
  const auto type = ir::Type::tensor(ir::DType::kBool, {static_cast<int64_t>(open.size())});
  return l.add("slice_by_index",
               {{"x", x},
                {"begin", ops::Arg::ints(begin)},
                {"end", end},
                {"end_mask", ir::Literal::copy(type, std::span<const uint8_t>(open))}});
}

/// K is a parameter or, where it is an input, usually known all the same; else everything is sorted
/// and cut.
void top_k(Lowering& l) {
  if (!l.check_inputs(1, 2)) return;
  const auto& p = l.layer().topk();
  const auto axis = static_cast<int>(clamp_int32(p.axis()));
  int k = -1;
  ir::Value* computed = nullptr;
  if (l.inputs() == 1) {
    k = static_cast<int>(l.size(p.k(), "K", 1));
  } else if (const auto known = Lowering::known_integers(l.in(1)); known && known->size() == 1) {
    k = static_cast<int>(l.size(static_cast<uint64_t>(std::max<int64_t>((*known)[0], 0)), "K", 1));
  } else {
    computed = l.reshape(l.cast(l.in(1), "int32"), {1});
  }
  ir::Op* op =
      l.add_op("topk", {{"x", l.in()}, {"k", k}, {"axis", axis}, {"ascending", p.usebottomk()}});
  if (op == nullptr) return;
  const auto part = [&](ir::Value* y) {
    return computed == nullptr ? y : leading_part(l, y, axis, computed);
  };
  l.out(part(op->output(0)), 0);
  l.out(l.cast(part(op->output(1)), "fp32"), 1);
}

void where_non_zero(Lowering& l) {
  if (l.check_inputs(1, 1)) l.out(l.cast(l.add("non_zero", {{"x", l.in()}}), "fp32"));
}

void arg_sort(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& p = l.layer().argsort();
  ir::Value* y = l.add("argsort", {{"x", l.in()},
                                   {"axis", static_cast<int>(clamp_int32(p.axis()))},
                                   {"ascending", !p.descending()}});
  l.out(l.cast(y, "fp32"));
}

void cum_sum(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& p = l.layer().cumsum();
  l.out(l.add("cumsum", {{"x", l.in()},
                         {"axis", static_cast<int>(clamp_int32(p.axis()))},
                         {"exclusive", p.excludefinalsum()},
                         {"reverse", p.reverse()}}));
}

void one_hot(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& p = l.layer().onehot();
  const auto n = static_cast<int>(l.size(p.onehotvectorsize(), "oneHotVectorSize", 1));
  l.out(l.add("one_hot", {{"indices", l.cast(l.in(), "int32")},
                          {"one_hot_vector_size", n},
                          {"axis", static_cast<int>(clamp_int32(p.axis()))},
                          {"on_value", p.onvalue()},
                          {"off_value", p.offvalue()}}));
}

void band_part(Lowering& l, int64_t lower, int64_t upper) {
  if (!l.check_inputs(1, 1)) return;
  l.out(l.add("band_part", {{"x", l.in()},
                            {"lower", static_cast<int>(clamp_int32(lower))},
                            {"upper", static_cast<int>(clamp_int32(upper))}}));
}

/// x with 0 in place of the band: what a triangle that does not reach the diagonal leaves.
void without_band(Lowering& l, int64_t lower, int64_t upper) {
  if (!l.check_inputs(1, 1)) return;
  ir::Value* ones = l.add("fill_like", {{"ref_tensor", l.in()}, {"value", 1.f}});
  ir::Value* band = l.add("band_part", {{"x", ones},
                                        {"lower", static_cast<int>(clamp_int32(lower))},
                                        {"upper", static_cast<int>(clamp_int32(upper))}});
  l.out(l.add("select", {{"cond", l.cast(band, "bool")}, {"a", 0.f}, {"b", l.in()}}));
}

/// Keeps what lies at most k above the diagonal; with a k below it, all but what lies above.
void lower_triangular(Lowering& l) {
  const int64_t k = clamp_int32(l.layer().lowertriangular().k());
  return k < 0 ? without_band(l, -k - 1, -1) : band_part(l, -1, k);
}

void upper_triangular(Lowering& l) {
  const int64_t k = clamp_int32(l.layer().uppertriangular().k());
  return k > 0 ? without_band(l, -1, k - 1) : band_part(l, -k, -1);
}

constexpr auto kGatherRows = std::to_array<LayerRow>({
    {Layer::kGather, gather},
    {Layer::kGatherND, gather_nd},
    {Layer::kGatherAlongAxis, gather_along_axis},
    {Layer::kReverse, reverse},
    {Layer::kTopK, top_k},
    {Layer::kWhereNonZero, where_non_zero},
    {Layer::kArgSort, arg_sort},
    {Layer::kCumSum, cum_sum},
    {Layer::kOneHot, one_hot},
    {Layer::kMatrixBandPart,
     [](Lowering& l) {
       band_part(l, l.layer().matrixbandpart().numlower(), l.layer().matrixbandpart().numupper());
     }},
    {Layer::kLowerTriangular, lower_triangular},
    {Layer::kUpperTriangular, upper_triangular},
});

}  // namespace

std::span<const LayerRow> gather_layers() { return kGatherRows; }

}  // namespace pome::import
