#include "cpu/kernels/gemm/linear_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/gemm/linear_few_rows.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/gemm/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// SSE4 has no instruction that converts.
constexpr bool kReadsHalves = HWY_TARGET != HWY_SSE4;
using Half = hwy::float16_t;
using D16 = hn::Rebind<Half, D>;

HWY_INLINE V load_weights(const float* p) { return load(p); }
[[maybe_unused]] HWY_INLINE V load_weights(const Half* p) {
  return hn::PromoteTo(D(), hn::LoadU(D16(), p));
}

// The rows' inputs lie `stride` floats apart.
struct Rows {
  const float* x;
  int64_t stride;
  int64_t values;  // of the reduction
};

// One panel and all rows. Where rows are fewer than four, values take turns in several sums, so
// that additions do not wait for one another. Sums go to [row][2 * kLanes].
template <int rows, int vectors, typename T>
HWY_INLINE void sum_panel(const Rows& r, const T* HWY_RESTRICT w, const float* bias,
                          float* HWY_RESTRICT out) {
  constexpr int kSteps = 4;  // values taken at once
  constexpr int kTurns = rows == 1 ? 4 : rows < 4 ? 2 : 1;
  constexpr int kWidth = vectors * kLanes;
  // Weights are read in order; this many bytes ahead they are on their way.
  constexpr int64_t kAhead = 8192 / sizeof(T);
  V sum[kTurns][rows][vectors];
  POME_UNROLL for (int v = 0; v < vectors; ++v) {
    POME_UNROLL for (int i = 0; i < rows; ++i) {
      sum[0][i][v] = load(bias + v * kLanes);
      POME_UNROLL for (int u = 1; u < kTurns; ++u) sum[u][i][v] = hn::Zero(D());
    }
  }
  int64_t k = 0;
  for (; k + kSteps <= r.values; k += kSteps, w += kSteps * kWidth) {
    POME_UNROLL for (int line = 0; line < kSteps * kWidth; line += 64 / sizeof(T))
        __builtin_prefetch(w + kAhead + line);
    POME_UNROLL for (int u = 0; u < kSteps; ++u) {
      V weights[vectors];
      POME_UNROLL for (int v = 0; v < vectors; ++v) {
        weights[v] = load_weights(w + (u * vectors + v) * kLanes);
      }
      POME_UNROLL for (int i = 0; i < rows; ++i) {
        const V x = splat(r.x[i * r.stride + k + u]);
        POME_UNROLL for (int v = 0; v < vectors; ++v) {
          V& to = sum[u % kTurns][i][v];
          to = hn::MulAdd(x, weights[v], to);
        }
      }
    }
  }
  for (; k < r.values; ++k, w += kWidth) {
    POME_UNROLL for (int i = 0; i < rows; ++i) {
      const V x = splat(r.x[i * r.stride + k]);
      POME_UNROLL for (int v = 0; v < vectors; ++v) sum[0][i][v] =
          hn::MulAdd(x, load_weights(w + v * kLanes), sum[0][i][v]);
    }
  }
  POME_UNROLL for (int i = 0; i < rows; ++i) {
    POME_UNROLL for (int v = 0; v < vectors; ++v) {
      V total = sum[0][i][v];
      if constexpr (kTurns == 2) total = hn::Add(total, sum[1][i][v]);
      if constexpr (kTurns == 4)
        total = hn::Add(hn::Add(total, sum[1][i][v]), hn::Add(sum[2][i][v], sum[3][i][v]));
      store(total, out + i * 2 * kLanes + v * kLanes);
    }
  }
}

// Panels [which) of all rows.
template <int rows, typename T>
void run_panels(const LinearParams& p, const LinearBuffers& b, Range which) {
  const float* bias = static_cast<const float*>(b.packed);
  const T* weights = reinterpret_cast<const T*>(bias + linear_bias_floats(p));
  const Rows r{b.input, p.in_features, p.in_features};
  for (int64_t panel = which.begin; panel < which.end; ++panel) {
    HWY_ALIGN float sums[rows * 2 * kLanes];
    const int64_t first = panel * 2 * kLanes;
    const T* w = weights + first * p.in_features;
    const int64_t columns = std::min<int64_t>(2 * kLanes, p.out_features - first);
    if (columns > kLanes) {
      sum_panel<rows, 2>(r, w, bias + first, sums);
    } else {
      sum_panel<rows, 1>(r, w, bias + first, sums);
    }
    finish_rows(p.epilogue, sums, rows, columns, p.out_features,
                p.epilogue.has_residual ? b.residual + first : nullptr, b.output + first);
  }
}

using PanelsFn = void (*)(const LinearParams&, const LinearBuffers&, Range);

template <typename T, int... less_one>
PanelsFn panels_of_rows(int64_t rows, std::integer_sequence<int, less_one...>) {
  static constexpr PanelsFn kTable[] = {run_panels<less_one + 1, T>...};
  return kTable[rows - 1];
}

void few_rows_target(const LinearParams& p, const LinearBuffers& b, ThreadPool& pool) {
  using AllRows = std::make_integer_sequence<int, few_rows(kLanes)>;
  PanelsFn run = nullptr;
  if constexpr (kReadsHalves) {
    run = p.half_weights ? panels_of_rows<Half>(p.rows, AllRows())
                         : panels_of_rows<float>(p.rows, AllRows());
  } else {
    run = panels_of_rows<float>(p.rows, AllRows());
  }
  const int64_t panels = ceil_div(p.out_features, 2 * kLanes);
  const int tasks = task_count(panels, p.in_features * 2 * kLanes, 1 << 14, pool.threads(), 2);
  pool.parallel_for(tasks,
                    [&](int task, int) HWY_ATTR { run(p, b, part_of(panels, tasks, task)); });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kFew, few_rows_target);
}  // namespace

void linear_few_rows(const LinearParams& params, const LinearBuffers& buffers,
                     ThreadPool& pool) noexcept {
  select(kFew, params.isa)(params, buffers, pool);
}

}  // namespace pome::cpu
#endif
