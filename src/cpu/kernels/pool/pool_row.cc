// One output row of a pooling.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/pool/pool_row.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#include "cpu/kernels/partition.h"
#include "cpu/kernels/pool/pool_row-inl.h"

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

// Rows of a ring from `at` on, and from its start where they wrap.
struct Rows {
  const float* at;
  int64_t count;
  const float* start;
  int64_t wrapped;
};

Rows rows_of(const PoolInput& in, Range rows, int64_t floats) {
  const int64_t at = (rows.begin - in.first) % in.ring;
  const int64_t count = std::min(rows.size(), in.ring - at);
  return {in.rows + at * floats, count, in.rows, rows.size() - count};
}

// Reduces rows of `floats` floats each into one.
template <typename Reduce>
void reduce_rows(const Rows& in, int64_t floats, float* out) {
  for (int64_t x = 0; x < floats; x += kLanes) {
    V m = Reduce::first(load(in.at + x));
    for (int64_t r = 1; r < in.count; ++r) m = Reduce::next(m, load(in.at + r * floats + x));
    for (int64_t r = 0; r < in.wrapped; ++r) m = Reduce::next(m, load(in.start + r * floats + x));
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
void row_of(const PoolParams& p, const PoolInput& in, int64_t y, float* buffer, float* out) {
  const int64_t floats = int64_t{p.in_width} * kLanes;
  const Range rows = window(y, p.stride_height, p.pad_top, p.kernel_height, 0, p.in_height);
  if (rows.size() <= 0) {
    for (int64_t x = 0; x < p.out_width; ++x) store(hn::Zero(D()), out + x * kLanes);
    return;
  }
  reduce_rows<Reduce>(rows_of(in, rows, floats), floats, buffer);
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

}  // namespace

void pool_row(const PoolParams& p, const PoolInput& in, int64_t y, float* buffer, float* out) {
  switch (p.kind) {
    case PoolKind::kMax:
    case PoolKind::kMaxZeros:
      return row_of<MaxReduce>(p, in, y, buffer, out);
    case PoolKind::kL2:
      return row_of<SquareReduce>(p, in, y, buffer, out);
    case PoolKind::kAverage:
    case PoolKind::kAveragePadded:
      return row_of<SumReduce>(p, in, y, buffer, out);
  }
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
