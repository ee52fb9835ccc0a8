// Before:
//     tensor<fp32, [2, 12]> a = reshape(shape = tensor<int32, [2]>([2, 12]), x = x);
//     tensor<fp32, [2, 12, 1]> b = expand_dims(axes = tensor<int32, [1]>([2]), x = a);
//     tensor<fp32, [2, 1, 12]> y = reshape(shape = tensor<int32, [3]>([2, 1, 12]), x = b);
// After:
//     tensor<fp32, [2, 1, 12]> y = reshape(shape = tensor<int32, [3]>([2, 1, 12]), x = x);
//
// Nothing is left where the last has x's own shape. Only where all shapes are known.
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

/// What a reshape-like op of known shapes reads; null for other ops.
ir::Value* source(const ir::Op& op) {
  if (op.kind() != "reshape" && op.kind() != "expand_dims" && op.kind() != "squeeze" &&
      op.kind() != "flatten2d") {
    return nullptr;
  }
  ir::Value* x = op.input("x");
  if (x == nullptr || !x->type().is_tensor() || !x->shape().known() ||
      !op.output()->shape().known() || x->shape().elements() == 0) {
    return nullptr;  // without elements: a 0 in the shape of a reshape means something else
  }
  return x;
}

void merge_reshape(Rewriter& rewriter, ir::Op& op) {
  ir::Value* direct = source(op);
  if (direct == nullptr) return;
  ir::Value* x = direct;
  while (x->producer() != nullptr && source(*x->producer()) != nullptr) x = source(*x->producer());
  if (x->type() == op.output()->type()) {
    rewriter.replace(op.output(), x);
  } else if (x != direct) {
    ir::Value* y =
        rewriter.before(op).add("reshape", op.output()->name(),
                                {{"x", x}, {"shape", ops::Arg::ints(op.output()->shape())}});
    if (y == nullptr) return;
    y->producer()->set_name(op.name());
    rewriter.replace(op.output(), y);
    rewriter.take_name(y, op.output());
  }
  rewriter.erase_if_unread(&op);
}

}  // namespace

Status merge_reshapes(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    for (ir::Op* op : rewriter.ops())
      if (rewriter.alive(op)) merge_reshape(rewriter, *op);
    return {};
  });
}

}  // namespace pome::passes
