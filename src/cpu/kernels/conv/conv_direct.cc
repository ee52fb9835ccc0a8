// Any dense convolution: chunks of output pixels are gathered slice by slice, then multiplied.
#include "cpu/kernels/conv/conv_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_direct.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/conv/gather-inl.h"
#include "cpu/kernels/conv/sliced_conv-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

SlicedConv shape_of(const ConvParams& p, int threads) {
  return sliced_conv(p, conv_taps(p), threads);
}

void direct_target(const ConvJob& job, ThreadPool& pool) {
  const auto fill = [&job](int64_t image, Range segments, Range pixels, float* to) HWY_ATTR {
    gather(job.p, job.input + image * job.in_image, segments, pixels, to);
  };
  run_sliced(job, shape_of(job.p, pool.threads()), pool, fill);
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
