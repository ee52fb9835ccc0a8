// Scales a chunk of pixels, slice by slice, then multiplies.
#include "cpu/kernels/conv/scaled_conv.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/scaled_conv.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/try.h"
#include "cpu/kernels/conv/conv_job.h"
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
  s.k = {p.in_channels, 1};
  const int64_t panels = ceil_div(ceil_div(p.out_channels, kLanes), 2);
  const int64_t pixels = int64_t{p.out_height} * p.out_width;
  s.tasks = gemm_tasks(pixels, s.k.values(), panels, kTilePixels, p.batch, threads);
  s.slices = slice_count(s.k.values());
  s.thread_floats = ceil_div(s.k.segments(), s.slices) * s.tasks.chunk * kLanes;
  return s;
}

/// `pixels` pixels of channel blocks [blocks), a plane apart, to [block][pixel][kLanes].
void scale_blocks(const VecActivation& f, const float* scale, const float* shift,
                  const float* image, int64_t plane, Range blocks, int64_t pixels, float* to) {
  for (int64_t b = blocks.begin; b < blocks.end; ++b) {
    const V s = load(scale + b * kLanes);
    const V t = shift == nullptr ? hn::Zero(D()) : load(shift + b * kLanes);
    const float* from = image + b * plane;
    int64_t i = 0;
    for (; i + 4 <= pixels; i += 4, from += 4 * kLanes, to += 4 * kLanes) {
      V x[4];
      POME_UNROLL for (int u = 0; u < 4; ++u) x[u] = hn::MulAdd(load(from + u * kLanes), s, t);
      activate<4>(f, x);
      POME_UNROLL for (int u = 0; u < 4; ++u) store(x[u], to + u * kLanes);
    }
    for (; i < pixels; ++i, from += kLanes, to += kLanes)
      store(activate_one(f, hn::MulAdd(load(from), s, t)), to);
  }
}

void scaled_target(const ScaledConvParams& params, const ConvJob& job, const float* scale,
                   const float* shift, ThreadPool& pool) {
  const ConvParams& p = job.p;
  const Shape shape = shape_of(p, pool.threads());
  const GemmTasks& tasks = shape.tasks;
  const int64_t plane = tasks.pixels * kLanes;
  const Panels panels{job.weights, job.bias, ceil_div(p.out_channels, kLanes), shape.k.values()};
  const VecActivation f = make_activation(params.activation, params.alpha, params.beta);
  pool.parallel_for(static_cast<int>(tasks.count() * p.batch), [&](int task, int thread) HWY_ATTR {
    float* scaled = job.scratch + thread * shape.thread_floats;
    const int64_t image = task / tasks.count();
    const Range pixels = tasks.pixels_of(task % tasks.count());
    const Range which = tasks.panels_of(task % tasks.count());
    const float* scales = scale + (params.scale_per_image ? image * shape.k.blocks() * kLanes : 0);
    const float* input = job.input + image * job.in_image + pixels.begin * kLanes;
    Sums sums;
    sums.c = job.output + image * job.out_image + pixels.begin * kLanes;
    sums.residual = job.residual == nullptr
                        ? nullptr
                        : job.residual + image * job.residual_image + pixels.begin * kLanes;
    sums.c_vector = plane;
    sums.epilogue = p.epilogue;
    for (int64_t s = 0; s < shape.slices; ++s) {
      const Range range = part_of(shape.k.segments(), shape.slices, s);
      scale_blocks(f, scales, shift, input, plane, range, pixels.size(), scaled);
      const Slice slice = slice_of(shape.k, range, scaled, pixels.size() * kLanes);
      gemm_slice(slice, panels, sums, pixels.size(), which);
    }
  });
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
POME_ISA_TABLE(kScaled, scaled_target);
POME_ISA_TABLE(kScratch, scratch_target);
}  // namespace

Status scaled_conv_choose(ScaledConvParams& params) {
  params.conv.algorithm = ConvAlgorithm::kPointwise;
  return conv_choose(params.conv);
}

int64_t scaled_conv_scratch_bytes(const ScaledConvParams& params, int threads) {
  return select(kScratch, params.conv.isa)(params.conv, threads) *
         static_cast<int64_t>(sizeof(float));
}

void scaled_conv_run(const ScaledConvParams& params, const ConvBuffers& buffers, const float* scale,
                     const float* shift, ThreadPool& pool) noexcept {
  select(kScaled, params.conv.isa)(params, conv_job(params.conv, buffers), scale, shift, pool);
}

}  // namespace pome::cpu
#endif
