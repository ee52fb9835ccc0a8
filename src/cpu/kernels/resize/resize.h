// Nearest and bilinear resizing of blocked tensors.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kResizeKernel{"resize_blocked", 1};

/// What one output row or column reads: in[low] + weight * (in[high] - in[low]). Nearest reads low
/// alone. The caller computes the tables; every convention of coordinates fits.
struct ResizeTap {
  int32_t low = 0;
  int32_t high = 0;
  float weight = 0;
};

enum class ResizeKind : uint8_t { kNearest, kBilinear };

/// Plain data, lies in a plan.
struct ResizeParams {
  Isa isa = Isa::kNone;
  ResizeKind kind = ResizeKind::kNearest;
  int32_t batch = 1;
  int32_t channels = 0;
  int32_t in_height = 0;
  int32_t in_width = 0;
  int32_t out_height = 0;
  int32_t out_width = 0;
};
static_assert(std::is_trivially_copyable_v<ResizeParams>);

/// Checks sizes and that every tap of both tables lies inside the input.
Status resize_check(const ResizeParams& params, std::span<const ResizeTap> rows,
                    std::span<const ResizeTap> columns);
/// `rows` holds out_height taps, `columns` out_width. Both tensors blocked, not overlapping. Any
/// number of calls at once.
void resize_run(const ResizeParams& params, const ResizeTap* rows, const ResizeTap* columns,
                const float* input, float* output, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
