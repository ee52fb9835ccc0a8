// Layers that pick elements by index, sort, or accumulate. Indices are blobs of floats.
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

void top_k(Lowering& l) {
  if (!l.check_inputs(1, 2)) return;
  const auto& p = l.layer().topk();
  if (l.inputs() == 2) {
    l.fail(ErrorCode::kUnsupported, "topK with a computed K is not supported");
    return;
  }
  ir::Op* op = l.add_op("topk", {{"x", l.in()},
                                 {"k", static_cast<int>(l.size(p.k(), "K", 1))},
                                 {"axis", static_cast<int>(clamp_int32(p.axis()))},
                                 {"ascending", p.usebottomk()}});
  if (op == nullptr) return;
  l.out(op->output(0), 0);
  l.out(l.cast(op->output(1), "fp32"), 1);
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

/// Keeps what lies at most k above the diagonal; a k below it is no band from the diagonal on.
void lower_triangular(Lowering& l) {
  const int64_t k = l.layer().lowertriangular().k();
  if (k < 0) return l.fail(ErrorCode::kUnsupported, "a negative k is not supported");
  band_part(l, -1, k);
}

void upper_triangular(Lowering& l) {
  const int64_t k = l.layer().uppertriangular().k();
  if (k > 0) return l.fail(ErrorCode::kUnsupported, "a positive k is not supported");
  band_part(l, k == 0 ? 0 : -clamp_int32(k), -1);
}

constexpr auto kRows = std::to_array<LayerRow>({
    {Layer::kGather, gather},
    {Layer::kGatherND, gather_nd},
    {Layer::kGatherAlongAxis, gather_along_axis},
    {Layer::kReverse, reverse},
    {Layer::kTopK, top_k},
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

std::span<const LayerRow> gather_layers() { return kRows; }

}  // namespace pome::import
