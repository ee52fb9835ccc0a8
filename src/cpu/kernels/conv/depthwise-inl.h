// One output row of a depthwise convolution. Once per target.
#if defined(POME_CPU_KERNELS_CONV_DEPTHWISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_DEPTHWISE_INL_H_
#undef POME_CPU_KERNELS_CONV_DEPTHWISE_INL_H_
#else
#define POME_CPU_KERNELS_CONV_DEPTHWISE_INL_H_
#endif

#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// The input rows of one output row of one channel block, in a buffer of rows. Kernel row `first`
/// reads buffer row `top`, the next one `step` rows further, and so on; a ring of rows goes on at 0
/// behind row `wrap`. Kernel rows outside [first, last) lie outside the input.
struct DepthwiseRow {
  const float* rows = nullptr;
  int64_t row_floats = 0;
  int64_t top = 0;
  int64_t step = 1;
  int64_t wrap = INT64_MAX;
  int64_t first = 0;
  int64_t last = 0;
  const float* weights = nullptr;  // [tap][kLanes]
  const float* bias = nullptr;
  const float* residual = nullptr;  // of the row, or null
  float* out = nullptr;

  int64_t next(int64_t row) const { return row + step < wrap ? row + step : row + step - wrap; }
};

HWY_INLINE V depthwise_finish(const ConvParams& p, const DepthwiseRow& row, const VecActivation& f,
                              V sum, int64_t x) {
  if (row.residual == nullptr) return activate_one(f, sum);
  const V r = load(row.residual + x * kLanes);
  return p.epilogue.residual_last ? hn::Add(activate_one(f, sum), r)
                                  : activate_one(f, hn::Add(sum, r));
}

/// Columns [begin, end) one by one, taps outside the input left out.
inline void depthwise_any(const ConvParams& p, const DepthwiseRow& row, const VecActivation& f,
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

/// `count` neighbouring outputs from column x, all taps inside; kernel width and stride known.
template <int kernel, int stride, int count>
HWY_INLINE void depthwise_inside(const ConvParams& p, const DepthwiseRow& row,
                                 const VecActivation& f, int64_t x) {
  V sum[count];
  const V bias = load(row.bias);
  POME_UNROLL for (int u = 0; u < count; ++u) sum[u] = bias;
  const float* HWY_RESTRICT w = row.weights + row.first * kernel * kLanes;
  int64_t at = row.top;
  for (int64_t ky = row.first; ky < row.last; ++ky, at = row.next(at), w += kernel * kLanes) {
    const float* HWY_RESTRICT in =
        row.rows + at * row.row_floats + (x * stride - p.pad_left) * kLanes;
    POME_UNROLL for (int kx = 0; kx < kernel; ++kx) {
      const V weight = load(w + kx * kLanes);
      POME_UNROLL for (int u = 0; u < count; ++u) {
        sum[u] = hn::MulAdd(load(in + (u * stride + kx) * kLanes), weight, sum[u]);
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

template <int kernel, int stride>
inline void depthwise_row_of(const ConvParams& p, const DepthwiseRow& row, const VecActivation& f) {
  const int64_t left = std::min<int64_t>(ceil_div(p.pad_left, stride), p.out_width);
  const int64_t room = int64_t{p.in_width} + p.pad_left - kernel;
  const int64_t right = std::clamp<int64_t>(room < 0 ? 0 : room / stride + 1, left, p.out_width);
  depthwise_any(p, row, f, 0, left);
  int64_t x = left;
  for (; x + 8 <= right; x += 8) depthwise_inside<kernel, stride, 8>(p, row, f, x);
  if (x + 4 <= right) {
    depthwise_inside<kernel, stride, 4>(p, row, f, x);
    x += 4;
  }
  for (; x < right; ++x) depthwise_inside<kernel, stride, 1>(p, row, f, x);
  depthwise_any(p, row, f, right, p.out_width);
}

/// One whole output row.
inline void depthwise_row(const ConvParams& p, const DepthwiseRow& row, const VecActivation& f) {
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

/// Which kernel rows of output row y lie inside the input; returns the input row that the first of
/// them reads.
HWY_INLINE int64_t depthwise_place(const ConvParams& p, int64_t y, DepthwiseRow& row) {
  const int64_t top = y * p.stride_height - p.pad_top;
  const int64_t d = p.dilation_height;
  row.first = top >= 0 ? 0 : std::min<int64_t>(ceil_div(-top, d), p.kernel_height);
  const int64_t room = p.in_height - 1 - top;
  row.last = std::clamp<int64_t>(room < 0 ? 0 : room / d + 1, row.first, p.kernel_height);
  row.step = d;
  row.row_floats = int64_t{p.in_width} * kLanes;
  return row.first < row.last ? top + row.first * d : 0;
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
