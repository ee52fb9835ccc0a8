#include "cpu/kernels/reorder/reorder.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/reorder/reorder.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/reorder/tile-inl.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// `lanes` channels of one block: rows of `pixels` floats to vectors of channels, pixels [begin,
// end).
void nchw_to_block(const float* plain, float* blocked, int64_t pixels, int lanes, Range part) {
  for (int64_t p = part.begin; p < part.end; p += kLanes) {
    const int64_t n = part.end - p < kLanes ? part.end - p : kLanes;
    V r[kLanes];
    for (int k = 0; k < kLanes; ++k) {
      const float* row = plain + k * pixels + p;
      r[k] = k >= lanes ? hn::Zero(D()) : n == kLanes ? load(row) : load_tail(row, n);
    }
    transpose_tile(r);
    for (int64_t i = 0; i < n; ++i) store(r[i], blocked + (p + i) * kLanes);
  }
}

void block_to_nchw(const float* blocked, float* plain, int64_t pixels, int lanes, Range part) {
  for (int64_t p = part.begin; p < part.end; p += kLanes) {
    const int64_t n = part.end - p < kLanes ? part.end - p : kLanes;
    V r[kLanes];
    for (int i = 0; i < kLanes; ++i) {
      r[i] = i < n ? load(blocked + (p + i) * kLanes) : hn::Zero(D());
    }
    transpose_tile(r);
    for (int k = 0; k < lanes; ++k) {
      float* row = plain + k * pixels + p;
      if (n == kLanes) {
        store(r[k], row);
      } else {
        store_tail(r[k], row, n);
      }
    }
  }
}

void nhwc_to_block(const float* plain, float* blocked, int64_t channels, int lanes, Range part) {
  for (int64_t p = part.begin; p < part.end; ++p) {
    const float* from = plain + p * channels;
    store(lanes == kLanes ? load(from) : load_tail(from, lanes), blocked + p * kLanes);
  }
}

void block_to_nhwc(const float* blocked, float* plain, int64_t channels, int lanes, Range part) {
  for (int64_t p = part.begin; p < part.end; ++p) {
    const V v = load(blocked + p * kLanes);
    if (lanes == kLanes) {
      store(v, plain + p * channels);
    } else {
      store_tail(v, plain + p * channels, lanes);
    }
  }
}

void reorder_target(const ReorderParams& p, const float* in, float* out, ThreadPool& pool) {
  const int64_t blocks = ceil_div(p.channels, kLanes);
  if (p.batch * blocks * p.pixels == 0) return;
  const int64_t stride =
      p.blocked_batch_stride != 0 ? p.blocked_batch_stride : blocks * p.pixels * kLanes;
  // Pixels are cut too, so that one block of a large picture keeps all threads busy.
  const int wanted = task_count(p.batch * blocks * p.pixels, kLanes, 1 << 14, pool.threads());
  const int64_t parts = ceil_div(wanted, p.batch * blocks);
  const int64_t items = p.batch * blocks * parts;
  const int tasks = static_cast<int>(items < wanted ? items : wanted);
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(items, tasks, task);
    for (int64_t item = mine.begin; item < mine.end; ++item) {
      const int64_t image = item / parts / blocks;
      const int64_t b = item / parts % blocks;
      const Range part = part_of(p.pixels, parts, item % parts, kLanes);
      const int64_t left = p.channels - b * kLanes;
      const int lanes = static_cast<int>(left < kLanes ? left : kLanes);
      const int64_t blocked = image * stride + b * p.pixels * kLanes;
      const int64_t plain = image * p.channels * p.pixels;
      switch (p.kind) {
        case ReorderKind::kNchwToBlocked:
          nchw_to_block(in + plain + b * kLanes * p.pixels, out + blocked, p.pixels, lanes, part);
          break;
        case ReorderKind::kBlockedToNchw:
          block_to_nchw(in + blocked, out + plain + b * kLanes * p.pixels, p.pixels, lanes, part);
          break;
        case ReorderKind::kNhwcToBlocked:
          nhwc_to_block(in + plain + b * kLanes, out + blocked, p.channels, lanes, part);
          break;
        case ReorderKind::kBlockedToNhwc:
          block_to_nhwc(in + blocked, out + plain + b * kLanes, p.channels, lanes, part);
          break;
      }
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kReorder, reorder_target);
}  // namespace

void reorder_run(const ReorderParams& params, const float* input, float* output,
                 ThreadPool& pool) noexcept {
  select(kReorder, params.isa)(params, input, output, pool);
}

}  // namespace pome::cpu
#endif
