// 1x1 convolution with stride 1: a matrix product over pixels, straight from the blocked input.
#include "cpu/kernels/conv/conv_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_pointwise.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/conv/pointwise-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

void pointwise_target(const ConvJob& job, ThreadPool& pool) {
  const GemmTasks tasks = pointwise_tasks(job.p, pool.threads());
  pool.parallel_for(static_cast<int>(tasks.count() * job.p.batch), [&](int task, int) HWY_ATTR {
    run_pointwise_task(job, tasks, task / tasks.count(), task % tasks.count());
  });
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
