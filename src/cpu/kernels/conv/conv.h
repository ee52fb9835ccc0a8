// 2-D convolution on blocked tensors.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "cpu/kernels/reorder/pixels.h"
#include "cpu/weights.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kConvKernel{"conv_blocked", 5};

/// How a convolution is computed.
enum class ConvAlgorithm : uint8_t {
  kAuto = 0,         // conv_choose() replaces it
  kPointwise = 1,    // 1x1, stride 1, no padding: one GEMM over pixels
  kDirect = 2,       // any kernel, groups == 1: gathered slices times panels
  kDepthwise = 3,    // groups == channels in == channels out
  kPlanarInput = 4,  // few input channels, read from plain NCHW (a network's first layer)
  kGrouped = 5,      // any groups; dense inside a group. Slow when a group is narrower than a block
  kWinogradF2 = 6,   // stride 1; tiles of 2 outputs along each axis of 3, 5 or 7 taps
  kWinogradF4 = 7,   // stride 1; tiles of 4 outputs along each axis of 3 taps
};

/// Geometry, epilogue and algorithm of one convolution. Plain data, lies in a plan. Fill everything
/// but `algorithm`, then call conv_choose().
struct ConvParams {
  Isa isa = Isa::kNone;
  ConvAlgorithm algorithm = ConvAlgorithm::kAuto;
  /// The input is plain NCHW instead of blocked. Only for 1 to 4 input channels and groups == 1.
  bool planar_input = false;
  /// The planar input is the bytes of one picture, to be scaled (zeros around it are zeros behind
  /// that). Only for batch == 1.
  bool pixels = false;
  PixelScaling scaling;
  Epilogue epilogue;
  int32_t batch = 1;
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
  /// Zeros before the first row and column. What is needed behind the last follows from the output
  /// size: taps beyond the input read zero.
  int32_t pad_top = 0;
  int32_t pad_left = 0;
  /// Floats from one image to the next, 0 when dense. Larger when the tensor is a range of channel
  /// blocks of a wider one (concatenation without a copy).
  int64_t in_batch_stride = 0;
  int64_t out_batch_stride = 0;
  int64_t residual_batch_stride = 0;
};
static_assert(std::is_trivially_copyable_v<ConvParams>);

/// Checks the geometry (positive sizes, products that fit, groups that divide, taps that reach
/// the input at all) and replaces kAuto by the algorithm that is expected to be the fastest on
/// `threads` threads, which share what memory gives; an algorithm already set is only checked.
/// Errors: kUnsupported or kInvalidArgument with the values that do not fit; the planner shows the
/// sentence as its reason.
Status conv_choose(ConvParams& params, int threads = 1);

/// Bytes of the packed weights (with bias). Requires params that passed conv_choose().
int64_t conv_packed_bytes(const ConvParams& params);

/// Bytes of scratch memory that conv_run() needs on a pool of `threads` threads.
int64_t conv_scratch_bytes(const ConvParams& params, int threads);

/// Packs weights (OIHW: [out_channels][in_channels / groups][kernel_height][kernel_width], fp32 or
/// fp16) and bias ([out_channels], ignored unless epilogue.has_bias) into `packed`, which holds
/// conv_packed_bytes() and is aligned to 64. The result depends on the arguments alone. Errors:
/// element counts or dtypes that do not fit.
Status conv_pack(const ConvParams& params, const Weights& weight, const Weights& bias,
                 std::span<std::byte> packed);

/// What conv_run() works on; all aligned to 64 bytes, owned by the caller. The output may not
/// overlap the input; it may be the residual itself.
struct ConvBuffers {
  const float* input = nullptr;     // blocked, or plain NCHW when planar_input: bytes when pixels
  const void* packed = nullptr;     // from conv_pack()
  const float* residual = nullptr;  // blocked like the output; null unless has_residual
  float* output = nullptr;          // blocked
  void* scratch = nullptr;          // conv_scratch_bytes(params, pool.threads())
};

/// Computes output = epilogue(conv(input)). Sums are fp32. Any number of calls at once, each with
/// its own scratch and output.
void conv_run(const ConvParams& params, const ConvBuffers& buffers, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
