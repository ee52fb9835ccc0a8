// Layers of the exact world that change shapes.
#include <algorithm>
#include <array>
#include <limits>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

template <typename List>
std::vector<int64_t> numbers(const List& list) {
  std::vector<int64_t> values;
  for (const auto v : list) values.push_back(clamp_int32(static_cast<int64_t>(v)));
  return values;
}

/// Axes for fewer than the blob has belong to the last ones, when those in front are 1: coremltools
/// writes such layers for pictures.
void transpose(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  auto perm = numbers(l.layer().transpose().axes());
  const Shape& s = l.shape();
  const int64_t lead = s.rank() - static_cast<int64_t>(perm.size());
  if (lead > 0 && std::all_of(s.begin(), s.begin() + lead, [](int64_t d) { return d == 1; })) {
    for (int64_t& axis : perm) axis += axis < 0 ? 0 : lead;
    for (int64_t i = 0; i < lead; ++i) perm.insert(perm.begin() + i, i);
  }
  l.out(l.add("transpose", {{"x", l.in()}, {"perm", ops::Arg::ints(perm)}}));
}

void expand_dims(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  ir::Value* x = l.in();
  if (l.is_scalar(x)) x = l.add("squeeze", {{"x", x}});
  l.out(l.add("expand_dims",
              {{"x", x}, {"axes", ops::Arg::ints(numbers(l.layer().expanddims().axes()))}}));
}

void squeeze(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& p = l.layer().squeeze();
  ir::Value* y =
      p.squeezeall()
          ? l.add("squeeze", {{"x", l.in()}})
          : l.add("squeeze", {{"x", l.in()}, {"axes", ops::Arg::ints(numbers(p.axes()))}});
  l.out(l.at_least_rank1(y));
}

void flatten_to_2d(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto axis = static_cast<int>(clamp_int32(l.layer().flattento2d().axis()));
  l.out(l.add("flatten2d", {{"x", l.in()}, {"axis", axis}}));
}

void reshape_static(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  l.out(l.reshape(l.in(), numbers(l.layer().reshapestatic().targetshape())));
}

/// 0 copies an extent, -1 is inferred.
void rank_preserving_reshape(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  auto shape = numbers(l.layer().rankpreservingreshape().targetshape());
  const Shape& s = l.shape();
  if (static_cast<int>(shape.size()) != s.rank()) {
    l.fail(ErrorCode::kInvalidModel, "targetShape has " + std::to_string(shape.size()) +
                                         " entries, the input of shape " + s.to_string() +
                                         " needs " + std::to_string(s.rank()));
    return;
  }
  for (size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 0) shape[i] = s[static_cast<int>(i)];
  if (std::count(shape.begin(), shape.end(), -1) > 1) {
    l.fail(ErrorCode::kUnsupported, "several extents are to be inferred from the shape " +
                                        s.to_string() + "; this is not supported");
    return;
  }
  l.out(l.reshape(l.in(), shape));
}

void reshape_like(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  ir::Value* shape = l.add("shape", {{"x", l.in(1)}});
  l.out(l.add("reshape", {{"x", l.in(0)}, {"shape", shape}}));
}

void reshape_dynamic(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  l.out(l.add("reshape", {{"x", l.in(0)}, {"shape", l.cast(l.in(1), "int32")}}));
}

void get_shape(Lowering& l) {
  if (l.check_inputs(1, 1)) l.out(l.cast(l.add("shape", {{"x", l.in()}}), "fp32"));
}

/// The same where reps is known only when it runs, but for its length.
void tile_computed_times(Lowering& l) {
  ir::Value* reps = l.cast(l.in(1), "int32");
  ir::Value* x = l.in();
  const int64_t given = l.shape(1).rank() == 1 ? l.shape(1)[0] : -1;
  const int64_t missing = given < 0 ? 0 : l.shape().rank() - given;
  if (missing > 0) {
    const std::vector<int64_t> ones(static_cast<size_t>(missing), 1);
    ir::Value* front = l.constant(ir::Literal::ints(ones), "ones");
    reps = l.add("concat", {{"values", std::vector<ir::Value*>{front, reps}}, {"axis", 0}});
  } else if (missing < 0) {
    std::vector<int64_t> axes;
    for (int64_t i = 0; i < -missing; ++i) axes.push_back(i);
    x = l.add("expand_dims", {{"x", x}, {"axes", ops::Arg::ints(axes)}});
  }
  l.out(l.add("tile", {{"x", x}, {"reps", reps}}));
}

