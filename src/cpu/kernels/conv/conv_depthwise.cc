// Depthwise convolution: every channel by itself, lane by lane.
#include "cpu/kernels/conv/conv_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_depthwise.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#include "cpu/kernels/conv/depthwise-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

void depthwise_target(const ConvJob& job, ThreadPool& pool) {
  const ConvParams& p = job.p;
  const int64_t blocks = ceil_div(p.out_channels, kLanes);
  const int64_t in_plane = int64_t{p.in_height} * p.in_width * kLanes;
  const int64_t out_row = int64_t{p.out_width} * kLanes;
  const int64_t rows = p.batch * blocks * p.out_height;
  const int tasks = task_count(rows, out_row * conv_taps(p), 1 << 16, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(rows, tasks, task);
    for (int64_t i = mine.begin; i < mine.end; ++i) {
      const int64_t y = i % p.out_height;
      const int64_t block = i / p.out_height % blocks;
      const int64_t image = i / p.out_height / blocks;
      const int64_t at = (block * p.out_height + y) * out_row;
      DepthwiseRow row;
      row.rows = job.input + image * job.in_image + block * in_plane;
      row.top = depthwise_place(p, y, row);
      row.weights = job.weights + block * conv_taps(p) * kLanes;
      row.bias = job.bias + block * kLanes;
      row.residual =
          job.residual == nullptr ? nullptr : job.residual + image * job.residual_image + at;
      row.out = job.output + image * job.out_image + at;
      depthwise_row(p, row);
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kDepthwise, depthwise_target);
}  // namespace

int64_t conv_depthwise_scratch(const ConvParams&, int) { return 0; }

void conv_depthwise(const ConvJob& job, ThreadPool& pool) noexcept {
  select(kDepthwise, job.p.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
