#include "cpu/kernels/pool/pool.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/pool/pool.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/try.h"
#include "cpu/blocked.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/pool/pool_row-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

void pool_target(const PoolParams& p, const float* in, float* out, float* scratch,
                 ThreadPool& pool) {
  const int64_t blocks = ceil_div(p.channels, kLanes);
  const int64_t in_plane = int64_t{p.in_height} * p.in_width * kLanes;
  const int64_t out_plane = int64_t{p.out_height} * p.out_width * kLanes;
  const int64_t in_image = p.in_batch_stride != 0 ? p.in_batch_stride : blocks * in_plane;
  const int64_t out_image = p.out_batch_stride != 0 ? p.out_batch_stride : blocks * out_plane;
  const int64_t rows = p.batch * blocks * p.out_height;
  const int64_t work = int64_t{p.in_width} * kLanes * std::min(p.kernel_height, p.in_height);
  const int tasks = task_count(rows, work, 1 << 14, pool.threads());
  pool.parallel_for(tasks, [&](int task, int thread) HWY_ATTR {
    float* buffer = scratch + int64_t{thread} * p.in_width * kLanes;
    const Range mine = part_of(rows, tasks, task);
    for (int64_t row = mine.begin; row < mine.end; ++row) {
      const int64_t y = row % p.out_height;
      const int64_t b = row / p.out_height % blocks;
      const int64_t image = row / p.out_height / blocks;
      const float* from = in + image * in_image + b * in_plane;
      float* to = out + image * out_image + b * out_plane + y * p.out_width * kLanes;
      pool_row(p, {from}, y, buffer, to);
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kPool, pool_target);
}  // namespace

Status pool_check(const PoolParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"batch", p.batch}, {"channels", p.channels}}, 1));
  POME_TRY(check_sizes({{"bottom padding", p.pad_bottom}, {"right padding", p.pad_right}}, 0));
  POME_TRY(check_window(
      {"height", p.in_height, p.out_height, p.kernel_height, p.stride_height, 1, p.pad_top}));
  POME_TRY(check_window(
      {"width", p.in_width, p.out_width, p.kernel_width, p.stride_width, 1, p.pad_left}));
  const int64_t channels = round_up(p.channels, channel_block(p.isa));
  POME_TRY(check_product("pooling's input", {p.batch, channels, p.in_height, p.in_width}));
  return check_product("pooling's output", {p.batch, channels, p.out_height, p.out_width});
}

int64_t pool_scratch_bytes(const PoolParams& params, int threads) {
  return int64_t{params.in_width} * channel_block(params.isa) * threads *
         static_cast<int64_t>(sizeof(float));
}

void pool_run(const PoolParams& params, const float* input, float* output, void* scratch,
              ThreadPool& pool) noexcept {
  select(kPool, params.isa)(params, input, output, static_cast<float*>(scratch), pool);
}

}  // namespace pome::cpu
#endif
