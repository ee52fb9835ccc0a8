#include "cpu/kernels/gemm/linear_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/gemm/linear_rows.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/conv/gemm_tasks.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/gemm/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// A task blocks a slice of its rows' features, multiplies it with its panels, then takes the next
// slice. The last panel may reach beyond the row: its sums go to scratch and are copied.
struct Shape {
  Reduction k;
  GemmTasks tasks;
  int64_t slices;
  int64_t blocked_floats;
  int64_t thread_floats;
};

Shape shape_of(const LinearParams& p, int threads) {
  Shape s;
  s.k = {p.in_features, 1};
  const int64_t panels = ceil_div(ceil_div(p.out_features, kLanes), 2);
  s.tasks = gemm_tasks(p.rows, p.in_features, panels, kTilePixels, 1, threads);
  s.slices = slice_count(p.in_features);
  s.blocked_floats = ceil_div(s.k.segments(), s.slices) * s.tasks.chunk * kLanes;
  s.thread_floats = s.blocked_floats + s.tasks.chunk * 2 * kLanes;
  return s;
}

void rows_target(const LinearParams& p, const LinearBuffers& b, ThreadPool& pool) {
  const Shape shape = shape_of(p, pool.threads());
  const float* bias = static_cast<const float*>(b.packed);
  const Panels panels{bias + linear_bias_floats(p), bias, ceil_div(p.out_features, kLanes),
                      p.in_features};
  const int64_t whole = p.out_features / (2 * kLanes);  // panels that end inside the row
  pool.parallel_for(static_cast<int>(shape.tasks.count()), [&](int task, int thread) HWY_ATTR {
    float* blocked = static_cast<float*>(b.scratch) + thread * shape.thread_floats;
    float* tail = blocked + shape.blocked_floats;
    const Range rows = shape.tasks.pixels_of(task);
    const Range which = shape.tasks.panels_of(task);
    const int64_t at = rows.begin * p.out_features;
    Sums sums;
    sums.c = b.output + at;
    sums.residual = p.epilogue.has_residual ? b.residual + at : nullptr;
    sums.c_pixel = p.out_features;
    sums.c_vector = kLanes;
    sums.epilogue = p.epilogue;
    Sums last_sums;
    last_sums.c = tail - whole * 2 * kLanes;  // so that panel `whole` lands at `tail`
    last_sums.c_pixel = 2 * kLanes;
    last_sums.c_vector = kLanes;
    for (int64_t s = 0; s < shape.slices; ++s) {
      const Range range = part_of(shape.k.segments(), shape.slices, s);
      const Range columns{range.begin * kLanes, std::min(range.end * kLanes, p.in_features)};
      block_rows(b.input + rows.begin * p.in_features, p.in_features, rows.size(), columns,
                 blocked);
      const Slice slice = slice_of(shape.k, range, blocked, rows.size() * kLanes);
      gemm_slice(slice, panels, sums, rows.size(), {which.begin, std::min(which.end, whole)});
      if (which.end > whole) {
        gemm_slice(slice, panels, last_sums, rows.size(),
                   {std::max(which.begin, whole), which.end});
      }
    }
    if (which.end > whole) {
      const int64_t first = whole * 2 * kLanes;
      finish_rows(p.epilogue, tail, rows.size(), p.out_features - first, p.out_features,
                  sums.residual == nullptr ? nullptr : sums.residual + first, sums.c + first);
    }
  });
}

int64_t scratch_target(const LinearParams& p, int threads) {
  return shape_of(p, threads).thread_floats * threads;
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kRows, rows_target);
POME_ISA_TABLE(kScratch, scratch_target);
}  // namespace

int64_t linear_rows_scratch(const LinearParams& params, int threads) {
  return select(kScratch, params.isa)(params, threads);
}

void linear_rows(const LinearParams& params, const LinearBuffers& buffers,
                 ThreadPool& pool) noexcept {
  select(kRows, params.isa)(params, buffers, pool);
}

}  // namespace pome::cpu
#endif
