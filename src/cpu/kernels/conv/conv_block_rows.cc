// Streams rows through expand, depthwise and project.
#include "cpu/kernels/conv/conv_block_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_block_rows.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#include "cpu/kernels/conv/depthwise-inl.h"
#include "cpu/kernels/conv/planar-inl.h"
#include "cpu/kernels/conv/pointwise-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// All outputs of a 1x1 convolution, see multiply_pixels().
void multiply(const ConvParams& p, const float* packed, const float* a, int64_t stride,
              int64_t pixels, const Sums& sums) {
  multiply_pixels(p, packed, a, stride, pixels, {0, pointwise_panel_count(p)}, sums);
}

// Expanded rows [from, to) of one image into the ring; `copied` is for a picture's rows.
void expand_rows(const ConvBlockJob& job, const float* image, int64_t from, int64_t to, float* ring,
                 float* copied) {
  const ConvParams& e = job.p.expand;
  const PlanarConv planar{e, job.shape.planar, reinterpret_cast<const int32_t*>(job.scratch),
                          job.expand};
  const int64_t row = int64_t{e.out_width} * kLanes;
  const int64_t most = e.planar_input ? job.shape.planar.rows : job.shape.ring;
  for (int64_t y = from; y < to;) {
    const int64_t at = y % job.shape.ring;
    const int64_t rows = std::min({to - y, job.shape.ring - at, most});
    Sums sums;
    sums.c = ring + at * row;
    sums.c_vector = job.shape.ring * row;
    sums.epilogue = e.epilogue;
    if (e.planar_input) {
      planar_rows(planar, image, {y, y + rows}, sums, copied);
    } else {
      multiply(e, job.expand, image + y * row, e.in_height * row, rows * e.in_width, sums);
    }
    y += rows;
  }
}

// Depthwise results of output rows [rows) to [block][row][pixel][kLanes], blocks `to_block` floats
// apart.
void depthwise_rows(const ConvBlockJob& job, const float* from, int64_t block_floats, Range rows,
                    float* to, int64_t to_block) {
  const ConvParams& d = job.p.depthwise;
  const int64_t out_row = int64_t{d.out_width} * kLanes;
  const int64_t ring = job.p.has_expand ? job.shape.ring : INT64_MAX;
  const float* weights = job.depthwise + conv_bias_floats(d);
  const int64_t blocks = ceil_div(d.in_channels, kLanes);
  for (int64_t block = 0; block < blocks; ++block) {
    for (int64_t y = rows.begin; y < rows.end; ++y) {
      DepthwiseRow row;
      row.rows = from + block * block_floats;
      row.top = depthwise_place(d, y, row) % ring;
      row.wrap = ring;
      row.weights = weights + block * conv_taps(d) * kLanes;
      row.bias = job.depthwise + block * kLanes;
      row.out = to + block * to_block + (y - rows.begin) * out_row;
      depthwise_row(d, row);
    }
  }
}

// What a task knows of its image.
struct Place {
  const float* input;
  float* output;
  const float* residual;
  int64_t in_plane;  // floats from one channel block to the next
  int64_t out_plane;
};

Place place_of(const ConvBlockJob& job, int64_t image) {
  const ConvParams& first = job.p.has_expand ? job.p.expand : job.p.depthwise;
  const ConvParams& last = job.p.has_project ? job.p.project : job.p.depthwise;
  Place place;
  place.in_plane = int64_t{first.in_height} * first.in_width * kLanes;
  place.out_plane = int64_t{last.out_height} * last.out_width * kLanes;
  const int64_t dense = ceil_div(last.out_channels, int64_t{kLanes}) * place.out_plane;
  const int64_t in_image = first.planar_input
                               ? int64_t{first.in_channels} * first.in_height * first.in_width
                               : ceil_div(first.in_channels, int64_t{kLanes}) * place.in_plane;
  place.input = job.input + image * (first.in_batch_stride != 0 ? first.in_batch_stride : in_image);
  place.output = job.output + image * (last.out_batch_stride != 0 ? last.out_batch_stride : dense);
  const int64_t added = last.residual_batch_stride != 0 ? last.residual_batch_stride : dense;
  place.residual = job.residual == nullptr ? nullptr : job.residual + image * added;
  return place;
}

// Output rows [chunk) from `rows_of`, a ring or the input itself.
void finish_rows(const ConvBlockJob& job, const Place& place, const float* rows_of,
                 int64_t block_floats, Range chunk, float* results) {
  const int64_t row = int64_t{job.p.depthwise.out_width} * kLanes;
  if (!job.p.has_project) {
    depthwise_rows(job, rows_of, block_floats, chunk, place.output + chunk.begin * row,
                   place.out_plane);
    return;
  }
  const int64_t pixels = chunk.size() * job.p.depthwise.out_width;
  depthwise_rows(job, rows_of, block_floats, chunk, results, pixels * kLanes);
  Sums sums;
  sums.c = place.output + chunk.begin * row;
  sums.residual = place.residual == nullptr ? nullptr : place.residual + chunk.begin * row;
  sums.c_vector = place.out_plane;
  sums.epilogue = job.p.project.epilogue;
  multiply(job.p.project, job.project, results, pixels * kLanes, pixels, sums);
}

void block_task(const ConvBlockJob& job, int64_t image, Range rows, float* scratch) {
  const ConvParams& d = job.p.depthwise;
  const Place place = place_of(job, image);
  float* ring = scratch;
  float* results = scratch + job.shape.ring_floats;
  const int64_t reach = int64_t{d.kernel_height - 1} * d.dilation_height + 1;
  int64_t expanded = std::max<int64_t>(0, rows.begin * d.stride_height - d.pad_top);
  for (int64_t y = rows.begin; y < rows.end; y += job.shape.chunk) {
    const Range chunk{y, std::min(rows.end, y + job.shape.chunk)};
    if (!job.p.has_expand) {
      finish_rows(job, place, place.input, place.in_plane, chunk, results);
      continue;
    }
    const int64_t needed =
        std::min<int64_t>(d.in_height, (chunk.end - 1) * d.stride_height - d.pad_top + reach);
    expand_rows(job, place.input, expanded, needed, ring, results + job.shape.chunk_floats);
    expanded = std::max(expanded, needed);
    finish_rows(job, place, ring, job.shape.ring * d.in_width * kLanes, chunk, results);
  }
}

void block_target(const ConvBlockJob& job, ThreadPool& pool) {
  const int64_t tasks = job.shape.tasks;
  const int64_t height = job.p.depthwise.out_height;
  pool.parallel_for(static_cast<int>(tasks * job.p.depthwise.batch), [&](int task,
                                                                         int thread) HWY_ATTR {
    block_task(job, task / tasks, part_of(height, tasks, task % tasks),
               job.scratch + job.shape.planar.table_floats + thread * job.shape.thread_floats());
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kBlock, block_target);
}  // namespace

void conv_block_rows(const ConvBlockJob& job, ThreadPool& pool) noexcept {
  select(kBlock, job.p.depthwise.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
