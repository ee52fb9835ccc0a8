// One output row of a depthwise convolution, in tiles of neighbouring columns.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/depthwise_row.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#include "cpu/kernels/conv/depthwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

HWY_INLINE V depthwise_finish(const ConvParams& p, const DepthwiseRow& row, const VecActivation& f,
                              V sum, int64_t x) {
  if (row.residual == nullptr) return activate_one(f, sum);
  const V r = load(row.residual + x * kLanes);
  return p.epilogue.residual_last ? hn::Add(activate_one(f, sum), r)
                                  : activate_one(f, hn::Add(sum, r));
}

/// Columns [begin, end) one by one, taps outside the input left out.
void depthwise_any(const ConvParams& p, const DepthwiseRow& row, const VecActivation& f,
                   int64_t begin, int64_t end) {
  for (int64_t x = begin; x < end; ++x) {
    V sum = load(row.bias);
    int64_t at = row.top;
    for (int64_t ky = row.first; ky < row.last; ++ky, at = row.next(at)) {
      const float* in = row.rows + at * row.row_floats;
      const float* w = row.weights + ky * p.kernel_width * kLanes;
      for (int64_t kx = 0; kx < p.kernel_width; ++kx) {
        const int64_t ix = x * p.stride_width + kx * p.dilation_width - p.pad_left;
        if (ix < 0 || ix >= p.in_width) continue;
        sum = hn::MulAdd(load(in + ix * kLanes), load(w + kx * kLanes), sum);
      }
    }
    store(depthwise_finish(p, row, f, sum, x), row.out + x * kLanes);
  }
}

/// `count` neighbouring outputs from column x; kernel width and stride are known. Where `clipped`,
/// some columns may lie outside the input and read zero.
template <int kernel, int stride, int count, bool clipped>
HWY_NOINLINE void depthwise_tile(const ConvParams& p, const DepthwiseRow& row,
                                 const VecActivation& f, int64_t x) {
  constexpr int columns = (count - 1) * stride + kernel;
  const int64_t x0 = x * stride - p.pad_left;
  const int64_t low = clipped ? -x0 : 0;
  const int64_t high = clipped ? p.in_width - x0 : columns;
  V sum[count];
  const V bias = load(row.bias);
  POME_UNROLL for (int u = 0; u < count; ++u) sum[u] = bias;
  const float* HWY_RESTRICT w = row.weights + row.first * kernel * kLanes;
  int64_t at = row.top;
  for (int64_t ky = row.first; ky < row.last; ++ky, at = row.next(at), w += kernel * kLanes) {
    const float* HWY_RESTRICT in = row.rows + at * row.row_floats + x0 * kLanes;
    V column[columns];
    POME_UNROLL for (int j = 0; j < columns; ++j) {
      column[j] = !clipped || (j >= low && j < high) ? load(in + j * kLanes) : hn::Zero(D());
    }
    POME_UNROLL for (int kx = 0; kx < kernel; ++kx) {
      const V weight = load(w + kx * kLanes);
      POME_UNROLL for (int u = 0; u < count; ++u) {
        sum[u] = hn::MulAdd(column[u * stride + kx], weight, sum[u]);
      }
    }
  }
  if (row.residual == nullptr) {
    activate<count>(f, sum);
  } else {
    POME_UNROLL for (int u = 0; u < count; ++u) {
      sum[u] = depthwise_finish(p, row, f, sum[u], x + u);
    }
  }
  POME_UNROLL for (int u = 0; u < count; ++u) store(sum[u], row.out + (x + u) * kLanes);
}

using DepthwiseTileFn = void (*)(const ConvParams&, const DepthwiseRow&, const VecActivation&,
                                 int64_t);
constexpr int kDepthwiseTile = 8;

/// Entry [count] for 1 <= count <= kDepthwiseTile.
template <int kernel, int stride, bool clipped>
inline const DepthwiseTileFn* depthwise_tiles() {
  static constexpr DepthwiseTileFn kTable[kDepthwiseTile + 1] = {
      nullptr,
      depthwise_tile<kernel, stride, 1, clipped>,
      depthwise_tile<kernel, stride, 2, clipped>,
      depthwise_tile<kernel, stride, 3, clipped>,
      depthwise_tile<kernel, stride, 4, clipped>,
      depthwise_tile<kernel, stride, 5, clipped>,
      depthwise_tile<kernel, stride, 6, clipped>,
      depthwise_tile<kernel, stride, 7, clipped>,
      depthwise_tile<kernel, stride, 8, clipped>};
  return kTable;
}

template <int kernel, int stride>
inline void depthwise_row_of(const ConvParams& p, const DepthwiseRow& row, const VecActivation& f) {
  const int64_t tiles = ceil_div(p.out_width, kDepthwiseTile);
  int64_t x = 0;
  for (int64_t i = 0; i < tiles; ++i) {
    const int64_t count = ceil_div(p.out_width - x, tiles - i);
    const int64_t x0 = x * stride - p.pad_left;
    const bool clipped = x0 < 0 || x0 + (count - 1) * stride + kernel > p.in_width;
    const DepthwiseTileFn* table = clipped ? depthwise_tiles<kernel, stride, true>()
                                           : depthwise_tiles<kernel, stride, false>();
    table[count](p, row, f, x);
    x += count;
  }
}

}  // namespace

void depthwise_row(const ConvParams& p, const DepthwiseRow& row, const VecActivation& f) {
  if (p.dilation_width == 1 && p.kernel_width == 3) {
    if (p.stride_width == 1) return depthwise_row_of<3, 1>(p, row, f);
    if (p.stride_width == 2) return depthwise_row_of<3, 2>(p, row, f);
  }
  if (p.dilation_width == 1 && p.kernel_width == 5) {
    if (p.stride_width == 1) return depthwise_row_of<5, 1>(p, row, f);
    if (p.stride_width == 2) return depthwise_row_of<5, 2>(p, row, f);
  }
  depthwise_any(p, row, f, 0, p.out_width);
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
