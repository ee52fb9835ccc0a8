// Copies what a slice of a convolution reads for a chunk of output pixels. Once per target.
#if defined(POME_CPU_KERNELS_CONV_GATHER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_GATHER_INL_H_
#undef POME_CPU_KERNELS_CONV_GATHER_INL_H_
#else
#define POME_CPU_KERNELS_CONV_GATHER_INL_H_
#endif

#include <algorithm>

#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// Output columns [begin, end) whose input column at kernel offset `offset` lies inside the input.
HWY_INLINE Range columns_inside(const ConvParams& p, int64_t offset, int64_t begin, int64_t end) {
  const int64_t first = offset >= 0 ? 0 : ceil_div(-offset, p.stride_width);
  const int64_t room = p.in_width - 1 - offset;
  const int64_t last = room < 0 ? 0 : room / p.stride_width + 1;
  const int64_t low = std::clamp(first, begin, end);
  return {low, std::clamp(last, low, end)};
}

/// One output row's part: columns [begin, end) of row y at tap (ky, kx), from one channel block.
inline float* gather_row(const ConvParams& p, const float* block, int64_t y, int64_t begin,
                         int64_t end, int64_t ky, int64_t kx, float* to) {
  const V zero = hn::Zero(D());
  const int64_t iy = y * p.stride_height + ky * p.dilation_height - p.pad_top;
  const int64_t offset = kx * p.dilation_width - p.pad_left;
  const Range inside =
      iy < 0 || iy >= p.in_height ? Range{end, end} : columns_inside(p, offset, begin, end);
  int64_t x = begin;
  for (; x < inside.begin; ++x, to += kLanes) store(zero, to);
  const int64_t step = int64_t{p.stride_width} * kLanes;
  const float* from = block + (iy * p.in_width + offset) * kLanes + x * step;
  for (; x < inside.end; ++x, to += kLanes, from += step) store(load(from), to);
  for (; x < end; ++x, to += kLanes) store(zero, to);
  return to;
}

/// Segments [segments) of output pixels [pixels): `to` becomes [segment][pixel][kLanes]. `image` is
/// the first channel block of the reduction.
inline void gather(const ConvParams& p, const float* image, Range segments, Range pixels,
                   float* to) {
  const int64_t taps = conv_taps(p);
  const int64_t plane = int64_t{p.in_height} * p.in_width * kLanes;
  for (int64_t s = segments.begin; s < segments.end; ++s) {
    const float* block = image + s / taps * plane;
    const int64_t ky = s % taps / p.kernel_width;
    const int64_t kx = s % taps % p.kernel_width;
    int64_t x = pixels.begin % p.out_width;
    for (int64_t i = pixels.begin, y = pixels.begin / p.out_width; i < pixels.end; ++y) {
      const int64_t run = std::min(pixels.end - i, p.out_width - x);
      to = gather_row(p, block, y, x, x + run, ky, kx, to);
      i += run;
      x = 0;
    }
  }
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
