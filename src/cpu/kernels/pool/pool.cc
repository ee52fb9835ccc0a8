#include "cpu/kernels/pool/pool.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/pool/pool.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#include "base/try.h"
#include "cpu/blocked.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

struct MaxReduce {
  static HWY_INLINE V first(V x) { return x; }
  static HWY_INLINE V next(V m, V x) { return max_nan(m, x); }
  static HWY_INLINE V merge(V m, V x) { return next(m, x); }
};
struct SumReduce {
  static HWY_INLINE V first(V x) { return x; }
  static HWY_INLINE V next(V m, V x) { return hn::Add(m, x); }
  static HWY_INLINE V merge(V m, V x) { return hn::Add(m, x); }
};
struct SquareReduce {
  static HWY_INLINE V first(V x) { return hn::Mul(x, x); }
  static HWY_INLINE V next(V m, V x) { return hn::MulAdd(x, x, m); }
  static HWY_INLINE V merge(V m, V x) { return hn::Add(m, x); }
};

// Reduces `rows` rows of `floats` floats each, one below the other, into one.
template <typename Reduce>
void reduce_rows(const float* in, int64_t rows, int64_t floats, float* out) {
  for (int64_t x = 0; x < floats; x += kLanes) {
    V m = Reduce::first(load(in + x));
    for (int64_t r = 1; r < rows; ++r) m = Reduce::next(m, load(in + r * floats + x));
    store(m, out + x);
  }
}

// Windows of exactly `width` neighbouring pixels that lie inside the row.
template <typename Reduce, int width>
int64_t reduce_columns(const float* row, int64_t begin, int64_t end, int64_t stride, int64_t pad,
                       V scale, float* out) {
  for (int64_t x = begin; x < end; ++x) {
    const float* from = row + (x * stride - pad) * kLanes;
    V m = load(from);
    POME_UNROLL for (int k = 1; k < width; ++k) m = Reduce::merge(m, load(from + k * kLanes));
    store(hn::Mul(m, scale), out + x * kLanes);
  }
  return end;
}

// What a zero beside them makes of maxima.
void max_with_zero(int64_t floats, float* row) {
  for (int64_t x = 0; x < floats; x += kLanes)
    store(max_nan(load(row + x), hn::Zero(D())), row + x);
}

HWY_INLINE V finish(const PoolParams& p, V m, float scale) {
  return p.kind == PoolKind::kL2 ? hn::Sqrt(m) : hn::Mul(m, splat(scale));
}

// Elements of the window at `at` that lie within [low, high).
HWY_INLINE Range window(int64_t at, int64_t stride, int64_t pad, int64_t kernel, int64_t low,
                        int64_t high) {
  const int64_t begin = at * stride - pad;
  return {std::max(begin, low), std::min(begin + kernel, high)};
}

template <typename Reduce>
void pool_row(const PoolParams& p, const float* in, int64_t y, float* buffer, float* out) {
  const int64_t floats = int64_t{p.in_width} * kLanes;
  const Range rows = window(y, p.stride_height, p.pad_top, p.kernel_height, 0, p.in_height);
  if (rows.size() <= 0) {
    for (int64_t x = 0; x < p.out_width; ++x) store(hn::Zero(D()), out + x * kLanes);
    return;
  }
  reduce_rows<Reduce>(in + rows.begin * floats, rows.size(), floats, buffer);
  const bool zeros = p.kind == PoolKind::kMaxZeros;
  if (zeros && rows.size() < p.kernel_height) max_with_zero(floats, buffer);
  const bool padded = p.kind == PoolKind::kAveragePadded;
  const bool average = padded || p.kind == PoolKind::kAverage;
  const int64_t height = padded ? window(y, p.stride_height, p.pad_top, p.kernel_height,
                                         -int64_t{p.pad_top}, int64_t{p.in_height} + p.pad_bottom)
                                      .size()
                                : rows.size();
  // Windows in the middle do not meet an edge.
  const int64_t inner_begin = std::min<int64_t>(ceil_div(p.pad_left, p.stride_width), p.out_width);
  const int64_t room = int64_t{p.in_width} + p.pad_left - p.kernel_width;
  const int64_t inner_end =
      std::clamp<int64_t>(room < 0 ? 0 : room / p.stride_width + 1, inner_begin, p.out_width);
  int64_t x = 0;
  const auto edge = [&](int64_t end) HWY_ATTR {
    for (; x < end; ++x) {
      const Range c = window(x, p.stride_width, p.pad_left, p.kernel_width, 0, p.in_width);
      if (c.size() <= 0) {
        store(hn::Zero(D()), out + x * kLanes);
        continue;
      }
      const int64_t width = padded ? window(x, p.stride_width, p.pad_left, p.kernel_width,
                                            -int64_t{p.pad_left}, int64_t{p.in_width} + p.pad_right)
                                         .size()
                                   : c.size();
      V m = load(buffer + c.begin * kLanes);
      for (int64_t i = c.begin + 1; i < c.end; ++i) m = Reduce::merge(m, load(buffer + i * kLanes));
      if (zeros && c.size() < p.kernel_width) m = max_nan(m, hn::Zero(D()));
      const float scale = average ? 1.0f / static_cast<float>(height * width) : 1.0f;
      store(finish(p, m, scale), out + x * kLanes);
    }
  };
  edge(inner_begin);
  if (p.kind != PoolKind::kL2 && (p.kernel_width == 2 || p.kernel_width == 3)) {
    const V scale =
        splat(average ? 1.0f / static_cast<float>(height * int64_t{p.kernel_width}) : 1.0f);
    x = p.kernel_width == 2 ? reduce_columns<Reduce, 2>(buffer, x, inner_end, p.stride_width,
                                                        p.pad_left, scale, out)
                            : reduce_columns<Reduce, 3>(buffer, x, inner_end, p.stride_width,
                                                        p.pad_left, scale, out);
  }
  edge(p.out_width);
}

