#include "passes/verify_ops.h"

#include <string>

#include "base/text.h"
#include "base/try.h"
#include "ops/op_def.h"
#include "passes/walk.h"

namespace pome::passes {
namespace {

Error contradiction(const ir::Type& declared, const ir::Type& inferred) {
  return Error(ErrorCode::kInvalidModel, "the declared type is " + declared.to_string() +
                                             ", the op makes " + inferred.to_string());
}

Status verify_op(const ir::Op& op, ir::Opset opset) {
  if (op.kind() == ir::kConstOp) return {};
  const ops::OpDef* def = ops::find(op.kind(), opset);
  if (def == nullptr) return ops::unknown_op(op.kind(), opset);
  POME_ASSIGN(const ops::Inferred inferred, ops::infer(*def, op));
  if (inferred.types.size() != op.outputs().size()) {
    return Error(ErrorCode::kInvalidModel,
                 "the op is written with " + std::to_string(op.outputs().size()) +
                     " outputs, it makes " + std::to_string(inferred.types.size()));
  }
  for (size_t i = 0; i < inferred.types.size(); ++i)
    POME_TRY(merge_types(op.output(i)->type(), inferred.types[i]));
  return {};
}

}  // namespace

Result<ir::Type> merge_types(const ir::Type& declared, const ir::Type& inferred) {
  if (declared == inferred) return declared;
  if (declared.kind() == ir::Type::Kind::kList && inferred.kind() == ir::Type::Kind::kList) {
    const Result<ir::Type> element = merge_types(declared.members()[0], inferred.members()[0]);
    const int64_t length =
        declared.length() == Shape::kUnknown ? inferred.length() : declared.length();
    if (!element.ok() || (inferred.length() != Shape::kUnknown && inferred.length() != length))
      return contradiction(declared, inferred);
    return ir::Type::list(*element, length);
  }
  if (!declared.is_tensor() || !inferred.is_tensor() || declared.dtype() != inferred.dtype() ||
      declared.shape().rank() != inferred.shape().rank()) {
    return contradiction(declared, inferred);
  }
  Shape shape = declared.shape();
  for (int i = 0; i < shape.rank(); ++i) {
    const int64_t d = inferred.shape()[i];
    if (shape[i] == Shape::kUnknown) shape[i] = d;
    if (d != Shape::kUnknown && shape[i] != d) return contradiction(declared, inferred);
  }
  return ir::Type::tensor(declared.dtype(), shape);
}

Status verify_ops(const ir::Program& program) {
  return for_each_op(program, [](const ir::Function& function, const ir::Op& op) {
    return verify_op(op, function.opset);
  });
}

}  // namespace pome::passes
