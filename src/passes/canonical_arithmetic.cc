// Before:
//     tensor<fp32, [2]> a = mul(x = fp32(2), y = x);
//     tensor<fp32, [2]> b = sub(x = a, y = fp32(3));
//     tensor<fp32, [2]> c = real_div(x = b, y = fp32(4));
//     tensor<fp32, [2]> y = pow(x = c, y = fp32(2));
// After:
//     tensor<fp32, [2]> a = mul(x = x, y = fp32(2));
//     tensor<fp32, [2]> b = add(x = a, y = fp32(-3));
//     tensor<fp32, [2]> c = mul(x = b, y = fp32(0.25));
//     tensor<fp32, [2]> y = square(x = c);
//
// Later passes and kernels then know one form. The constant of a commutative op goes to the right
// (where both are run-time values, nothing changes); subtraction and division by a float constant
// become add and mul. A reciprocal is rounded once (half an ulp more than the division); where it
// would not be a normal number, the division stays. Powers of 2 and 1/2 become square and sqrt
// (whose value at minus infinity is NaN, not infinity).
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "passes/constants.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

bool is_commutative_pair(const ops::OpDef* def, const ir::Op& op) {
  return def != nullptr && def->is(ops::kCommutative) && op.arguments().size() == 2 &&
         op.operand("x") != nullptr && op.operand("y") != nullptr;
}

/// -c or 1/c of every element; null when one of them is not a normal number (or zero, negated).
ir::LiteralPtr changed(const ir::Literal& c, bool reciprocal) {
  std::vector<double> values = to_reals(c);
  const double smallest =
      c.type().dtype() == ir::DType::kFp16 ? 0x1p-14 : std::numeric_limits<float>::min();
  const double largest =
      c.type().dtype() == ir::DType::kFp16 ? 65504 : std::numeric_limits<float>::max();
  for (double& v : values) {
    v = reciprocal ? 1 / v : -v;
    if (!reciprocal && std::isfinite(v)) continue;
    if (!(std::fabs(v) >= smallest && std::fabs(v) <= largest)) return nullptr;
  }
  return from_reals(c.type(), values);
}

/// Everyone reads `y`, which does what `op` did.
void take_over(Rewriter& rewriter, ir::Op& op, ir::Value* y) {
  if (y == nullptr) return;
  y->producer()->set_name(op.name());
  rewriter.replace(op.output(), y);
  rewriter.take_name(y, op.output());
  rewriter.erase_if_unread(&op);
}

void rewrite_power(Rewriter& rewriter, ir::Op& op) {
  ir::Value* x = op.input("x");
  const ir::Literal* c = op.constant("y");
  std::optional<double> exponent = uniform(c);
  if (!exponent) exponent = scalar(c);
  if (x == nullptr || op.output()->type() != x->type() || (exponent != 2 && exponent != 0.5))
    return;
  const char* kind = exponent == 2 ? "square" : "sqrt";
  take_over(rewriter, op, rewriter.before(op).add(kind, op.output()->name(), {{"x", x}}));
}

void rewrite_arithmetic(Rewriter& rewriter, ir::Op& op) {
  if (is_commutative_pair(rewriter.def(op), op)) {
    const ir::Operand x = *op.operand("x");
    const ir::Operand y = *op.operand("y");
    if (x.known() != nullptr && y.known() == nullptr) {
      op.set_argument("x", {y});
      op.set_argument("y", {x});
    }
    return;
  }
  if (op.kind() == "pow") return rewrite_power(rewriter, op);
  const bool sub = op.kind() == "sub";
  if (!sub && op.kind() != "real_div") return;
  const ir::Literal* c = op.constant("y");
  ir::Value* x = op.input("x");
  if (c == nullptr || x == nullptr || !c->type().is_tensor() || !ir::is_float(c->type().dtype()))
    return;
  ir::LiteralPtr constant = changed(*c, !sub);
  if (constant == nullptr) return;
  ops::Builder& builder = rewriter.before(op);
  const std::string name = op.input("y") != nullptr ? op.input("y")->name() : "";
  ops::Arg operand(constant);
  if (!name.empty()) operand = ops::Arg(builder.constant(constant, name));
  ir::Value* y = builder.add(sub ? "add" : "mul", op.output()->name(), {{"x", x}, {"y", operand}});
  take_over(rewriter, op, y);
}

}  // namespace

Status canonical_arithmetic(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    for (ir::Op* op : rewriter.ops())
      if (rewriter.alive(op) && op->outputs().size() == 1) rewrite_arithmetic(rewriter, *op);
    return {};
  });
}

}  // namespace pome::passes
