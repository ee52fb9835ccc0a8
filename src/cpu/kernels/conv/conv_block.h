// A depthwise convolution with the 1x1 convolutions around it, without storing what lies between.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/kernels/conv/conv.h"

namespace pome::cpu {

inline constexpr KernelId kConvBlockKernel{"conv_block_blocked", 5};

/// depthwise -> project (MobileNetV1), expand -> depthwise -> project (the inverted residual of
/// MobileNetV2 and its kin), or expand -> depthwise (where squeeze-and-excite follows). In place of
/// expand a network's first convolution may stand. The values between live in a few rows per thread
/// that stay in its cache. Plain data, lies in a plan.
struct ConvBlockParams {
  bool has_expand = false;
  bool has_project = true;  // one of the two at least
  ConvParams expand;        // 1x1, stride 1; or any of a plain picture; no residual
  ConvParams depthwise;     // no residual
  ConvParams project;       // 1x1, stride 1; any epilogue
  /// Floats between that one thread may keep; 0: conv_block_choose() takes a share of this
  /// machine's second-level cache.
  int64_t thread_floats = 0;
};
static_assert(std::is_trivially_copyable_v<ConvBlockParams>);

/// Checks each part as conv_choose() does, sets their algorithms, and checks that one's output is
/// the next one's input. Errors: kUnsupported with the reason.
Status conv_block_choose(ConvBlockParams& params);

/// True when the values between are so large that not storing them is expected to pay on a pool of
/// `threads` threads.
bool conv_block_pays(const ConvBlockParams& params, int threads);

/// Bytes of scratch memory that conv_block_run() needs on a pool of `threads` threads.
int64_t conv_block_scratch_bytes(const ConvBlockParams& params, int threads);

/// Each part's weights are packed by conv_pack() with its own params. Ownership and alignment as in
/// ConvBuffers. The output may be the residual, but not the input.
struct ConvBlockBuffers {
  const float* input = nullptr;
  const void* expand = nullptr;  // packed; null unless has_expand
  const void* depthwise = nullptr;
  const void* project = nullptr;  // null unless has_project
  const float* residual = nullptr;
  float* output = nullptr;
  void* scratch = nullptr;
};

/// Computes what running the parts one after another computes. Any number of calls at once.
void conv_block_run(const ConvBlockParams& params, const ConvBlockBuffers& buffers,
                    ThreadPool& pool) noexcept;

}  // namespace pome::cpu