void pool_target(const PoolParams& p, const float* in, float* out, float* scratch,
                 ThreadPool& pool) {
  const int64_t blocks = ceil_div(p.channels, kLanes);
  const int64_t in_plane = int64_t{p.in_height} * p.in_width * kLanes;
  const int64_t out_plane = int64_t{p.out_height} * p.out_width * kLanes;
  const int64_t in_image = p.in_batch_stride != 0 ? p.in_batch_stride : blocks * in_plane;
  const int64_t out_image = p.out_batch_stride != 0 ? p.out_batch_stride : blocks * out_plane;
  const int64_t rows = p.batch * blocks * p.out_height;
  const int64_t work = int64_t{p.in_width} * kLanes * std::min(p.kernel_height, p.in_height);
  const int tasks = task_count(rows, work, 1 << 14, pool.threads());
  pool.parallel_for(tasks, [&](int task, int thread) HWY_ATTR {
    float* buffer = scratch + int64_t{thread} * p.in_width * kLanes;
    const Range mine = part_of(rows, tasks, task);
    for (int64_t row = mine.begin; row < mine.end; ++row) {
      const int64_t y = row % p.out_height;
      const int64_t b = row / p.out_height % blocks;
      const int64_t image = row / p.out_height / blocks;
      const float* from = in + image * in_image + b * in_plane;
      float* to = out + image * out_image + b * out_plane + y * p.out_width * kLanes;
      if (p.kind == PoolKind::kMax || p.kind == PoolKind::kMaxZeros) {
        pool_row<MaxReduce>(p, from, y, buffer, to);
      } else if (p.kind == PoolKind::kL2) {
        pool_row<SquareReduce>(p, from, y, buffer, to);
      } else {
        pool_row<SumReduce>(p, from, y, buffer, to);
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
POME_ISA_TABLE(kPool, pool_target);
}  // namespace

Status pool_check(const PoolParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"batch", p.batch}, {"channels", p.channels}}, 1));
  POME_TRY(check_sizes({{"bottom padding", p.pad_bottom}, {"right padding", p.pad_right}}, 0));
  POME_TRY(check_window(
      {"height", p.in_height, p.out_height, p.kernel_height, p.stride_height, 1, p.pad_top}));
  POME_TRY(check_window(
      {"width", p.in_width, p.out_width, p.kernel_width, p.stride_width, 1, p.pad_left}));
  const int64_t channels = round_up(p.channels, channel_block(p.isa));
  POME_TRY(check_product("pooling's input", {p.batch, channels, p.in_height, p.in_width}));
  return check_product("pooling's output", {p.batch, channels, p.out_height, p.out_width});
}

int64_t pool_scratch_bytes(const PoolParams& params, int threads) {
  return int64_t{params.in_width} * channel_block(params.isa) * threads *
         static_cast<int64_t>(sizeof(float));
}

void pool_run(const PoolParams& params, const float* input, float* output, void* scratch,
              ThreadPool& pool) noexcept {
  select(kPool, params.isa)(params, input, output, static_cast<float*>(scratch), pool);
}

}  // namespace pome::cpu
#endif
