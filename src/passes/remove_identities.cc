// Before:
//     tensor<fp32, [2, 3]> a = identity(x = x);
//     tensor<fp32, [2, 3]> b = cast(dtype = string("fp32"), x = a);
//     tensor<fp32, [2, 3]> c = mul(x = b, y = fp32(1));
//     tensor<fp32, [2, 3]> y = relu(x = c);
// After:
//     tensor<fp32, [2, 3]> y = relu(x = x);
//
// Removed are identity, cast to the type that is there, `+ 0`, `- 0`, `* 1`, `/ 1`, `pow 1`, concat
// of one tensor, transpose by the identity, pad by nothing, slices of everything, and repetitions
// by one. An op stays where its input is an input or an output of the function and its result an
// output too: each needs a value of its own.
#include <algorithm>

#include "passes/constants.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

/// All elements of an integer constant are `value`.
bool all_are(const ir::Literal* c, int64_t value) {
  if (c == nullptr || !c->type().is_tensor()) return false;
  const std::vector<int64_t> values = c->to_ints();
  return std::all_of(values.begin(), values.end(), [&](int64_t v) { return v == value; });
}

/// The operand of a binary op whose other operand is the constant `neutral`.
ir::Value* beside(const ir::Op& op, double neutral, bool either_side) {
  const auto is_neutral = [&](std::string_view param) {
    const ir::Literal* c = op.constant(param);
    return c != nullptr && (uniform(c) == neutral || scalar(c) == neutral);
  };
  if (is_neutral("y")) return op.input("x");
  if (either_side && is_neutral("x")) return op.input("y");
  return nullptr;
}

/// The value that the op gives back unchanged, as far as its kind and parameters tell.
ir::Value* source(const ir::Op& op) {
  const std::string& kind = op.kind();
  if (kind == "identity" || kind == "cast" || kind == "reshape" || kind == "expand_dims" ||
      kind == "squeeze") {
    return op.input("x");  // what is left to check is the type
  }
  if (kind == "add") return beside(op, 0, true);
  if (kind == "sub") return beside(op, 0, false);
  if (kind == "mul") return beside(op, 1, true);
  if (kind == "real_div" || kind == "pow") return beside(op, 1, false);
  if (kind == "concat" && op.argument("values")->operands.size() == 1)
    return op.argument("values")->operands[0].value;
  if (kind == "tile" && all_are(op.constant("reps"), 1)) return op.input("x");
  if (kind == "pad" && all_are(op.constant("pad"), 0)) return op.input("x");
  if (kind == "slice_by_size" && all_are(op.constant("begin"), 0)) return op.input("x");
  if (kind == "transpose" && op.constant("perm") != nullptr) {
    const std::vector<int64_t> perm = op.constant("perm")->to_ints();
    for (size_t i = 0; i < perm.size(); ++i) {
      const int64_t axis = perm[i] < 0 ? perm[i] + static_cast<int64_t>(perm.size()) : perm[i];
      if (axis != static_cast<int64_t>(i)) return nullptr;
    }
    return op.input("x");
  }
  return nullptr;
}

}  // namespace

Status remove_identities(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    for (ir::Op* op : rewriter.ops()) {
      if (op->outputs().size() != 1 || op->kind() == ir::kConstOp) continue;
      ir::Value* x = source(*op);
      if (x == nullptr || !(x->type() == op->output()->type())) continue;
      const ir::Type& type = x->type();
      if (op->kind() != "identity" && !(type.is_tensor() && type.shape().known())) continue;
      rewriter.replace(op->output(), x);
      rewriter.erase_if_unread(op);
    }
    return {};
  });
}

}  // namespace pome::passes
