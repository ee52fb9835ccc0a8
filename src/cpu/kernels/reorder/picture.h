// Pixels of bytes into the tensors that networks read.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kPictureKernel{"picture", 1};

enum class PictureLayout : uint8_t { kNchw, kBlocked };

/// out[c] = scale[c] * byte[source[c]] + bias[c] for every pixel. Plain data.
struct PictureParams {
  Isa isa = Isa::kNone;
  PictureLayout layout = PictureLayout::kNchw;
  int32_t height = 0;
  int32_t width = 0;
  int32_t pixel_bytes = 3;  // 1 (gray), 3 or 4, interleaved
  int32_t channels = 3;     // of the output, 1 to 4
  int64_t row_bytes = 0;    // from one row to the next
  /// Which byte of a pixel becomes output channel c: {0, 1, 2} keeps the order, {2, 1, 0} turns RGB
  /// into BGR.
  int32_t source[4] = {0, 1, 2, 3};
  float scale[4] = {1, 1, 1, 1};
  float bias[4] = {};
};
static_assert(std::is_trivially_copyable_v<PictureParams>);

/// Ok, or why these parameters have no kernel here.
Status picture_check(const PictureParams& params);
/// `pixels` holds height * row_bytes bytes (the last row may end after width * pixel_bytes);
/// `output` is one image, plain or blocked. Any number of calls at once.
void picture_run(const PictureParams& params, const uint8_t* pixels, float* output,
                 ThreadPool& pool) noexcept;

}  // namespace pome::cpu
