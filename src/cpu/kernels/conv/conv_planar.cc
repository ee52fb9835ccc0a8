// A network's first convolution, straight from plain NCHW with 1 to 4 channels: every value of
// (channel, tap) is one step of the tile, broadcast from neighbouring floats of a row.
#include "cpu/kernels/conv/conv_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_planar.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// A task computes some output rows. It first copies the input rows they need, with zeros around, as
// [channel][row][phase][column]: phase is the column modulo the stride, so that the inputs of
// neighbouring outputs lie side by side. Stride 2 keeps its order and steps over every other float.
struct Shape {
  int64_t phases;
  int64_t phase_floats;
  int64_t row_floats;
  int64_t out_rows;  // of a task
  int64_t copy_rows;
  int64_t tasks;  // of one image
  int64_t values;
  int64_t table_floats;  // offsets of the values, as int32
  int64_t thread_floats;
};

Shape shape_of(const ConvParams& p, int threads) {
  Shape s;
  const int64_t reach_x = int64_t{p.kernel_width - 1} * p.dilation_width;
  const int64_t reach_y = int64_t{p.kernel_height - 1} * p.dilation_height;
  s.phases = p.stride_width <= 2 ? 1 : p.stride_width;
  const int64_t columns = (int64_t{p.out_width} - 1) * p.stride_width + reach_x + 1;
  s.phase_floats = round_up(ceil_div(columns, s.phases), 16);
  s.row_floats = s.phases * s.phase_floats;
  // Enough tasks to balance the threads, few enough that rows shared by two are copied rarely.
  const int64_t wanted = threads == 1 ? 4 : 4 * threads;
  s.out_rows = std::clamp<int64_t>(p.out_height / wanted, 1, 8);
  s.copy_rows = (s.out_rows - 1) * p.stride_height + reach_y + 1;
  s.tasks = ceil_div(p.out_height, s.out_rows);
  s.values = p.in_channels * conv_taps(p);
  s.table_floats = round_up(s.values, 16);
  s.thread_floats = p.in_channels * s.copy_rows * s.row_floats;
  return s;
}

void copy_row(const ConvParams& p, const Shape& s, const float* row, float* to) {
  for (int64_t phase = 0; phase < s.phases; ++phase) {
    float* out = to + phase * s.phase_floats;
    const int64_t first = phase - p.pad_left;
    int64_t i = 0;
    for (; i < s.phase_floats && first + i * s.phases < 0; ++i) out[i] = 0;
    if (s.phases == 1) {
      const int64_t n = std::min<int64_t>(s.phase_floats - i, p.in_width - (first + i));
      if (n > 0) {
        std::memcpy(out + i, row + first + i, static_cast<size_t>(n) * sizeof(float));
        i += n;
      }
    } else {
      for (; i < s.phase_floats && first + i * s.phases < p.in_width; ++i) {
        out[i] = row[first + i * s.phases];
      }
    }
    for (; i < s.phase_floats; ++i) out[i] = 0;
  }
}

void copy_rows(const ConvParams& p, const Shape& s, const float* image, int64_t first_out,
               float* to) {
  const int64_t first = first_out * p.stride_height - p.pad_top;
  for (int64_t c = 0; c < p.in_channels; ++c) {
    for (int64_t r = 0; r < s.copy_rows; ++r, to += s.row_floats) {
      const int64_t y = first + r;
      if (y < 0 || y >= p.in_height) {
        std::memset(to, 0, static_cast<size_t>(s.row_floats) * sizeof(float));
      } else {
        copy_row(p, s, image + (c * p.in_height + y) * p.in_width, to);
      }
    }
  }
}

void fill_table(const ConvParams& p, const Shape& s, int32_t* table) {
  for (int64_t c = 0; c < p.in_channels; ++c) {
    for (int64_t ky = 0; ky < p.kernel_height; ++ky) {
      for (int64_t kx = 0; kx < p.kernel_width; ++kx) {
        const int64_t row = c * s.copy_rows + ky * p.dilation_height;
        const int64_t x = kx * p.dilation_width;
        *table++ =
            static_cast<int32_t>(row * s.row_floats + x % s.phases * s.phase_floats + x / s.phases);
      }
    }
  }
}

