// Any dense convolution: chunks of output pixels are gathered slice by slice, then multiplied.
#include "cpu/kernels/conv/conv_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_direct.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/conv/gather-inl.h"
#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/conv/gemm_tasks.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

struct Shape {
  Reduction k;
  GemmTasks tasks;
  int64_t slices;
  int64_t thread_floats;  // of scratch
};

Shape shape_of(const ConvParams& p, int threads) {
  Shape s;
  s.k = {p.in_channels, conv_taps(p)};
  const int64_t panels = ceil_div(ceil_div(p.out_channels, kLanes), 2);
  const int64_t pixels = int64_t{p.out_height} * p.out_width;
  s.tasks = gemm_tasks(pixels, s.k.values(), panels, kTilePixels, p.batch, threads);
  s.slices = slice_count(s.k.values());
  s.thread_floats = ceil_div(s.k.segments(), s.slices) * s.tasks.chunk * kLanes;
  return s;
}

void direct_target(const ConvJob& job, ThreadPool& pool) {
  const ConvParams& p = job.p;
  const Shape shape = shape_of(p, pool.threads());
  const GemmTasks& tasks = shape.tasks;
  const Panels panels{job.weights, job.bias, ceil_div(p.out_channels, kLanes), shape.k.values()};
  const auto run = [&](int task, int thread) HWY_ATTR {
    float* gathered = job.scratch + thread * shape.thread_floats;
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
      gather(p, job.input + image * job.in_image, range, pixels, gathered);
      const Slice slice = slice_of(shape.k, range, gathered, pixels.size() * kLanes);
      gemm_slice(slice, panels, sums, pixels.size(), which);
    }
  };
  pool.parallel_for(static_cast<int>(tasks.count() * p.batch), run);
}

int64_t scratch_target(const ConvParams& p, int threads) {
  return shape_of(p, threads).thread_floats * threads;
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kDirect, direct_target);
POME_ISA_TABLE(kScratch, scratch_target);
}  // namespace

int64_t conv_direct_scratch(const ConvParams& params, int threads) {
  return select(kScratch, params.isa)(params, threads);
}

void conv_direct(const ConvJob& job, ThreadPool& pool) noexcept {
  select(kDirect, job.p.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
