#include "cpu/kernels/gemm/matmul.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/gemm/matmul.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <string>

#include "base/try.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/conv/gemm_tasks.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/gemm/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// As linear_rows.cc, except that each task also packs the panels it multiplies with.
struct Shape {
  Reduction k;
  GemmTasks tasks;
  int64_t batches;
  int64_t slices;
  int64_t blocked_floats;
  int64_t panel_floats;
  int64_t thread_floats;
};

Shape shape_of(const MatmulParams& p, int threads) {
  Shape s;
  s.batches = 1;
  for (int i = 0; i < p.batch_rank; ++i) s.batches *= p.batch_dims[i];
  s.k = {p.k, 1};
  const int64_t panels = ceil_div(ceil_div(p.n, kLanes), 2);
  s.tasks = gemm_tasks(p.m, p.k, panels, kTilePixels, std::max<int64_t>(1, s.batches), threads);
  s.slices = slice_count(p.k);
  const int64_t segments = ceil_div(s.k.segments(), s.slices);
  s.blocked_floats = segments * s.tasks.chunk * kLanes;
  s.panel_floats = segments * kLanes * 2 * kLanes;
  s.thread_floats = s.blocked_floats + s.panel_floats + s.tasks.chunk * 2 * kLanes + 2 * kLanes;
  return s;
}

// Rows [rows) of x, values [values) of the reduction, as [block][row][kLanes].
void block_x(const MatmulParams& p, const float* x, Range rows, Range values, float* to) {
  if (!p.transpose_x) {
    block_rows(x + rows.begin * p.k, p.k, rows.size(), values, to);
    return;
  }
  for (int64_t k = values.begin; k < values.end; k += kLanes, to += rows.size() * kLanes) {
    const int64_t n = std::min<int64_t>(kLanes, values.end - k);
    for (int64_t i = 0; i < n; ++i) {
      const float* column = x + (k + i) * p.m + rows.begin;
      for (int64_t r = 0; r < rows.size(); ++r) to[r * kLanes + i] = column[r];
    }
  }
}

// Columns [first, first + 2 * kLanes) of y that exist, as [value][vectors * kLanes]; 0 behind them.
void pack_y(const MatmulParams& p, const float* y, int64_t first, int64_t vectors, Range values,
            float* to) {
  const int64_t width = vectors * kLanes;
  const int64_t columns = std::min(width, p.n - first);
  if (p.transpose_y) {
    for (int64_t j = 0; j < width; ++j) {
      const float* row = y + (first + j) * p.k;
      for (int64_t k = values.begin; k < values.end; ++k) {
        to[(k - values.begin) * width + j] = j < columns ? row[k] : 0.0f;
      }
    }
    return;
  }
  for (int64_t k = values.begin; k < values.end; ++k, to += width) {
    const float* row = y + k * p.n + first;
    for (int64_t v = 0; v < width; v += kLanes) {
      const int64_t n = columns - v;
      store(n >= kLanes ? load(row + v) : n > 0 ? load_tail(row + v, n) : hn::Zero(D()), to + v);
    }
  }
}

struct Matrices {
  const float* x;
  const float* y;
  float* out;
};

Matrices matrices_of(const MatmulParams& p, const Matrices& all, int64_t batch) {
  Matrices one{all.x, all.y, all.out + batch * p.m * p.n};
  for (int i = p.batch_rank - 1; i >= 0; --i) {
    const int64_t index = batch % p.batch_dims[i];
    batch /= p.batch_dims[i];
    one.x += index * p.x_strides[i];
    one.y += index * p.y_strides[i];
  }
  return one;
}

