// 1x1 convolution with stride 1: a matrix product over pixels, straight from the blocked input.
#include "cpu/kernels/conv/conv_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_pointwise.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/conv/gemm_tasks.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

void pointwise_target(const ConvJob& job, ThreadPool& pool) {
  const ConvParams& p = job.p;
  const int64_t plane = int64_t{p.in_height} * p.in_width;
  const Reduction k{p.in_channels, 1};
  const Panels panels{job.weights, job.bias, ceil_div(p.out_channels, kLanes), k.values()};
  const GemmTasks tasks =
      gemm_tasks(plane, k.values(), panels.count(), kTilePixels, p.batch, pool.threads());
  const int64_t slices = slice_count(k.values());
  const auto run = [&](int task, int) HWY_ATTR {
    const int64_t image = task / tasks.count();
    const Range pixels = tasks.pixels_of(task % tasks.count());
    const Range which = tasks.panels_of(task % tasks.count());
    const float* a = job.input + image * job.in_image + pixels.begin * kLanes;
    Sums sums;
    sums.c = job.output + image * job.out_image + pixels.begin * kLanes;
    sums.residual = job.residual == nullptr
                        ? nullptr
                        : job.residual + image * job.residual_image + pixels.begin * kLanes;
    sums.c_vector = plane * kLanes;
    sums.epilogue = p.epilogue;
    for (int64_t s = 0; s < slices; ++s) {
      const Range range = part_of(k.segments(), slices, s);
      const float* from = a + range.begin * plane * kLanes;
      gemm_slice(slice_of(k, range, from, plane * kLanes), panels, sums, pixels.size(), which);
    }
  };
  pool.parallel_for(static_cast<int>(tasks.count() * p.batch), run);
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kPointwise, pointwise_target);
}  // namespace

int64_t conv_pointwise_scratch(const ConvParams&, int) { return 0; }

void conv_pointwise(const ConvJob& job, ThreadPool& pool) noexcept {
  select(kPointwise, job.p.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
