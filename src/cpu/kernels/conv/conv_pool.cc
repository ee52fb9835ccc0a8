// Streams rows through a planar convolution and a pooling.
#include "cpu/kernels/conv/conv_pool.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_pool.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#include "base/try.h"
#include "cpu/cache.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/conv/conv_job.h"
#include "cpu/kernels/conv/planar-inl.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/pool/pool_row-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// Rows of the convolution that are made at a time, at most: as many as a task of the convolution
// alone.
constexpr int64_t kMostRows = 8;

// A task makes a range of pooled rows, `chunk` at a time. The convolution's rows are made in pieces
// of as many as a chunk moves on, and lie in a ring of a few pieces: none is cut by its end.
struct Shape {
  int64_t chunk;
  int64_t piece;
  int64_t ring;
  int64_t tasks;  // of one image
  int64_t ring_floats;
  int64_t pool_floats;
  PlanarShape planar;
  int64_t thread_floats() const { return ring_floats + pool_floats + planar.copy_floats; }
};

Shape shape_of(const ConvPoolParams& params, int threads) {
  const ConvParams& c = params.conv;
  const PoolParams& p = params.pool;
  const int64_t row = int64_t{c.out_width} * round_up(c.out_channels, kLanes);
  const int64_t reach = std::max(0, p.kernel_height - p.stride_height);
  const auto ring_of = [&](int64_t chunk) {
    const int64_t piece = chunk * p.stride_height;
    return piece * (1 + ceil_div(reach, piece));
  };
  Shape s;
  s.chunk = 1;
  while (s.chunk < p.out_height && (s.chunk + 1) * p.stride_height <= kMostRows &&
         ring_of(s.chunk + 1) * row <= params.thread_floats) {
    ++s.chunk;
  }
  s.piece = s.chunk * p.stride_height;
  s.ring = ring_of(s.chunk);
  // Rows that two tasks need are made twice: no more tasks than balance the threads.
  s.tasks = std::min<int64_t>(p.out_height, threads == 1 ? 1 : 2 * threads);
  s.ring_floats = s.ring * row;
  s.pool_floats = int64_t{c.out_width} * kLanes;
  s.planar = planar_shape(c, std::min<int64_t>(s.piece, c.out_height));
  return s;
}

struct Job {
  const ConvPoolParams& params;
  const ConvJob& conv;  // its output is the pooling's
  Shape shape;
  PlanarConv planar;
};

// Pooled rows [rows) of one image.
void pool_task(const Job& job, int64_t image, Range rows, float* scratch) {
  const ConvParams& c = job.params.conv;
  const PoolParams& p = job.params.pool;
  const Shape& s = job.shape;
  const int64_t blocks = ceil_div(c.out_channels, kLanes);
  const int64_t row = int64_t{c.out_width} * kLanes;
  const int64_t out_row = int64_t{p.out_width} * kLanes;
  const int64_t out_plane = p.out_height * out_row;
  float* ring = scratch;
  float* buffer = ring + s.ring_floats;
  float* copied = buffer + s.pool_floats;
  float* out =
      job.conv.output + image * (p.out_batch_stride != 0 ? p.out_batch_stride : blocks * out_plane);
  Sums sums;
  sums.c_vector = s.ring * row;
  sums.epilogue = c.epilogue;
  const auto end_of = [&](int64_t y) {  // of what pooled rows before y read
    return (y - 1) * p.stride_height - p.pad_top + p.kernel_height;
  };
  // Rows outside the convolution's output are not made; they count, so that pieces meet the ring.
  const int64_t first = rows.begin * p.stride_height - p.pad_top;
  const int64_t last = std::min<int64_t>(end_of(rows.end), c.out_height);
  int64_t made = first;
  for (int64_t y = rows.begin; y < rows.end; y += s.chunk) {
    const Range chunk{y, std::min(rows.end, y + s.chunk)};
    for (const int64_t end = end_of(chunk.end); made < end; made += s.piece) {
      const Range piece{std::max<int64_t>(made, 0), std::min(made + s.piece, last)};
      if (piece.size() <= 0) continue;
      sums.c = ring + (piece.begin - first) % s.ring * row;
      planar_rows(job.planar, job.conv.input + image * job.conv.in_image, piece, sums, copied);
    }
    for (int64_t b = 0; b < blocks; ++b) {
      const PoolInput in{ring + b * sums.c_vector, first, s.ring};
      for (int64_t i = chunk.begin; i < chunk.end; ++i)
        pool_row(p, in, i, buffer, out + b * out_plane + i * out_row);
    }
  }
}

void conv_pool_target(const ConvPoolParams& params, const ConvJob& conv, ThreadPool& pool) {
  Job job{params, conv, shape_of(params, pool.threads()), {}};
  int32_t* table = reinterpret_cast<int32_t*>(conv.scratch);
  planar_table(params.conv, job.shape.planar, table);
  job.planar = {params.conv, job.shape.planar, table, conv.bias};
  const int64_t tasks = job.shape.tasks;
  pool.parallel_for(static_cast<int>(tasks * params.conv.batch), [&](int task,
                                                                     int thread) HWY_ATTR {
    pool_task(job, task / tasks, part_of(params.pool.out_height, tasks, task % tasks),
              conv.scratch + job.shape.planar.table_floats + thread * job.shape.thread_floats());
  });
}

int64_t scratch_target(const ConvPoolParams& params, int threads) {
  const Shape s = shape_of(params, threads);
  return s.planar.table_floats + s.thread_floats() * threads;
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kConvPool, conv_pool_target);
POME_ISA_TABLE(kScratch, scratch_target);
}  // namespace

Status conv_pool_choose(ConvPoolParams& params) {
  ConvParams& c = params.conv;
  const PoolParams& p = params.pool;
  if (params.thread_floats == 0) params.thread_floats = second_cache_share();
  POME_TRY(check_sizes({{"floats of a thread", params.thread_floats}}, 1));
  c.algorithm = ConvAlgorithm::kPlanarInput;
  POME_TRY(conv_choose(c));
  POME_TRY(pool_check(p));
  if (c.epilogue.has_residual) return Error(ErrorCode::kUnsupported, "conv: adds a residual");
  if (c.batch == p.batch && c.out_channels == p.channels && c.out_height == p.in_height &&
      c.out_width == p.in_width && c.isa == p.isa && c.out_batch_stride == 0 &&
      p.in_batch_stride == 0) {
    return {};
  }
  return Error(ErrorCode::kUnsupported, "conv and pool do not fit one another");
}

bool conv_pool_pays(const ConvPoolParams& params, int threads) {
  const ConvParams& c = params.conv;
  const int64_t between = blocked_elements(1, c.out_channels, c.out_height, c.out_width, c.isa);
  // Tasks are pooled rows: each thread needs several.
  return params.pool.out_height >= 8 * threads && between >= 2 * params.thread_floats;
}

int64_t conv_pool_scratch_bytes(const ConvPoolParams& params, int threads) {
  return select(kScratch, params.conv.isa)(params, threads) * static_cast<int64_t>(sizeof(float));
}

void conv_pool_run(const ConvPoolParams& params, const ConvBuffers& buffers,
                   ThreadPool& pool) noexcept {
  select(kConvPool, params.conv.isa)(params, conv_job(params.conv, buffers), pool);
}

}  // namespace pome::cpu
#endif
