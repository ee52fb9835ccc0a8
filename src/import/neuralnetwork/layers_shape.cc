// Layers of the first three specification versions that move elements: flatten, reshape, permute,
// concat, split, ...
#include <algorithm>
#include <array>
#include <limits>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
constexpr int kAnyNumber = std::numeric_limits<int>::max();

/// [..,C,H,W] -> [..,H,W,C] or back.
ir::Value* move_channels(Lowering& l, ir::Value* x, bool to_last) {
  if (x == nullptr) return nullptr;
  const int64_t rank = x->shape().rank();
  std::vector<int64_t> perm;
  for (int64_t i = 0; i < rank - 3; ++i) perm.push_back(i);
  const std::array<int64_t, 3> order =
      to_last ? std::array<int64_t, 3>{1, 2, 0} : std::array<int64_t, 3>{2, 0, 1};
  for (const int64_t i : order) perm.push_back(rank - 3 + i);
  return l.add("transpose", {{"x", x}, {"perm", ops::Arg::ints(perm)}});
}

/// The axes in front of C, as a beginning of a target shape in which the rest is known.
std::vector<int64_t> leading(Lowering& l, const Shape& s) {
  std::vector<int64_t> dims(s.begin(), s.end() - 3);
  if (std::count_if(dims.begin(), dims.end(), [](int64_t d) { return d < 0; }) > 1)
    l.fail(ErrorCode::kUnsupported,
           "a blob of shape " + s.to_string() + " with several open extents is not supported here");
  return dims;
}

void flatten(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const Shape& s = l.shape();
  ir::Value* x = l.in();
  // With one pixel, or one channel, both orders are the same.
  const bool same_order = s.at(-3) == 1 || (s.at(-2) == 1 && s.at(-1) == 1);
  if (l.layer().flatten().mode() == spec::FlattenLayerParams::CHANNEL_LAST && !same_order)
    x = move_channels(l, x, true);
  auto shape = leading(l, s);
  const bool open = std::any_of(shape.begin(), shape.end(), [](int64_t d) { return d < 0; });
  const bool known = s.at(-3) >= 0 && s.at(-2) >= 0 && s.at(-1) >= 0;
  if (open && !known) {
    l.fail(ErrorCode::kUnsupported, "flatten of a blob of shape " + s.to_string() +
                                        " with several open extents is not supported");
    return;
  }
  shape.push_back(known ? Shape{s.at(-3), s.at(-2), s.at(-1)}.checked_elements().value_or(-1) : -1);
  shape.insert(shape.end(), {1, 1});
  l.out(l.reshape(x, shape));
}

/// x with the axes `front`, then C,H,W, in the layer's order of elements.
ir::Value* reshaped(Lowering& l, ir::Value* x, std::vector<int64_t> front,
                    const std::vector<int64_t>& chw) {
  if (!l.ok()) return nullptr;
  if (l.layer().reshape().mode() == spec::ReshapeLayerParams::CHANNEL_LAST) {
    front.insert(front.end(), {chw[1], chw[2], chw[0]});
    return move_channels(l, l.reshape(move_channels(l, x, true), front), false);
  }
  front.insert(front.end(), chw.begin(), chw.end());
  return l.reshape(x, front);
}

/// Elements move between Seq and the axes behind it, within one of the batch.
void reshape_sequence(Lowering& l, int64_t sequence, const std::vector<int64_t>& chw) {
  const int64_t batch = l.batch(l.in());
  if (batch == 1) {
    const auto front =
        l.exact() ? std::vector<int64_t>{sequence, 1} : std::vector<int64_t>{sequence};
    return l.out(reshaped(l, l.in(), front, chw));
  }
  const auto exchange = [&](ir::Value* x) {
    return l.add("transpose", {{"x", x}, {"perm", ops::Arg::ints({1, 0, 2, 3, 4})}});
  };
  ir::Value* x = l.sequence(l.in());
  if (x == nullptr) return;
  l.out(l.from_sequence(exchange(reshaped(l, exchange(x), {batch, sequence}, chw))));
}

