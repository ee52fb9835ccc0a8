// 2-D transposed convolution on blocked tensors.
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

inline constexpr KernelId kConvTransposeKernel{"conv_transpose_blocked", 1};

/// out[oc, y, x] = sum over ic, ky, kx with y = iy * stride_height + ky * dilation_height - pad_top
/// (and x alike) of in[ic, iy, ix] * weight[ic, oc, ky, kx]. Plain data, lies in a plan.
struct ConvTransposeParams {
  Isa isa = Isa::kNone;
  Epilogue epilogue;
  int32_t batch = 1;
  /// 1, or in_channels == out_channels == groups (depthwise).
  int32_t groups = 1;
  int32_t in_channels = 0;
  int32_t in_height = 0;
  int32_t in_width = 0;
  int32_t out_channels = 0;
  int32_t out_height = 0;
  int32_t out_width = 0;
  int32_t kernel_height = 1;
  int32_t kernel_width = 1;
  int32_t stride_height = 1;
  int32_t stride_width = 1;
  int32_t dilation_height = 1;
  int32_t dilation_width = 1;
  /// Rows and columns cut off before the first of the full result.
  int32_t pad_top = 0;
  int32_t pad_left = 0;
};
static_assert(std::is_trivially_copyable_v<ConvTransposeParams>);

/// Ok, or why these parameters have no kernel here. Call it before anything else.
Status conv_transpose_check(const ConvTransposeParams& params);
/// Bytes of the packed weights (with bias).
int64_t conv_transpose_packed_bytes(const ConvTransposeParams& params);
/// Bytes of scratch memory that conv_transpose_run() needs on a pool of `threads` threads.
int64_t conv_transpose_scratch_bytes(const ConvTransposeParams& params, int threads);

/// Packs weights ([in_channels][out_channels / groups][kernel_height][kernel_width], fp32 or fp16)
/// and bias ([out_channels]) into `packed` (conv_transpose_packed_bytes(), aligned to 64). Errors:
/// element counts or dtypes that do not fit.
Status conv_transpose_pack(const ConvTransposeParams& params, const Weights& weight,
                           const Weights& bias, std::span<std::byte> packed);

/// As ConvBuffers.
struct ConvTransposeBuffers {
  const float* input = nullptr;
  const void* packed = nullptr;
  const float* residual = nullptr;
  float* output = nullptr;
  void* scratch = nullptr;
};

/// Computes output = epilogue(conv_transpose(input)). Sums are fp32. Any number of calls at once.
void conv_transpose_run(const ConvTransposeParams& params, const ConvTransposeBuffers& buffers,
                        ThreadPool& pool) noexcept;

}  // namespace pome::cpu