// Output rows [rows) of one image; `sums` is its first pixel.
void planar_rows(const ConvParams& p, const Shape& s, const Panels& panels, const Sums& sums,
                 const int32_t* table, const float* copied, Range rows) {
  Tile t;
  t.segments = table;
  t.tail_segments = static_cast<int32_t>(s.values);
  t.c_pixel = kLanes;
  t.c_vector = sums.c_vector;
  const bool in_tile = finishes_in_tile(sums.epilogue);
  set_clamp(t, sums.epilogue, in_tile);
  const bool add = sums.epilogue.has_residual && !sums.epilogue.residual_last;
  const int64_t tiles = ceil_div(p.out_width, kTilePixels);
  const int64_t step = s.phases == 1 ? p.stride_width : 1;
  for (int64_t panel = 0; panel < panels.count(); ++panel) {
    const int vectors = panels.vectors_of(panel);
    const TileFn* table_of = step == 2 ? (vectors == 2 ? tile_table<2, 2>() : tile_table<1, 2>())
                                       : (vectors == 2 ? tile_table<2, 1>() : tile_table<1, 1>());
    t.b = panels.at(panel, 0);
    t.bias = panels.bias + panel * 2 * kLanes;
    for (int64_t y = rows.begin; y < rows.end; ++y) {
      const float* row = copied + (y - rows.begin) * p.stride_height * s.row_floats;
      int64_t x = 0;
      for (int64_t i = 0; i < tiles; ++i) {
        const int64_t count = ceil_div(p.out_width - x, tiles - i);
        const int64_t pixel = y * p.out_width + x;
        const int64_t at = pixel * kLanes + panel * 2 * sums.c_vector;
        t.a = row + x * step;
        t.c = sums.c + at;
        t.residual = add ? sums.residual + at : nullptr;
        table_of[count](t);
        if (!in_tile) finish_tile(sums, pixel, count, panel * 2, vectors);
        x += count;
      }
    }
  }
}

void planar_target(const ConvJob& job, ThreadPool& pool) {
  const ConvParams& p = job.p;
  const Shape s = shape_of(p, pool.threads());
  const Panels panels{job.weights, job.bias, ceil_div(p.out_channels, kLanes), s.values};
  int32_t* table = reinterpret_cast<int32_t*>(job.scratch);
  fill_table(p, s, table);
  pool.parallel_for(static_cast<int>(s.tasks * p.batch), [&](int task, int thread) HWY_ATTR {
    float* copied = job.scratch + s.table_floats + thread * s.thread_floats;
    const int64_t image = task / s.tasks;
    const int64_t first = task % s.tasks * s.out_rows;
    const Range rows{first, std::min<int64_t>(first + s.out_rows, p.out_height)};
    copy_rows(p, s, job.input + image * job.in_image, first, copied);
    Sums sums;
    sums.c = job.output + image * job.out_image;
    sums.residual = job.residual == nullptr ? nullptr : job.residual + image * job.residual_image;
    sums.c_vector = int64_t{p.out_height} * p.out_width * kLanes;
    sums.epilogue = p.epilogue;
    planar_rows(p, s, panels, sums, table, copied, rows);
  });
}

int64_t scratch_target(const ConvParams& p, int threads) {
  const Shape s = shape_of(p, threads);
  return s.table_floats + s.thread_floats * threads;
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kPlanar, planar_target);
POME_ISA_TABLE(kScratch, scratch_target);
}  // namespace

int64_t conv_planar_scratch(const ConvParams& params, int threads) {
  return select(kScratch, params.isa)(params, threads);
}

void conv_planar(const ConvJob& job, ThreadPool& pool) noexcept {
  select(kPlanar, job.p.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
