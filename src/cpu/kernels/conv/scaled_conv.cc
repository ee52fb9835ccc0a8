// Scales a chunk of pixels, slice by slice, then multiplies.
#include "cpu/kernels/conv/scaled_conv.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/scaled_conv.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/try.h"
#include "cpu/kernels/conv/conv_job.h"
#include "cpu/kernels/conv/sliced_conv-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

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
  const SlicedConv shape = sliced_conv(job.p, 1, pool.threads());
  const int64_t plane = shape.tasks.pixels * kLanes;
  const int64_t scale_image = params.scale_per_image ? shape.k.blocks() * kLanes : 0;
  const VecActivation f = make_activation(params.activation, params.alpha, params.beta);
  const auto fill = [&](int64_t image, Range blocks, Range pixels, float* to) HWY_ATTR {
    const float* input = job.input + image * job.in_image + pixels.begin * kLanes;
    scale_blocks(f, scale + image * scale_image, shift, input, plane, blocks, pixels.size(), to);
  };
  run_sliced(job, shape, pool, fill);
}

int64_t scratch_target(const ConvParams& p, int threads) {
  return sliced_conv(p, 1, threads).thread_floats * threads;
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
