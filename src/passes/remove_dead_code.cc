// Before:
//     tensor<fp32, [2]> unused = exp(x = x);
//     tensor<fp32, [2]> y = relu(x = x);
//   -> (y)
// After:
//     tensor<fp32, [2]> y = relu(x = x);
//   -> (y)
//
// Ops with a state, without outputs or with blocks stay.
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {

Status remove_dead_code(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    const auto& ops = rewriter.ops();
    for (auto op = ops.rbegin(); op != ops.rend(); ++op)
      if (rewriter.alive(*op)) rewriter.erase_if_unread(*op);
    return {};
  });
}

}  // namespace pome::passes