/// NumPy's tile: the shorter of both, the shape and reps, has ones in front.
void tile(Lowering& l) {
  if (!l.check_inputs(1, 2)) return;
  std::vector<int64_t> reps;
  if (l.inputs() == 1) {
    for (const uint64_t r : l.layer().tile().reps()) reps.push_back(l.size(r, "reps", 1));
  } else if (const auto known = Lowering::known_integers(l.in(1))) {
    reps = *known;
  } else {
    return tile_computed_times(l);
  }
  const auto rank = static_cast<size_t>(l.shape().rank());
  if (reps.size() < rank) reps.insert(reps.begin(), rank - reps.size(), 1);
  ir::Value* x = l.in();
  if (reps.size() > rank) {
    std::vector<int64_t> axes;
    for (size_t i = 0; i < reps.size() - rank; ++i) axes.push_back(static_cast<int64_t>(i));
    x = l.add("expand_dims", {{"x", x}, {"axes", ops::Arg::ints(axes)}});
  }
  l.out(l.add("tile", {{"x", x}, {"reps", ops::Arg::ints(reps)}}));
}

void stack(Lowering& l) {
  if (!l.check_inputs(1, std::numeric_limits<int>::max())) return;
  std::vector<ir::Value*> values;
  for (int i = 0; i < l.inputs(); ++i) values.push_back(l.in(i));
  const auto axis = static_cast<int>(clamp_int32(l.layer().stack().axis()));
  l.out(l.add("stack", {{"values", values}, {"axis", axis}}));
}

/// NumPy's broadcast_to: ones in front, then as many copies as an axis of 1 needs.
void broadcast_to(Lowering& l, const std::vector<int64_t>& target) {
  const Shape& s = l.shape();
  const size_t lead = target.size() - std::min(target.size(), static_cast<size_t>(s.rank()));
  std::vector<int64_t> reps(target.size(), 1);
  std::vector<int64_t> padded(lead, 1);
  for (const int64_t d : s.dims()) padded.push_back(d);
  bool fits = padded.size() == target.size() && Shape::fits_rank(target.size());
  for (size_t i = 0; fits && i < target.size(); ++i) {
    if (padded[i] == target[i]) continue;
    fits = padded[i] == 1 && target[i] >= 0;
    reps[i] = target[i];
  }
  if (!fits) {
    l.fail(ErrorCode::kInvalidModel,
           "shape " + s.to_string() + " does not broadcast to " +
               (Shape::fits_rank(target.size()) ? Shape(std::span(target)).to_string()
                                                : std::to_string(target.size()) + " axes"));
    return;
  }
  ir::Value* x = l.in();
  if (lead > 0) {
    std::vector<int64_t> axes;
    for (size_t i = 0; i < lead; ++i) axes.push_back(static_cast<int64_t>(i));
    x = l.add("expand_dims", {{"x", x}, {"axes", ops::Arg::ints(axes)}});
  }
  if (std::any_of(reps.begin(), reps.end(), [](int64_t r) { return r != 1; }))
    x = l.add("tile", {{"x", x}, {"reps", ops::Arg::ints(reps)}});
  l.out(x);
}

void broadcast_to_static(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  std::vector<int64_t> target;
  for (const uint64_t d : l.layer().broadcasttostatic().targetshape())
    target.push_back(l.size(d, "targetShape"));
  broadcast_to(l, target);
}

/// The same where the target is known only when it runs: a product with ones of that shape.
void broadcast_to_computed(Lowering& l, ir::Value* shape) {
  ir::Value* ones = l.add("fill", {{"shape", shape}, {"value", 1.f}});
  l.out(l.add("mul", {{"x", l.in()}, {"y", ones}}));
}

void broadcast_to_like(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  const Shape& target = l.shape(1);
  if (target.known()) return broadcast_to(l, {target.begin(), target.end()});
  broadcast_to_computed(l, l.add("shape", {{"x", l.in(1)}}));
}

void broadcast_to_dynamic(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  if (const auto known = Lowering::known_integers(l.in(1))) return broadcast_to(l, *known);
  broadcast_to_computed(l, l.cast(l.in(1), "int32"));
}

constexpr auto kShapeNdRows = std::to_array<LayerRow>({
    {Layer::kTranspose, transpose},
    {Layer::kExpandDims, expand_dims},
    {Layer::kSqueeze, squeeze},
    {Layer::kFlattenTo2D, flatten_to_2d},
    {Layer::kReshapeStatic, reshape_static},
    {Layer::kRankPreservingReshape, rank_preserving_reshape},
    {Layer::kReshapeLike, reshape_like},
    {Layer::kReshapeDynamic, reshape_dynamic},
    {Layer::kGetShape, get_shape},
    {Layer::kTile, tile},
    {Layer::kStack, stack},
    {Layer::kBroadcastToStatic, broadcast_to_static},
    {Layer::kBroadcastToDynamic, broadcast_to_dynamic},
    {Layer::kBroadcastToLike, broadcast_to_like},
});

}  // namespace

std::span<const LayerRow> shape_nd_layers() { return kShapeNdRows; }

}  // namespace pome::import
