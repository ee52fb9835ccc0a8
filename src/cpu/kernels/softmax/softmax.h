// Softmax along one axis.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"

namespace pome::cpu {

inline constexpr KernelId kSoftmaxKernel{"softmax", 1};

/// exp(x - max) / sum along the middle axis of a plain tensor seen as [outer][axis][inner]; inner
/// is 1 for the last axis. Plain data.
struct SoftmaxParams {
  Isa isa = Isa::kNone;
  /// Gives x - max - log(sum) instead.
  bool log = false;
  int64_t outer = 1;
  int64_t axis = 1;
  int64_t inner = 1;
};
static_assert(std::is_trivially_copyable_v<SoftmaxParams>);

/// Sums are fp32 in vector lanes. In place is allowed. Any number of calls at once.
void softmax_run(const SoftmaxParams& params, const float* input, float* output,
                 ThreadPool& pool) noexcept;

}  // namespace pome::cpu
