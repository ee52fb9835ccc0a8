// A convolution as chunks of pixels times panels, its reduction slice by slice: what a slice reads
// is copied (or made) just before it is multiplied. Once per target.
#if defined(POME_CPU_KERNELS_CONV_SLICED_CONV_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_SLICED_CONV_INL_H_
#undef POME_CPU_KERNELS_CONV_SLICED_CONV_INL_H_
#else
#define POME_CPU_KERNELS_CONV_SLICED_CONV_INL_H_
#endif

#include "base/thread_pool.h"
#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/conv/gemm_tasks.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

struct SlicedConv {
  Reduction k;
  GemmTasks tasks;
  int64_t slices;
  int64_t thread_floats;  // of scratch
};

/// How `p`, with `taps` values of each input channel in its reduction, is cut.
inline SlicedConv sliced_conv(const ConvParams& p, int64_t taps, int threads) {
  SlicedConv s;
  s.k = {p.in_channels, taps};
  const int64_t panels = ceil_div(ceil_div(p.out_channels, kLanes), 2);
  const int64_t pixels = int64_t{p.out_height} * p.out_width;
  s.tasks = gemm_tasks(pixels, s.k.values(), panels, kTilePixels, p.batch, threads);
  s.slices = slice_count(s.k.values());
  s.thread_floats = ceil_div(s.k.segments(), s.slices) * s.tasks.chunk * kLanes;
  return s;
}

/// Runs all tasks. `fill(image, segments, pixels, to)` writes those segments of those output pixels
/// as [segment][pixel][kLanes].
template <class Fill>
void run_sliced(const ConvJob& job, const SlicedConv& shape, ThreadPool& pool, const Fill& fill) {
  const ConvParams& p = job.p;
  const GemmTasks& tasks = shape.tasks;
  const Panels panels{job.weights, job.bias, ceil_div(p.out_channels, kLanes), shape.k.values()};
  const auto run = [&](int task, int thread) HWY_ATTR {
    float* filled = job.scratch + thread * shape.thread_floats;
    const int64_t image = task / tasks.count();
    const Range pixels = tasks.pixels_of(task % tasks.count());
    const Range which = tasks.panels_of(task % tasks.count());
    Sums sums;
    sums.c = job.output + image * job.out_image + pixels.begin * kLanes;
    sums.residual = job.residual == nullptr
                        ? nullptr
                        : job.residual + image * job.residual_image + pixels.begin * kLanes;
    sums.c_vector = tasks.pixels * kLanes;
    sums.epilogue = p.epilogue;
    for (int64_t s = 0; s < shape.slices; ++s) {
      const Range range = part_of(shape.k.segments(), shape.slices, s);
      fill(image, range, pixels, filled);
      const Slice slice = slice_of(shape.k, range, filled, pixels.size() * kLanes);
      gemm_slice(slice, panels, sums, pixels.size(), which);
    }
  };
  pool.parallel_for(static_cast<int>(tasks.count() * p.batch), run);
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
