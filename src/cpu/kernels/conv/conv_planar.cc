// A network's first convolution, straight from plain NCHW with 1 to 4 channels.
#include "cpu/kernels/conv/conv_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_planar.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/conv/planar-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

void planar_target(const ConvJob& job, ThreadPool& pool) {
  const ConvParams& p = job.p;
  PlanarConv conv;
  conv.p = p;
  conv.shape = conv_planar_shape(p, pool.threads());
  conv.packed = job.bias;
  int32_t* table = reinterpret_cast<int32_t*>(job.scratch);
  planar_table(p, conv.shape, table);
  conv.table = table;
  const int64_t tasks = ceil_div(p.out_height, conv.shape.rows);  // of one image
  pool.parallel_for(static_cast<int>(tasks * p.batch), [&](int task, int thread) HWY_ATTR {
    const int64_t image = task / tasks;
    const int64_t first = task % tasks * conv.shape.rows;
    const Range rows{first, std::min<int64_t>(first + conv.shape.rows, p.out_height)};
    const int64_t at = first * p.out_width * kLanes;
    Sums sums;
    sums.c = job.output + image * job.out_image + at;
    sums.residual =
        job.residual == nullptr ? nullptr : job.residual + image * job.residual_image + at;
    sums.c_vector = int64_t{p.out_height} * p.out_width * kLanes;
    sums.epilogue = p.epilogue;
    planar_rows(conv, job.input + image * job.in_image, rows, sums,
                job.scratch + conv.shape.table_floats + thread * conv.shape.copy_floats);
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kPlanar, planar_target);
}  // namespace

PlanarShape conv_planar_shape(const ConvParams& params, int threads) {
  // Few enough rows to balance the threads, so many that those that two tasks read are copied
  // rarely.
  return planar_shape(params, std::clamp<int64_t>(params.out_height / (4 * threads), 1, 8));
}

int64_t conv_planar_scratch(const ConvParams& params, int threads) {
  const PlanarShape s = conv_planar_shape(params, threads);
  return s.table_floats + s.copy_floats * threads;
}

void conv_planar(const ConvJob& job, ThreadPool& pool) noexcept {
  select(kPlanar, job.p.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
