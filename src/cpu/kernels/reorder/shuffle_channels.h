// Channels of several tensors dealt out like cards.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kShuffleChannelsKernel{"shuffle_channels", 1};

/// A concat along channels, a channel shuffle and a split behind it, as ShuffleNet's units have
/// them: with all inputs and all outputs laid side by side, output channel o is input channel
/// o % groups * (channels / groups) + o / groups. Plain data, lies in a plan.
struct ShuffleChannelsParams {
  static constexpr int kMost = 4;
  Isa isa = Isa::kNone;
  int32_t batch = 1;
  int32_t groups = 1;
  int64_t pixels = 0;
  int32_t inputs = 0;
  int32_t in_channels[kMost] = {};
  int32_t outputs = 0;
  int32_t out_channels[kMost] = {};
};
static_assert(std::is_trivially_copyable_v<ShuffleChannelsParams>);

/// Errors: sizes below 1, more than kMost tensors, channels that do not add up or that the groups
/// do not divide.
Status shuffle_channels_check(const ShuffleChannelsParams& params);

/// Blocked inputs and outputs; no overlap. Padded lanes of the outputs hold anything. Any number of
/// calls at once.
void shuffle_channels_run(const ShuffleChannelsParams& params, const float* const* inputs,
                          float* const* outputs, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
