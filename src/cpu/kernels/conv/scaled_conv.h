// A 1x1 convolution of a tensor that is scaled channel by channel, without storing that.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/kernels/conv/conv.h"

namespace pome::cpu {

inline constexpr KernelId kScaledConvKernel{"scaled_conv_blocked", 3};

/// conv(activation(scale[channel] * x + shift[channel])): the batch norm in front of a 1x1
/// convolution of DenseNet and of residual networks that normalize first, or the gate of
/// squeeze-and-excite. Each chunk of pixels is scaled into the thread's cache, where the
/// convolution reads it. Plain data, lies in a plan.
struct ScaledConvParams {
  ConvParams conv;  // 1x1, stride 1; any epilogue
  Activation activation = Activation::kNone;
  float alpha = 0;  // of the activation
  float beta = 0;
  /// Each image has scales of its own, one image's after the other's.
  bool scale_per_image = false;
};
static_assert(std::is_trivially_copyable_v<ScaledConvParams>);

/// Checks the convolution as conv_choose() does. Errors: kUnsupported where it is not 1x1.
Status scaled_conv_choose(ScaledConvParams& params);

/// Bytes of scratch memory that scaled_conv_run() needs on a pool of `threads` threads.
int64_t scaled_conv_scratch_bytes(const ScaledConvParams& params, int threads);

/// `buffers` are the convolution's, its scratch of scaled_conv_scratch_bytes(). scale and shift:
/// blocked tensors of one pixel, [blocks][c], padded lanes included; a null shift is 0. Any number
/// of calls at once.
void scaled_conv_run(const ScaledConvParams& params, const ConvBuffers& buffers, const float* scale,
                     const float* shift, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
