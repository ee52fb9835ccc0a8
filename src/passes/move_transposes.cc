// Before:
//     tensor<fp32, [1, 5, 7, 8]> a = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = x);
//     tensor<fp32, [1, 5, 7, 8]> b = add(x = a, y = tensor<fp32, [8]>(..));
//     tensor<fp32, [1, 5, 7, 8]> c = relu(x = b);
//     tensor<fp32, [1, 8, 5, 7]> y = transpose(perm = tensor<int32, [4]>([0, 3, 1, 2]), x = c);
// After:
//     tensor<fp32, [1, 8, 5, 7]> b = add(x = x, y = tensor<fp32, [1, 8, 1, 1]>(..));
//     tensor<fp32, [1, 8, 5, 7]> y = relu(x = b);
//
// Networks that were written with channels last and are computed with channels first lose their
// pairs of transposes this way. Ops are moved region by region (transpose_region.h), and only where
// fewer elements are moved by transposes afterwards; so the pass comes to an end.
#include <algorithm>

#include "base/try.h"
#include "passes/passes.h"
#include "passes/transpose_region.h"

namespace pome::passes {
namespace {

constexpr int kMaxRounds = 100;

Result<bool> move_once(ir::Program& program) {
  bool changed = false;
  const Status status = rewrite(program, [&](Rewriter& rewriter) -> Status {
    std::vector<Permutation> perms;
    for (const auto& op : rewriter.function().body.ops()) {
      const auto perm = transpose_perm(*op);
      if (perm && std::find(perms.begin(), perms.end(), *perm) == perms.end())
        perms.push_back(*perm);
    }
    for (const Permutation& perm : perms) {
      for (const TransposeRegion& region : TransposeRegion::find(rewriter, perm)) {
        if (region.gain(rewriter) <= 0) continue;
        POME_TRY(region.apply(rewriter));
        changed = true;
      }
    }
    return {};
  });
  POME_TRY(status);
  return changed;
}

}  // namespace

Status move_transposes(ir::Program& program) {
  for (int round = 0; round < kMaxRounds; ++round) {
    POME_ASSIGN(const bool changed, move_once(program));
    if (!changed) break;
    POME_TRY(merge_transposes(program));
    POME_TRY(fold_constants(program));  // the constants that were transposed
    POME_TRY(remove_dead_code(program));
  }
  return {};
}

}  // namespace pome::passes
