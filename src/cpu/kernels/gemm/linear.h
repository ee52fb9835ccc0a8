// Fully connected layers: rows of features times packed weights.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "cpu/weights.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kLinearKernel{"linear", 2};

/// y[m, n] = epilogue(sum over k of x[m, k] * weight[n, k]); all plain row-major. Plain data.
struct LinearParams {
  Isa isa = Isa::kNone;
  Epilogue epilogue;
  /// The weight given to linear_pack() is [in_features][out_features] instead of
  /// [out_features][in_features] (matmul with a constant second operand).
  bool weight_is_kn = false;
  /// Weights are packed as fp16 and widened when they are read: half the bytes, the same results
  /// bit for bit. Only where linear_keeps_halves().
  bool half_weights = false;
  int64_t rows = 0;          // m
  int64_t in_features = 0;   // k
  int64_t out_features = 0;  // n
};
static_assert(std::is_trivially_copyable_v<LinearParams>);

/// True where weights that the model stores as fp16 are better read so: the machine converts them
/// in hardware, and `rows` are so few that reading weights takes longer than multiplying with them.
bool linear_keeps_halves(Isa isa, int64_t rows);

/// Ok, or why these parameters have no kernel here. Call it before anything else.
Status linear_check(const LinearParams& params);
/// Bytes of the packed weights (with bias).
int64_t linear_packed_bytes(const LinearParams& params);
/// Bytes of scratch memory that linear_run() needs on a pool of `threads` threads; may be 0.
int64_t linear_scratch_bytes(const LinearParams& params, int threads);

/// Packs weight and bias ([out_features], ignored unless epilogue.has_bias), fp32 or fp16, into
/// `packed` (linear_packed_bytes(), aligned to 64); a weight that is to be fp16 must be it. Errors:
/// element counts or dtypes that do not fit.
Status linear_pack(const LinearParams& params, const Weights& weight, const Weights& bias,
                   std::span<std::byte> packed);

/// All owned by the caller; float pointers need only 4-byte alignment here.
struct LinearBuffers {
  const float* input = nullptr;     // [rows][in_features]
  const void* packed = nullptr;     // from linear_pack()
  const float* residual = nullptr;  // [rows][out_features]; null unless has_residual
  float* output = nullptr;          // [rows][out_features]
  void* scratch = nullptr;
};

/// Sums are fp32, and the same on any number of threads. A few rows are bound by memory: every
/// thread streams its own part of the weights.
void linear_run(const LinearParams& params, const LinearBuffers& buffers,
                ThreadPool& pool) noexcept;

}  // namespace pome::cpu
