// 1x1 convolutions of one tensor, together.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/kernels/conv/conv.h"

namespace pome::cpu {

inline constexpr KernelId kConvSiblingsKernel{"sibling_convs", 2};

/// Up to kMost convolutions that read the same input, as Inception's blocks have them. Each is cut
/// into tasks as if it were alone; threads share out the tasks of all, and wait for each other once
/// instead of once for each. Plain data, lies in a plan.
struct ConvSiblingsParams {
  static constexpr int kMost = 8;
  int32_t count = 0;
  /// 1x1, stride 1, no residual; batch and input equal.
  ConvParams convs[kMost];
};
static_assert(std::is_trivially_copyable_v<ConvSiblingsParams>);

/// Checks each convolution as conv_choose() does, and that they are siblings. Errors: kUnsupported
/// where they are not, or fewer than 2 or more than kMost.
Status conv_siblings_choose(ConvSiblingsParams& params);

/// outputs[i] = epilogue_i(conv_i(input)); packed[i] is from conv_pack(). Needs no scratch. Outputs
/// overlap neither each other nor the input. Any number of calls at once.
void conv_siblings_run(const ConvSiblingsParams& params, const float* input,
                       const void* const* packed, float* const* outputs, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
