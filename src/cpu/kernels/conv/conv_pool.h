// A picture's first convolution with the pooling behind it, without storing what lies between.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/kernels/conv/conv.h"
#include "cpu/kernels/pool/pool.h"

namespace pome::cpu {

inline constexpr KernelId kConvPoolKernel{"conv_pool", 2};

/// Rows of the convolution lie in a ring that stays in the thread's cache, where the pooling reads
/// them. Plain data, lies in a plan.
struct ConvPoolParams {
  ConvParams conv;  // of plain NCHW; no residual
  PoolParams pool;
  /// Floats between that one thread may keep; 0: conv_pool_choose() takes a share of this machine's
  /// second-level cache.
  int64_t thread_floats = 0;
};
static_assert(std::is_trivially_copyable_v<ConvPoolParams>);

/// Checks each part as conv_choose() and pool_check() do, and that the convolution's output is the
/// pooling's input. Errors: kUnsupported with the reason.
Status conv_pool_choose(ConvPoolParams& params);

/// True when the tensor between is so large that not storing it is expected to pay on a pool of
/// `threads` threads.
bool conv_pool_pays(const ConvPoolParams& params, int threads);

/// Bytes of scratch memory that conv_pool_run() needs on a pool of `threads` threads.
int64_t conv_pool_scratch_bytes(const ConvPoolParams& params, int threads);

/// Computes what conv_run() and pool_run() compute one after another; `buffers` are the
/// convolution's, the output is the pooling's. Any number of calls at once.
void conv_pool_run(const ConvPoolParams& params, const ConvBuffers& buffers,
                   ThreadPool& pool) noexcept;

}  // namespace pome::cpu
