// Elementwise layers of the first three specification versions.
#include <array>
#include <limits>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
constexpr int kAnyNumber = std::numeric_limits<int>::max();

/// Folded blobs of which one has a Seq and all have the same Batch broadcast over Seq alone.
bool needs_sequence(const Lowering& l) {
  if (l.exact()) return false;
  for (int i = 0; i < l.inputs(); ++i)
    if (l.shape(i).rank() != 4 || l.shape(i)[0] < 0) return false;
  for (int i = 1; i < l.inputs(); ++i)
    if (l.shape(i)[0] != l.shape()[0] && l.shape(i)[0] != 1 && l.shape()[0] != 1) return true;
  return false;
}

/// x1 op x2 op x3 ...; a single input is itself.
ir::Value* chain(Lowering& l, std::string_view kind) {
  const bool five = needs_sequence(l);
  const auto operand = [&](int i) { return five ? l.sequence(l.in(i)) : l.in(i); };
  ir::Value* y = operand(0);
  for (int i = 1; i < l.inputs(); ++i) y = l.add(kind, {{"x", y}, {"y", operand(i)}});
  return five ? l.from_sequence(y) : y;
}

void add(Lowering& l) {
  if (!l.check_inputs(1, kAnyNumber)) return;
  l.out(l.inputs() > 1 ? chain(l, "add")
                       : l.add("add", {{"x", l.in()}, {"y", l.layer().add().alpha()}}));
}

void multiply(Lowering& l) {
  if (!l.check_inputs(1, kAnyNumber)) return;
  l.out(l.inputs() > 1 ? chain(l, "mul")
                       : l.add("mul", {{"x", l.in()}, {"y", l.layer().multiply().alpha()}}));
}

void average(Lowering& l) {
  if (!l.check_inputs(1, kAnyNumber)) return;
  ir::Value* sum = chain(l, "add");
  l.out(l.inputs() == 1 ? sum : l.add("mul", {{"x", sum}, {"y", 1.0 / l.inputs()}}));
}

void max(Lowering& l) {
  if (l.check_inputs(1, kAnyNumber)) l.out(chain(l, "maximum"));
}

void min(Lowering& l) {
  if (l.check_inputs(1, kAnyNumber)) l.out(chain(l, "minimum"));
}

/// The shape in which a scale or bias of shape [C] or [C,H,W] meets a blob.
Shape parameter_shape(Lowering& l, const google::protobuf::RepeatedField<uint64_t>& given,
                      std::string_view what) {
  if (given.size() == 1) return {l.size(given[0], what, 1), 1, 1};
  if (given.size() == 3)
    return {l.size(given[0], what, 1), l.size(given[1], what, 1), l.size(given[2], what, 1)};
  l.fail(ErrorCode::kInvalidModel, std::string(what) + " has " + std::to_string(given.size()) +
                                       " entries, 1 (channels) or 3 are expected");
  return {1, 1, 1};
}

void scale(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const auto& p = l.layer().scale();
  ir::Value* factor =
      l.weights(p.scale(), parameter_shape(l, p.shapescale(), "shapeScale"), "scale");
  ir::Value* y = l.add("mul", {{"x", l.in()}, {"y", factor}});
  if (p.hasbias()) {
    ir::Value* bias = l.weights(p.bias(), parameter_shape(l, p.shapebias(), "shapeBias"), "bias");
    y = l.add("add", {{"x", y}, {"y", bias}});
  }
  l.out(y);
}

void bias(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const auto& p = l.layer().bias();
  ir::Value* b = l.weights(p.bias(), parameter_shape(l, p.shape(), "shape"), "bias");
  l.out(l.add("add", {{"x", l.in()}, {"y", b}}));
}

void unary(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  using Params = spec::UnaryFunctionLayerParams;
  const Params& p = l.layer().unary();
  const double epsilon = p.epsilon() == 0 ? 1e-6 : p.epsilon();
  ir::Value* x = l.in();
  if (p.scale() != 0 && p.scale() != 1) x = l.add("mul", {{"x", x}, {"y", p.scale()}});
  if (p.shift() != 0) x = l.add("add", {{"x", x}, {"y", p.shift()}});
  switch (p.type()) {
    case Params::SQRT:
      return l.out(l.add("sqrt", {{"x", x}}));
    case Params::RSQRT:
      return l.out(l.add("rsqrt", {{"x", x}, {"epsilon", epsilon}}));
    case Params::INVERSE:
      return l.out(l.add("inverse", {{"x", x}, {"epsilon", epsilon}}));
    case Params::POWER:
      return l.out(l.add("pow", {{"x", x}, {"y", p.alpha()}}));
    case Params::EXP:
      return l.out(l.add("exp", {{"x", x}}));
    case Params::LOG:
      return l.out(l.add("log", {{"x", x}, {"epsilon", epsilon}}));
    case Params::ABS:
      return l.out(l.add("abs", {{"x", x}}));
    case Params::THRESHOLD:
      return l.out(l.add("threshold", {{"x", x}, {"alpha", p.alpha()}}));
    default:
      l.fail(ErrorCode::kInvalidModel, "the unary function's type is unknown");
  }
}

constexpr auto kElementwiseRows = std::to_array<LayerRow>({
    {Layer::kAdd, add},
    {Layer::kMultiply, multiply},
    {Layer::kAverage, average},
    {Layer::kMax, max},
    {Layer::kMin, min},
    {Layer::kScale, scale},
    {Layer::kBias, bias},
    {Layer::kUnary, unary},
});

}  // namespace

std::span<const LayerRow> elementwise_layers() { return kElementwiseRows; }

}  // namespace pome::import