void matmul_task(const MatmulParams& p, const Shape& shape, const Matrices& one, Range rows,
                 Range which, float* scratch) {
  float* blocked = scratch;
  float* panel = blocked + shape.blocked_floats;
  float* tile = panel + shape.panel_floats;
  float* zeros = tile + shape.tasks.chunk * 2 * kLanes;
  std::fill_n(zeros, 2 * kLanes, 0.0f);
  for (int64_t s = 0; s < shape.slices; ++s) {
    const Range range = part_of(shape.k.segments(), shape.slices, s);
    const Range values{range.begin * kLanes, std::min(range.end * kLanes, p.k)};
    block_x(p, one.x, rows, values, blocked);
    Slice slice = slice_of(shape.k, range, blocked, rows.size() * kLanes);
    slice.value = 0;  // the panel is packed for this slice alone
    for (int64_t which_panel = which.begin; which_panel < which.end; ++which_panel) {
      const int64_t first = which_panel * 2 * kLanes;
      const int64_t columns = std::min<int64_t>(2 * kLanes, p.n - first);
      const int64_t vectors = ceil_div(columns, kLanes);
      pack_y(p, one.y, first, vectors, values, panel);
      const Panels panels{panel, zeros, vectors, values.size()};
      const bool direct = columns == vectors * kLanes;
      Sums sums;
      sums.c = direct ? one.out + rows.begin * p.n + first : tile;
      sums.c_pixel = direct ? p.n : 2 * kLanes;
      sums.c_vector = kLanes;
      if (!direct && !slice.first) {
        for (int64_t r = 0; r < rows.size(); ++r) {
          const float* from = one.out + (rows.begin + r) * p.n + first;
          std::memcpy(tile + r * 2 * kLanes, from, static_cast<size_t>(columns) * sizeof(float));
        }
      }
      gemm_slice(slice, panels, sums, rows.size(), {0, 1});
      if (!direct) {
        finish_rows(sums.epilogue, tile, rows.size(), columns, p.n, nullptr,
                    one.out + rows.begin * p.n + first);
      }
    }
  }
}

void matmul_target(const MatmulParams& p, const Matrices& all, float* scratch, ThreadPool& pool) {
  const Shape shape = shape_of(p, pool.threads());
  const int64_t each = shape.tasks.count();
  pool.parallel_for(static_cast<int>(each * shape.batches), [&](int task, int thread) HWY_ATTR {
    matmul_task(p, shape, matrices_of(p, all, task / each), shape.tasks.pixels_of(task % each),
                shape.tasks.panels_of(task % each), scratch + thread * shape.thread_floats);
  });
}

int64_t scratch_target(const MatmulParams& p, int threads) {
  return shape_of(p, threads).thread_floats * threads;
}

void run_target(const MatmulParams& p, const float* x, const float* y, float* out, float* scratch,
                ThreadPool& pool) {
  matmul_target(p, {x, y, out}, scratch, pool);
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kMatmul, run_target);
POME_ISA_TABLE(kScratch, scratch_target);
}  // namespace

Status matmul_check(const MatmulParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"m", p.m}, {"n", p.n}, {"k", p.k}}, 1));
  if (p.batch_rank < 0 || p.batch_rank > MatmulParams::kMaxBatchRank) {
    return Error(ErrorCode::kUnsupported,
                 "matmul over " + std::to_string(p.batch_rank) + " batch axes, at most 6");
  }
  int64_t batches = 1;
  for (int i = 0; i < p.batch_rank; ++i) {
    POME_TRY(check_sizes({{"batch axis", p.batch_dims[i]},
                          {"stride of x", p.x_strides[i]},
                          {"stride of y", p.y_strides[i]}},
                         0));
    POME_TRY(check_product("matmul's batches", {batches, p.batch_dims[i]}));
    batches *= p.batch_dims[i];
  }
  POME_TRY(check_product("matmul's output", {batches, p.m, p.n}));
  POME_TRY(check_product("matmul's first operand", {p.m, p.k}));
  POME_TRY(check_product("matmul's second operand", {p.n, p.k}));
  if (std::max({p.m, p.n, p.k, batches}) >= int64_t{1} << 31) {
    return Error(ErrorCode::kUnsupported, "matmul with an axis of 2^31 or more");
  }
  return {};
}

int64_t matmul_scratch_bytes(const MatmulParams& params, int threads) {
  return select(kScratch, params.isa)(params, threads) * static_cast<int64_t>(sizeof(float));
}

void matmul_run(const MatmulParams& params, const float* x, const float* y, float* out,
                void* scratch, ThreadPool& pool) noexcept {
  select(kMatmul, params.isa)(params, x, y, out, static_cast<float*>(scratch), pool);
}

}  // namespace pome::cpu
#endif
