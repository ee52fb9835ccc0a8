// Recognises a pooling and the pad in front of it, for every row that has one.
#pragma once

#include "cpu/kernels/pool/pool.h"
#include "cpu/table/table.h"

namespace pome::cpu {

/// A pooling over height and width.
struct PoolMatch {
  PoolParams params;                 // passed pool_check()
  const ir::Value* input = nullptr;  // what the pad reads, where there is one
  const ir::Value* output = nullptr;
  std::vector<const ir::Op*> covered;  // the pad first
};

/// `window` on `input` [N,C,H,W]: fills in what comes from there. An Error says what the kernel
/// does not take.
Result<PoolMatch> pool_of(const ops::MatchContext& context, const ir::Op& op,
                          const ir::Value* input, const PoolParams& window);

/// Matches `op`: a max_pool, avg_pool or l2_pool, or a pad of zeros whose only reader is a
/// max_pool. An Error says why not.
Result<PoolMatch> match_pool(const ops::MatchContext& context, const ir::Op& op);

}  // namespace pome::cpu
