// A picture's bytes as the floats that a network reads.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kPixelsKernel{"pixels", 1};

/// What becomes of the bytes of each of at most four channels: scale[c] * byte + bias[c]. Plain
/// data.
struct PixelScaling {
  static constexpr int kMaxChannels = 4;
  float scale[kMaxChannels] = {1, 1, 1, 1};
  float bias[kMaxChannels] = {};
};

/// out = scaling of in, both [images][channels][plane]. Plain data.
struct PixelsParams {
  Isa isa = Isa::kNone;
  int32_t channels = 3;  // 1 to 4
  int64_t images = 1;
  int64_t plane = 0;  // pixels
  PixelScaling scaling;
};
static_assert(std::is_trivially_copyable_v<PixelsParams>);

/// Ok, or why these parameters have no kernel here.
Status pixels_check(const PixelsParams& params);
/// No overlap. Any number of calls at once.
void pixels_run(const PixelsParams& params, const uint8_t* input, float* output,
                ThreadPool& pool) noexcept;

}  // namespace pome::cpu
