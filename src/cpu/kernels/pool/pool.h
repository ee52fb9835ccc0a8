// Pooling over windows of blocked tensors.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kPoolKernel{"pool_blocked", 1};

enum class PoolKind : uint8_t {
  kMax = 0,
  kAverage = 1,        // sum / number of elements of the input in the window
  kAveragePadded = 2,  // sum / number of elements of the padded input in the window
  kL2 = 3,             // sqrt of the sum of squares
  kMaxZeros = 4,       // of the input with zeros around it; windows lie within those
};

/// One pooling. A window with no element of the input gives 0. A window of the whole input is
/// global pooling (and reduce_max, reduce_mean over height and width). Plain data, lies in a plan.
struct PoolParams {
  Isa isa = Isa::kNone;
  PoolKind kind = PoolKind::kMax;
  int32_t batch = 1;
  int32_t channels = 0;
  int32_t in_height = 0;
  int32_t in_width = 0;
  int32_t out_height = 0;
  int32_t out_width = 0;
  int32_t kernel_height = 1;
  int32_t kernel_width = 1;
  int32_t stride_height = 1;
  int32_t stride_width = 1;
  int32_t pad_top = 0;
  int32_t pad_left = 0;
  /// Read by kAveragePadded alone, where a window may reach beyond the padded input.
  int32_t pad_bottom = 0;
  int32_t pad_right = 0;
  /// Floats from one image to the next, 0 when dense.
  int64_t in_batch_stride = 0;
  int64_t out_batch_stride = 0;
};
static_assert(std::is_trivially_copyable_v<PoolParams>);

/// Ok, or why these parameters have no kernel here. Call it before anything else.
Status pool_check(const PoolParams& params);
/// Bytes of scratch memory that pool_run() needs on a pool of `threads` threads.
int64_t pool_scratch_bytes(const PoolParams& params, int threads);
/// Both blocked, 64-byte aligned, not overlapping. Any number of calls at once.
void pool_run(const PoolParams& params, const float* input, float* output, void* scratch,
              ThreadPool& pool) noexcept;

}  // namespace pome::cpu
