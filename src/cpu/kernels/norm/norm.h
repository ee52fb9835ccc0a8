// Layer and instance normalization.
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

inline constexpr KernelId kLayerNormKernel{"layer_norm", 1};
inline constexpr KernelId kInstanceNormKernel{"instance_norm_blocked", 1};

/// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta over each row of `length` values, dense
/// and row-major. Plain data, lies in a plan.
struct LayerNormParams {
  Isa isa = Isa::kNone;
  float epsilon = 0;
  int64_t rows = 0;
  int64_t length = 0;
};
static_assert(std::is_trivially_copyable_v<LayerNormParams>);

/// The same over height and width of each channel of a blocked tensor.
struct InstanceNormParams {
  Isa isa = Isa::kNone;
  float epsilon = 0;
  int32_t batch = 1;
  int32_t channels = 0;
  int64_t plane = 0;  // pixels
};
static_assert(std::is_trivially_copyable_v<InstanceNormParams>);

/// Ok, or why these parameters have no kernel here.
Status layer_norm_check(const LayerNormParams& params);
Status instance_norm_check(const InstanceNormParams& params);

/// Floats of gamma and beta as the kernels read them, one behind the other, each padded to whole
/// vectors.
int64_t norm_packed_floats(Isa isa, int64_t count);
/// Packs `count` of each; 1 and 0 where one is empty.
void norm_pack(Isa isa, int64_t count, const Weights& gamma, const Weights& beta, float* packed);

/// In place where input and output are the same. Any number of calls at once.
void layer_norm_run(const LayerNormParams& params, const float* input, const float* packed,
                    float* output, ThreadPool& pool) noexcept;
void instance_norm_run(const InstanceNormParams& params, const float* input, const float* packed,
                       float* output, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
