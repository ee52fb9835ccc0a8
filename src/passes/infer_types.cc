// Before:
//     tensor<fp32, [?, 3]> y = relu(x = x);          with x: tensor<fp32, [2, 3]>
//     tensor<int32, [?]> s = shape(x = y);
// After:
//     tensor<fp32, [2, 3]> y = relu(x = x);
//     tensor<int32, [2]> s = shape(x = y);           and s is known to be [2, 3]
//
// Parameters that stand among the attributes, as those of constexpr_* ops did before ios18, become
// arguments. Of an op with inner blocks the ops in these come first; the blocks' inputs keep their
// declared types.
#include <string>

#include "base/try.h"
#include "ops/op_def.h"
#include "passes/passes.h"
#include "passes/verify_ops.h"
#include "passes/walk.h"

namespace pome::passes {
namespace {

void bind_attributes(const ops::OpDef& def, ir::Op& op) {
  for (auto it = op.attributes().begin(); it != op.attributes().end();) {
    if (def.param(it->first) < 0 || op.argument(it->first) != nullptr) {
      ++it;
      continue;
    }
    op.set_argument(it->first, {it->second});
    it = op.attributes().erase(it);
  }
}

Status infer_op(const ir::Function& function, ir::Op& op) {
  if (op.kind() == ir::kConstOp) return {};
  const ops::OpDef* def = ops::find(op.kind(), function.opset);
  if (def == nullptr) return ops::unknown_op(op.kind(), function.opset);
  bind_attributes(*def, op);
  POME_ASSIGN(ops::Inferred inferred, ops::infer(*def, op));
  if (inferred.types.size() != op.outputs().size()) {
    return Error(ErrorCode::kInvalidModel,
                 "the op is written with " + std::to_string(op.outputs().size()) +
                     " outputs, it makes " + std::to_string(inferred.types.size()));
  }
  for (size_t i = 0; i < inferred.types.size(); ++i) {
    ir::Value& output = *op.output(i);
    POME_ASSIGN(ir::Type merged, merge_types(output.type(), inferred.types[i]));
    output.set_type(std::move(merged));
    const bool known = i < inferred.literals.size() && inferred.literals[i] != nullptr;
    output.set_literal(known ? inferred.literals[i] : nullptr);
  }
  return {};
}

}  // namespace

Status infer_types(ir::Program& program) {
  return for_each_op_inside_out(program,
                                [](const ir::Function& f, ir::Op& op) { return infer_op(f, op); });
}

}  // namespace pome::passes
