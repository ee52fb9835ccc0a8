// Before, with x: tensor<fp32, [1, 8, 5, 7]>:
//     tensor<fp32, [1, 5, 7, 8]> a = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = x);
//     tensor<fp32, [1, 7, 8, 5]> b = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = a);
//     tensor<fp32, [1, 8, 5, 7]> c = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = b);
//     tensor<fp32, [1, 8, 5, 7]> y = relu(x = c);
// After:
//     tensor<fp32, [1, 8, 5, 7]> y = relu(x = x);
//
// and, because the extents that are not 1 keep their order,
//     tensor<fp32, [1, 1, 1, 8]> y = transpose(perm = .., x = x);   with x: tensor<fp32, [1, 8, 1,
//     1]>
// becomes
//     tensor<fp32, [1, 1, 1, 8]> y = reshape(shape = tensor<int32, [4]>([1, 1, 1, 8]), x = x);
#include "passes/passes.h"
#include "passes/permutation.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

/// The extents other than 1 come out in the order in which they go in.
bool moves_nothing(const Shape& shape, const Permutation& p) {
  int64_t last = -1;
  for (int64_t axis : p) {
    if (shape[static_cast<int>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

void merge_transpose(Rewriter& rewriter, ir::Op& op) {
  auto perm = transpose_perm(op);
  if (!perm) return;
  ir::Value* x = op.input("x");
  while (x->producer() != nullptr) {
    const auto inner = transpose_perm(*x->producer());
    if (!inner) break;
    perm = then(*inner, *perm);
    x = x->producer()->input("x");
  }
  if (is_identity(*perm)) {
    rewriter.replace(op.output(), x);
    rewriter.erase_if_unread(&op);
    return;
  }
  const Shape& shape = x->shape();
  const bool view = shape.known() && shape.elements() != 0 && moves_nothing(shape, *perm);
  if (!view && x == op.input("x")) return;
  ops::Builder& builder = rewriter.before(op);
  const std::string& name = op.output()->name();
  ir::Value* y = view ? builder.add("reshape", name,
                                    {{"x", x}, {"shape", ops::Arg::ints(permuted(shape, *perm))}})
                      : builder.add("transpose", name, {{"x", x}, {"perm", ops::Arg::ints(*perm)}});
  if (y == nullptr) return;
  y->producer()->set_name(op.name());
  rewriter.replace(op.output(), y);
  rewriter.take_name(y, op.output());
  rewriter.erase_if_unread(&op);
}

}  // namespace

Status merge_transposes(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    for (ir::Op* op : rewriter.ops())
      if (rewriter.alive(op)) merge_transpose(rewriter, *op);
    return {};
  });
}

}  // namespace pome::passes