void reshape(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const auto& p = l.layer().reshape();
  const int n = p.targetshape_size();
  if (n != 3 && n != 4) {
    l.fail(ErrorCode::kInvalidModel, "targetShape has " + std::to_string(n) +
                                         " entries, 3 (C, H, W) or 4 (Seq, C, H, W) are expected");
    return;
  }
  std::vector<int64_t> chw;
  for (int i = 0; i < n; ++i) {
    if (p.targetshape(i) < 1)
      l.fail(ErrorCode::kInvalidModel, "targetShape has the entry " +
                                           std::to_string(p.targetshape(i)) +
                                           ", at least 1 is expected");
    if (i >= n - 3) chw.push_back(clamp_int32(p.targetshape(i)));
  }
  if (n == 4) return reshape_sequence(l, clamp_int32(p.targetshape(0)), chw);
  std::vector<int64_t> front = leading(l, l.shape());
  l.out(reshaped(l, l.in(), std::move(front), chw));
}

/// axis is an order of [Seq,C,H,W]; Batch stays where it is.
void permute(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& axis = l.layer().permute().axis();
  std::vector<int64_t> perm;
  for (const uint64_t a : axis) perm.push_back(l.size(a, "axis"));
  auto sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != std::vector<int64_t>{0, 1, 2, 3}) {
    l.fail(ErrorCode::kInvalidModel, "axis is not an order of the four axes 0 to 3");
    return;
  }
  ir::Value* x = l.in();
  const bool folded = !l.exact() && l.shape().rank() == 4;
  if (folded && l.batch(x) == 1)
    return l.out(l.add("transpose", {{"x", x}, {"perm", ops::Arg::ints(perm)}}));
  if (folded) x = l.sequence(x);
  if (x == nullptr) return;
  if (x->shape().rank() != 5) {
    l.fail(ErrorCode::kInvalidModel,
           "the input has shape " + l.shape().to_string() + ", 5 axes are expected");
    return;
  }
  for (int64_t& a : perm) a = a == 0 ? 0 : a + 1;
  perm.insert(perm.begin() + 1, 1);
  l.out(l.from_sequence(l.add("transpose", {{"x", x}, {"perm", ops::Arg::ints(perm)}})));
}

ir::Value* concatenate(Lowering& l, int64_t axis, bool interleave = false) {
  std::vector<ir::Value*> values;
  for (int i = 0; i < l.inputs(); ++i) values.push_back(l.in(i));
  if (interleave)
    return l.add(
        "concat",
        {{"values", values}, {"axis", static_cast<int>(clamp_int32(axis))}, {"interleave", true}});
  return l.add("concat", {{"values", values}, {"axis", static_cast<int>(clamp_int32(axis))}});
}

void concat(Lowering& l) {
  if (!l.check_inputs(1, kAnyNumber) || !l.check_min_rank(3)) return;
  if (!l.layer().concat().sequenceconcat()) return l.out(concatenate(l, -3));
  // Seq is the outermost part of N, so that folded blobs of one Batch join as they are.
  const int rank = l.exact() ? 5 : 4;
  for (int i = 0; i < l.inputs(); ++i) {
    if (l.shape(i).rank() == rank && l.batch(l.in(i)) == l.batch(l.in())) continue;
    l.fail(ErrorCode::kInvalidModel,
           "inputs of shapes " + l.shape().to_string() + " (Batch " +
               std::to_string(l.batch(l.in())) + ") and " + l.shape(i).to_string() + " (Batch " +
               std::to_string(l.batch(l.in(i))) + ") do not join to one sequence");
    return;
  }
  l.out(concatenate(l, 0));
}

void concat_nd(Lowering& l) {
  if (!l.check_inputs(1, kAnyNumber)) return;
  l.out(concatenate(l, l.layer().concatnd().axis(), l.layer().concatnd().interleave()));
}

void bind_outputs(Lowering& l, ir::Op* op) {
  if (op == nullptr) return;
  for (size_t i = 0; i < op->outputs().size(); ++i) l.out(op->output(i), static_cast<int>(i));
}

void split(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const auto n = static_cast<int>(l.size(l.layer().split().noutputs(), "nOutputs", 1));
  if (n != l.layer().output_size()) {
    l.fail(ErrorCode::kInvalidModel, "nOutputs is " + std::to_string(n) + ", the layer has " +
                                         std::to_string(l.layer().output_size()) + " outputs");
    return;
  }
  bind_outputs(l, l.add_op("split", {{"x", l.in()}, {"num_splits", n}, {"axis", -3}}));
}

