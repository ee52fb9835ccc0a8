// Products of two matrices that are both known only at run time.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kMatmulKernel{"matmul", 1};

/// out[b.., m, n] = sum over k of x[b.., m, k] * y[b.., k, n], plain row-major; batches broadcast
/// by a stride of 0. Plain data.
struct MatmulParams {
  static constexpr int kMaxBatchRank = 6;
  Isa isa = Isa::kNone;
  bool transpose_x = false;  // x is stored [k][m]
  bool transpose_y = false;  // y is stored [n][k]
  int32_t batch_rank = 0;
  int64_t batch_dims[kMaxBatchRank] = {};
  /// Floats from one matrix to the next along each batch axis; 0 repeats.
  int64_t x_strides[kMaxBatchRank] = {};
  int64_t y_strides[kMaxBatchRank] = {};
  int64_t m = 0;
  int64_t n = 0;
  int64_t k = 0;
};
static_assert(std::is_trivially_copyable_v<MatmulParams>);

/// Ok, or why these parameters have no kernel here. Call it before anything else.
Status matmul_check(const MatmulParams& params);
/// Bytes of scratch memory that matmul_run() needs on a pool of `threads` threads.
int64_t matmul_scratch_bytes(const MatmulParams& params, int threads);
/// `out` is dense and overlaps neither operand. Sums are fp32.
void matmul_run(const MatmulParams& params, const float* x, const float* y, float* out,
                void* scratch, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
