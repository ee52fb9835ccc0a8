// Transposed convolution, phase by phase: gather, multiply, scatter with the stride.
#include "cpu/kernels/conv/conv_transpose_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_transpose_dense.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/conv/gather-inl.h"
#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/conv/gemm_tasks.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// Sizes of scratch, the largest over all phases.
struct Shape {
  int64_t gathered_floats = 0;
  int64_t sum_floats = 0;
  int64_t thread_floats() const { return gathered_floats + sum_floats; }
};

GemmTasks tasks_of(const ConvTransposeParams& p, const Phase& phase, int threads) {
  const int64_t panels = ceil_div(ceil_div(p.out_channels, kLanes), 2);
  return gemm_tasks(phase.pixels(), p.in_channels * phase.taps(), panels, kTilePixels, p.batch,
                    threads);
}

Shape shape_of(const ConvTransposeParams& p, int threads) {
  Shape s;
  for (int64_t i = 0; i < phase_count(p); ++i) {
    const Phase phase = phase_of(p, i);
    if (phase.pixels() == 0) continue;
    const GemmTasks tasks = tasks_of(p, phase, threads);
    const Reduction k{p.in_channels, phase.taps()};
    const int64_t segments = ceil_div(k.segments(), slice_count(k.values()));
    s.gathered_floats = std::max(s.gathered_floats, segments * tasks.chunk * kLanes);
    s.sum_floats = std::max(s.sum_floats, ceil_div(p.out_channels, kLanes) * tasks.chunk * kLanes);
  }
  return s;
}

// Sums of `pixels` ([vector][pixel][kLanes]) to their places, through the epilogue.
void scatter(const ConvTransposeJob& job, const Phase& phase, int64_t image, Range pixels,
             Range vectors, const float* sums) {
  const ConvTransposeParams& p = job.p;
  const VecActivation f = make_activation(p.epilogue.activation, p.epilogue.alpha, p.epilogue.beta);
  const int64_t blocks = ceil_div(p.out_channels, kLanes);
  for (int64_t v = vectors.begin; v < vectors.end; ++v) {
    for (int64_t i = 0; i < pixels.size(); ++i) {
      const int64_t j = pixels.begin + i;
      const int64_t y = phase.y.first + j / phase.x.count * p.stride_height;
      const int64_t x = phase.x.first + j % phase.x.count * p.stride_width;
      const int64_t at = (((image * blocks + v) * p.out_height + y) * p.out_width + x) * kLanes;
      V value = load(sums + (v * pixels.size() + i) * kLanes);
      if (job.residual == nullptr) {
        value = activate_one(f, value);
      } else {
        const V added = load(job.residual + at);
        value = p.epilogue.residual_last ? hn::Add(activate_one(f, value), added)
                                         : activate_one(f, hn::Add(value, added));
      }
      store(value, job.output + at);
    }
  }
}

void run_phase(const ConvTransposeJob& job, const Phase& phase, const Shape& shape,
               ThreadPool& pool) {
  const ConvTransposeParams& p = job.p;
  const ConvParams conv = phase_conv(p, phase);
  const Reduction k{p.in_channels, phase.taps()};
  const int64_t slices = slice_count(k.values());
  const GemmTasks tasks = tasks_of(p, phase, pool.threads());
  const int64_t blocks = ceil_div(p.out_channels, kLanes);
  const Panels panels{job.weights + phase.weight, job.bias, blocks, k.values()};
  const int64_t in_image = ceil_div(p.in_channels, kLanes) * p.in_height * p.in_width * kLanes;
  pool.parallel_for(static_cast<int>(tasks.count() * p.batch), [&](int task, int thread) HWY_ATTR {
    float* gathered = job.scratch + thread * shape.thread_floats();
    const int64_t image = task / tasks.count();
    const Range pixels = tasks.pixels_of(task % tasks.count());
    const Range which = tasks.panels_of(task % tasks.count());
    Sums sums;
    sums.c = gathered + shape.gathered_floats;
    sums.c_vector = pixels.size() * kLanes;
    for (int64_t s = 0; s < slices; ++s) {
      const Range range = part_of(k.segments(), slices, s);
      gather(conv, job.input + image * in_image, range, pixels, gathered);
      gemm_slice(slice_of(k, range, gathered, pixels.size() * kLanes), panels, sums, pixels.size(),
                 which);
    }
    scatter(job, phase, image, pixels, {which.begin * 2, std::min(which.end * 2, blocks)}, sums.c);
  });
}

void dense_target(const ConvTransposeJob& job, ThreadPool& pool) {
  const ConvTransposeParams& p = job.p;
  const Shape shape = shape_of(p, pool.threads());
  const int64_t lanes = ceil_div(p.out_channels, kLanes) * kLanes;
  int64_t weight = 0;
  for (int64_t i = 0; i < phase_count(p); ++i) {
    Phase phase = phase_of(p, i);
    phase.weight = weight;
    weight += lanes * p.in_channels * phase.taps();
    if (phase.pixels() > 0) run_phase(job, phase, shape, pool);
  }
}

int64_t scratch_target(const ConvTransposeParams& p, int threads) {
  return shape_of(p, threads).thread_floats() * threads;
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kDense, dense_target);
POME_ISA_TABLE(kScratch, scratch_target);
}  // namespace

int64_t conv_transpose_dense_scratch(const ConvTransposeParams& params, int threads) {
  return select(kScratch, params.isa)(params, threads);
}

void conv_transpose_dense(const ConvTransposeJob& job, ThreadPool& pool) noexcept {
  select(kDense, job.p.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
