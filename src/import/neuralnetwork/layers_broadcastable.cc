// Elementwise layers of the exact world: one op each, comparisons and logic with 0 and 1 as floats.
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

struct Named {
  Layer::LayerCase kind;
  std::string_view op;
};

constexpr auto kUnary = std::to_array<Named>({
    {Layer::kCeil, "ceil"},
    {Layer::kFloor, "floor"},
    {Layer::kSign, "sign"},
    {Layer::kRound, "round"},
    {Layer::kExp2, "exp2"},
    {Layer::kSin, "sin"},
    {Layer::kCos, "cos"},
    {Layer::kTan, "tan"},
    {Layer::kAsin, "asin"},
    {Layer::kAcos, "acos"},
    {Layer::kAtan, "atan"},
    {Layer::kSinh, "sinh"},
    {Layer::kCosh, "cosh"},
    {Layer::kTanh, "tanh"},
    {Layer::kAtanh, "atanh"},
    {Layer::kErf, "erf"},
});

constexpr auto kBinary = std::to_array<Named>({
    {Layer::kAddBroadcastable, "add"},
    {Layer::kSubtractBroadcastable, "sub"},
    {Layer::kMultiplyBroadcastable, "mul"},
    {Layer::kDivideBroadcastable, "real_div"},
    {Layer::kFloorDivBroadcastable, "floor_div"},
    {Layer::kModBroadcastable, "mod"},
    {Layer::kMinBroadcastable, "minimum"},
    {Layer::kMaxBroadcastable, "maximum"},
    {Layer::kPowBroadcastable, "pow"},
    {Layer::kLogicalAnd, "logical_and"},
    {Layer::kLogicalOr, "logical_or"},
    {Layer::kLogicalXor, "logical_xor"},
});

template <size_t N>
std::string_view op_of(const std::array<Named, N>& rows, Layer::LayerCase kind) {
  for (const Named& row : rows)
    if (row.kind == kind) return row.op;
  return {};
}

void unary(Lowering& l) {
  if (l.check_inputs(1, 1)) l.out(l.add(op_of(kUnary, l.layer().layer_case()), {{"x", l.in()}}));
}

void binary(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  l.out(l.add(op_of(kBinary, l.layer().layer_case()), {{"x", l.in(0)}, {"y", l.in(1)}}));
}

void logical(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  ir::Value* y = l.add(op_of(kBinary, l.layer().layer_case()),
                       {{"x", l.cast(l.in(0), "bool")}, {"y", l.cast(l.in(1), "bool")}});
  l.out(l.cast(y, "fp32"));
}

void logical_not(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  l.out(l.cast(l.add("logical_not", {{"x", l.cast(l.in(), "bool")}}), "fp32"));
}

/// The second operand is an input or alpha.
void compare(Lowering& l, std::string_view op, float alpha) {
  if (!l.check_inputs(1, 2)) return;
  ir::Value* y = l.inputs() == 2 ? l.add(op, {{"x", l.in(0)}, {"y", l.in(1)}})
                                 : l.add(op, {{"x", l.in(0)}, {"y", alpha}});
  l.out(l.cast(y, "fp32"));
}

void where_broadcastable(Lowering& l) {
  if (!l.check_inputs(3, 3)) return;
  l.out(l.add("select", {{"cond", l.cast(l.in(0), "bool")}, {"a", l.in(1)}, {"b", l.in(2)}}));
}

/// The area hyperbolic functions that MIL lacks: asinh x = sign(x) log(|x| + sqrt(x^2 + 1)).
void asinh(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  ir::Value* magnitude = l.add("abs", {{"x", l.in()}});
  ir::Value* square = l.add("square", {{"x", magnitude}});
  ir::Value* root = l.add("sqrt", {{"x", l.add("add", {{"x", square}, {"y", 1.0}})}});
  ir::Value* log =
      l.add("log", {{"x", l.add("add", {{"x", magnitude}, {"y", root}})}, {"epsilon", 0.0}});
  l.out(l.add("mul", {{"x", log}, {"y", l.add("sign", {{"x", l.in()}})}}));
}

/// acosh x = log(x + sqrt(x^2 - 1)).
void acosh(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  ir::Value* square = l.add("square", {{"x", l.in()}});
  ir::Value* root = l.add("sqrt", {{"x", l.add("sub", {{"x", square}, {"y", 1.0}})}});
  l.out(l.add("log", {{"x", l.add("add", {{"x", l.in()}, {"y", root}})}, {"epsilon", 0.0}}));
}

constexpr auto kOthers = std::to_array<LayerRow>({
    {Layer::kEqual, [](Lowering& l) { compare(l, "equal", l.layer().equal().alpha()); }},
    {Layer::kNotEqual, [](Lowering& l) { compare(l, "not_equal", l.layer().notequal().alpha()); }},
    {Layer::kLessThan, [](Lowering& l) { compare(l, "less", l.layer().lessthan().alpha()); }},
    {Layer::kLessEqual,
     [](Lowering& l) { compare(l, "less_equal", l.layer().lessequal().alpha()); }},
    {Layer::kGreaterThan,
     [](Lowering& l) { compare(l, "greater", l.layer().greaterthan().alpha()); }},
    {Layer::kGreaterEqual,
     [](Lowering& l) { compare(l, "greater_equal", l.layer().greaterequal().alpha()); }},
    {Layer::kLogicalNot, logical_not},
    {Layer::kWhereBroadcastable, where_broadcastable},
    {Layer::kAsinh, asinh},
    {Layer::kAcosh, acosh},
});

constexpr auto kBroadcastableRows = [] {
  std::array<LayerRow, kUnary.size() + kBinary.size() + kOthers.size()> rows{};
  size_t n = 0;
  for (const Named& row : kUnary) rows[n++] = {row.kind, unary};
  for (const Named& row : kBinary)
    rows[n++] = {row.kind, row.op.substr(0, 7) == "logical" ? logical : binary};
  for (const LayerRow& row : kOthers) rows[n++] = row;
  return rows;
}();

}  // namespace

std::span<const LayerRow> broadcastable_layers() { return kBroadcastableRows; }

}  // namespace pome::import
