// 1x1 convolutions as matrix products. Once per target.
#if defined(POME_CPU_KERNELS_CONV_POINTWISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_POINTWISE_INL_H_
#undef POME_CPU_KERNELS_CONV_POINTWISE_INL_H_
#else
#define POME_CPU_KERNELS_CONV_POINTWISE_INL_H_
#endif

#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/conv/gemm_tasks.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

inline Panels pointwise_panels(const ConvParams& p, const float* packed) {
  return {packed + conv_bias_floats(p), packed, ceil_div(p.out_channels, kLanes), p.in_channels};
}

inline int64_t pointwise_panel_count(const ConvParams& p) {
  return ceil_div(p.out_channels, 2 * kLanes);
}

/// Panels [which) of `pixels` pixels, the first at `a`, that lie `stride` floats from block to
/// block.
inline void multiply_pixels(const ConvParams& p, const float* packed, const float* a,
                            int64_t stride, int64_t pixels, Range which, const Sums& sums) {
  const Reduction k{p.in_channels, 1};
  const Panels panels = pointwise_panels(p, packed);
  const int64_t slices = slice_count(k.values());
  for (int64_t s = 0; s < slices; ++s) {
    const Range range = part_of(k.segments(), slices, s);
    gemm_slice(slice_of(k, range, a + range.begin * stride, stride), panels, sums, pixels, which);
  }
}

inline GemmTasks pointwise_tasks(const ConvParams& p, int threads) {
  const int64_t plane = int64_t{p.in_height} * p.in_width;
  return gemm_tasks(plane, p.in_channels, pointwise_panel_count(p), kTilePixels, p.batch, threads);
}

/// Task `part` of one image of a 1x1 convolution of stride 1.
inline void run_pointwise_task(const ConvJob& job, const GemmTasks& tasks, int64_t image,
                               int64_t part) {
  const int64_t stride = tasks.pixels * kLanes;
  const Range pixels = tasks.pixels_of(part);
  const int64_t at = pixels.begin * kLanes;
  Sums sums;
  sums.c = job.output + image * job.out_image + at;
  sums.residual =
      job.residual == nullptr ? nullptr : job.residual + image * job.residual_image + at;
  sums.c_vector = stride;
  sums.epilogue = job.p.epilogue;
  multiply_pixels(job.p, job.bias, job.input + image * job.in_image + at, stride, pixels.size(),
                  tasks.panels_of(part), sums);
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
