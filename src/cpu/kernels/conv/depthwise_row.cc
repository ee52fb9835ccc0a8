// One output row of a depthwise convolution, in tiles of neighbouring columns.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/depthwise_row.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "cpu/kernels/conv/depthwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// Outputs of a tile: with one sum each, the inputs of a kernel row and a weight they fill the
// target's registers. Where those are 16, inputs come from memory for every use: measured, that is
// better than narrow tiles.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr bool kKeepInputs = true;
template <int kernel, int stride>
constexpr int kTileOutputs = (30 + stride - kernel) / (1 + stride);
#else
constexpr bool kKeepInputs = false;
template <int kernel, int stride>
constexpr int kTileOutputs = 8;
#endif

HWY_INLINE V load_input(const float* in) {
  return kKeepInputs ? keep_in_register(load(in)) : load(in);
}

struct Clamp {
  V low;
  V high;
};

/// Columns [begin, end) one by one, taps outside the input left out.
void depthwise_any(const ConvParams& p, const DepthwiseRow& row, const Clamp& clamp, int64_t begin,
                   int64_t end) {
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
    store(clamp_keep_nan(sum, clamp.low, clamp.high), row.out + x * kLanes);
  }
}

/// `count` neighbouring outputs from column x; kernel width and stride are known. Where `clipped`,
/// some columns may lie outside the input and read zero.
template <int kernel, int stride, int count, bool clipped>
HWY_NOINLINE void depthwise_tile(const ConvParams& p, const DepthwiseRow& row, const Clamp& clamp,
                                 int64_t x) {
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
      column[j] = !clipped || (j >= low && j < high) ? load_input(in + j * kLanes) : hn::Zero(D());
    }
    POME_UNROLL for (int kx = 0; kx < kernel; ++kx) {
      const V weight = load(w + kx * kLanes);
      POME_UNROLL for (int u = 0; u < count; ++u) {
        sum[u] = hn::MulAdd(column[u * stride + kx], weight, sum[u]);
      }
    }
  }
  POME_UNROLL for (int u = 0; u < count; ++u) {
    store(clamp_keep_nan(sum[u], clamp.low, clamp.high), row.out + (x + u) * kLanes);
  }
}

using DepthwiseTileFn = void (*)(const ConvParams&, const DepthwiseRow&, const Clamp&, int64_t);

/// Entry [count - 1] for each of 1 <= count <= kTileOutputs.
template <int kernel, int stride, bool clipped, int... counts>
inline const DepthwiseTileFn* depthwise_tiles(std::integer_sequence<int, counts...>) {
  static constexpr DepthwiseTileFn kTable[] = {
      depthwise_tile<kernel, stride, counts + 1, clipped>...};
  return kTable;
}

template <int kernel, int stride>
inline void depthwise_row_of(const ConvParams& p, const DepthwiseRow& row, const Clamp& clamp) {
  constexpr std::make_integer_sequence<int, kTileOutputs<kernel, stride>> kCounts;
  const int64_t tiles = ceil_div(p.out_width, kTileOutputs<kernel, stride>);
  int64_t x = 0;
  for (int64_t i = 0; i < tiles; ++i) {
    const int64_t count = ceil_div(p.out_width - x, tiles - i);
    const int64_t x0 = x * stride - p.pad_left;
    const bool clipped = x0 < 0 || x0 + (count - 1) * stride + kernel > p.in_width;
    const DepthwiseTileFn* table = clipped ? depthwise_tiles<kernel, stride, true>(kCounts)
                                           : depthwise_tiles<kernel, stride, false>(kCounts);
    table[count - 1](p, row, clamp, x);
    x += count;
  }
}

void row_sums(const ConvParams& p, const DepthwiseRow& row, const Clamp& clamp) {
  if (p.dilation_width == 1 && p.kernel_width == 3) {
    if (p.stride_width == 1) return depthwise_row_of<3, 1>(p, row, clamp);
    if (p.stride_width == 2) return depthwise_row_of<3, 2>(p, row, clamp);
  }
  if (p.dilation_width == 1 && p.kernel_width == 5) {
    if (p.stride_width == 1) return depthwise_row_of<5, 1>(p, row, clamp);
    if (p.stride_width == 2) return depthwise_row_of<5, 2>(p, row, clamp);
  }
  depthwise_any(p, row, clamp, 0, p.out_width);
}

/// The epilogue of `count` outputs that were stored as sums.
template <int count>
HWY_INLINE void finish_outputs(const Epilogue& e, const VecActivation& f, const float* residual,
                               float* out) {
  V x[count];
  POME_UNROLL for (int i = 0; i < count; ++i) {
    x[i] = load(out + i * kLanes);
    if (residual != nullptr && !e.residual_last) x[i] = hn::Add(x[i], load(residual + i * kLanes));
  }
  activate<count>(f, x);
  POME_UNROLL for (int i = 0; i < count; ++i) {
    if (residual != nullptr && e.residual_last) x[i] = hn::Add(x[i], load(residual + i * kLanes));
    store(x[i], out + i * kLanes);
  }
}

}  // namespace

void depthwise_row(const ConvParams& p, const DepthwiseRow& row) {
  const Epilogue& e = p.epilogue;
  const VecActivation f = make_activation(e.activation, e.alpha, e.beta);
  const bool clamps = f.kind == Activation::kClamp && row.residual == nullptr;
  row_sums(p, row, clamps ? Clamp{f.a, f.b} : Clamp{splat(-HUGE_VALF), splat(HUGE_VALF)});
  if (clamps || (f.kind == Activation::kNone && row.residual == nullptr)) return;
  // While the row is in the first cache.
  const auto residual = [&](int64_t x) HWY_ATTR {
    return row.residual == nullptr ? nullptr : row.residual + x * kLanes;
  };
  int64_t x = 0;
  for (; x + 4 <= p.out_width; x += 4) finish_outputs<4>(e, f, residual(x), row.out + x * kLanes);
  for (; x < p.out_width; ++x) finish_outputs<1>(e, f, residual(x), row.out + x * kLanes);
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
