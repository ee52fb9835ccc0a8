#include "cpu/kernels/resize/resize.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/resize/resize.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <string>

#include "base/try.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

HWY_INLINE V lerp(V low, V high, V weight) { return hn::MulAdd(hn::Sub(high, low), weight, low); }

void nearest_row(const ResizeParams& p, const float* in, const ResizeTap* columns, float* out) {
  for (int64_t x = 0; x < p.out_width; ++x) {
    store(load(in + int64_t{columns[x].low} * kLanes), out + x * kLanes);
  }
}

void bilinear_row(const ResizeParams& p, const float* top, const float* bottom, float weight,
                  const ResizeTap* columns, float* out) {
  const V wy = splat(weight);
  for (int64_t x = 0; x < p.out_width; ++x) {
    const int64_t low = int64_t{columns[x].low} * kLanes;
    const int64_t high = int64_t{columns[x].high} * kLanes;
    const V wx = splat(columns[x].weight);
    const V upper = lerp(load(top + low), load(top + high), wx);
    const V lower = lerp(load(bottom + low), load(bottom + high), wx);
    store(lerp(upper, lower, wy), out + x * kLanes);
  }
}

void resize_target(const ResizeParams& p, const ResizeTap* rows, const ResizeTap* columns,
                   const float* in, float* out, ThreadPool& pool) {
  const int64_t planes = p.batch * ceil_div(p.channels, kLanes);
  const int64_t in_row = int64_t{p.in_width} * kLanes;
  const int64_t out_row = int64_t{p.out_width} * kLanes;
  const int tasks = task_count(planes * p.out_height, out_row, 1 << 14, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(planes * p.out_height, tasks, task);
    for (int64_t i = mine.begin; i < mine.end; ++i) {
      const float* plane = in + i / p.out_height * p.in_height * in_row;
      const ResizeTap& tap = rows[i % p.out_height];
      if (p.kind == ResizeKind::kNearest) {
        nearest_row(p, plane + tap.low * in_row, columns, out + i * out_row);
      } else {
        bilinear_row(p, plane + tap.low * in_row, plane + tap.high * in_row, tap.weight, columns,
                     out + i * out_row);
      }
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kResize, resize_target);

Status check_taps(std::string_view what, std::span<const ResizeTap> taps, int64_t out, int64_t in) {
  if (static_cast<int64_t>(taps.size()) != out) {
    return Error(ErrorCode::kInvalidArgument, std::string(what) + ": " +
                                                  std::to_string(taps.size()) + " taps for " +
                                                  std::to_string(out) + " outputs");
  }
  for (const ResizeTap& tap : taps) {
    if (tap.low < 0 || tap.low >= in || tap.high < 0 || tap.high >= in) {
      return Error(ErrorCode::kInvalidArgument,
                   std::string(what) + ": taps " + std::to_string(tap.low) + " and " +
                       std::to_string(tap.high) + " of " + std::to_string(in) + " inputs");
    }
  }
  return {};
}

}  // namespace

Status resize_check(const ResizeParams& p, std::span<const ResizeTap> rows,
                    std::span<const ResizeTap> columns) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"batch", p.batch},
                        {"channels", p.channels},
                        {"input height", p.in_height},
                        {"input width", p.in_width},
                        {"output height", p.out_height},
                        {"output width", p.out_width}},
                       1));
  const int64_t channels = round_up(p.channels, channel_block(p.isa));
  POME_TRY(check_product("resizing's input", {p.batch, channels, p.in_height, p.in_width}));
  POME_TRY(check_product("resizing's output", {p.batch, channels, p.out_height, p.out_width}));
  POME_TRY(check_taps("rows", rows, p.out_height, p.in_height));
  return check_taps("columns", columns, p.out_width, p.in_width);
}

void resize_run(const ResizeParams& params, const ResizeTap* rows, const ResizeTap* columns,
                const float* input, float* output, ThreadPool& pool) noexcept {
  select(kResize, params.isa)(params, rows, columns, input, output, pool);
}

}  // namespace pome::cpu
#endif
