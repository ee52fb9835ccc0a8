// One output row of a depthwise convolution. Once per target.
#if defined(POME_CPU_KERNELS_CONV_DEPTHWISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_DEPTHWISE_INL_H_
#undef POME_CPU_KERNELS_CONV_DEPTHWISE_INL_H_
#else
#define POME_CPU_KERNELS_CONV_DEPTHWISE_INL_H_
#endif

#include "cpu/kernels/activation-inl.h"
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

/// One whole output row. Compiled once, in depthwise_row.cc: its tiles are many.
void depthwise_row(const ConvParams& p, const DepthwiseRow& row);

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