void split_nd(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& p = l.layer().splitnd();
  const auto axis = static_cast<int>(clamp_int32(p.axis()));
  if (p.splitsizes().empty()) {
    const auto n = static_cast<int>(l.size(p.numsplits(), "numSplits", 1));
    if (n != l.layer().output_size())
      l.fail(ErrorCode::kInvalidModel, "numSplits is " + std::to_string(n) + ", the layer has " +
                                           std::to_string(l.layer().output_size()) + " outputs");
    const auto at = normalize_axis(axis, l.shape().rank());
    const int64_t extent = at ? l.shape()[*at] : 0;
    if (extent <= 0 || extent % n == 0 || !l.ok())
      return bind_outputs(l, l.add_op("split", {{"x", l.in()}, {"num_splits", n}, {"axis", axis}}));
    // NumPy's array_split: the first parts are one longer.
    std::vector<int64_t> parts(static_cast<size_t>(n), extent / n);
    for (int64_t i = 0; i < extent % n; ++i) ++parts[static_cast<size_t>(i)];
    return bind_outputs(
        l,
        l.add_op("split", {{"x", l.in()}, {"split_sizes", ops::Arg::ints(parts)}, {"axis", axis}}));
  }
  std::vector<int64_t> sizes;
  for (const uint64_t s : p.splitsizes()) sizes.push_back(l.size(s, "splitSizes"));
  if (p.splitsizes_size() != l.layer().output_size())
    l.fail(ErrorCode::kInvalidModel, "splitSizes has " + std::to_string(p.splitsizes_size()) +
                                         " entries, the layer has " +
                                         std::to_string(l.layer().output_size()) + " outputs");
  bind_outputs(
      l,
      l.add_op("split", {{"x", l.in()}, {"split_sizes", ops::Arg::ints(sizes)}, {"axis", axis}}));
}

void sequence_repeat(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const uint64_t given = l.layer().sequencerepeat().nrepetitions();
  const int64_t n = given == 0 ? 1 : l.size(given, "nRepetitions", 1);
  std::vector<int64_t> reps(static_cast<size_t>(l.shape().rank()), 1);
  if (reps.size() < 4) {
    l.fail(ErrorCode::kInvalidModel,
           "the input has shape " + l.shape().to_string() + ", 5 axes are expected");
    return;
  }
  reps[0] = n;
  l.out(l.add("tile", {{"x", l.in()}, {"reps", ops::Arg::ints(reps)}}));
}

void reorganize_data(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  using Params = spec::ReorganizeDataLayerParams;
  const Params& p = l.layer().reorganizedata();
  const auto block = static_cast<int>(l.size(p.blocksize(), "blockSize", 2));
  ir::Value* x = l.fold(l.in());
  ir::Value* y = nullptr;
  switch (p.mode()) {
    case Params::SPACE_TO_DEPTH:
      y = l.add("space_to_depth", {{"x", x}, {"block_size", block}});
      break;
    case Params::DEPTH_TO_SPACE:
      y = l.add("depth_to_space", {{"x", x}, {"block_size", block}});
      break;
    case Params::PIXEL_SHUFFLE:
      y = l.add("pixel_shuffle", {{"x", x}, {"upscale_factor", block}});
      break;
    default:
      l.fail(ErrorCode::kInvalidModel, "the reorganization mode is unknown");
  }
  l.out(l.unfold(y, l.shape()));
}

constexpr auto kShapeRows = std::to_array<LayerRow>({
    {Layer::kFlatten, flatten},
    {Layer::kReshape, reshape},
    {Layer::kPermute, permute},
    {Layer::kConcat, concat},
    {Layer::kConcatND, concat_nd},
    {Layer::kSplit, split},
    {Layer::kSplitND, split_nd},
    {Layer::kSequenceRepeat, sequence_repeat},
    {Layer::kReorganizeData, reorganize_data},
});

}  // namespace

std::span<const LayerRow> shape_layers() { return kShapeRows; }

}  // namespace pome::import
