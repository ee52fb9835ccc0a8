#include "cpu/kernels/gemm/linear_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/gemm/linear_one_row.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/gemm/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// One panel: four values of the reduction at a time, each with sums of its own, so that additions
// do not wait for one another.
template <int vectors>
HWY_INLINE void one_panel(const float* HWY_RESTRICT x, const float* HWY_RESTRICT w, int64_t values,
                          const float* bias, float* out) {
  constexpr int kStreams = 4;
  // Weights are read once and in order; this many floats ahead they are on their way.
  constexpr int64_t kAhead = 2048;
  V sum[kStreams][vectors];
  POME_UNROLL for (int v = 0; v < vectors; ++v) {
    sum[0][v] = load(bias + v * kLanes);
    POME_UNROLL for (int u = 1; u < kStreams; ++u) sum[u][v] = hn::Zero(D());
  }
  int64_t k = 0;
  for (; k + kStreams <= values; k += kStreams, w += kStreams * vectors * kLanes) {
    POME_UNROLL for (int line = 0; line < kStreams * vectors * kLanes; line += 16)
        __builtin_prefetch(w + kAhead + line);
    POME_UNROLL for (int u = 0; u < kStreams; ++u) {
      const V value = splat(x[k + u]);
      POME_UNROLL for (int v = 0; v < vectors; ++v) {
        sum[u][v] = hn::MulAdd(value, load(w + (u * vectors + v) * kLanes), sum[u][v]);
      }
    }
  }
  for (; k < values; ++k, w += vectors * kLanes) {
    const V value = splat(x[k]);
    POME_UNROLL for (int v = 0; v < vectors; ++v) {
      sum[0][v] = hn::MulAdd(value, load(w + v * kLanes), sum[0][v]);
    }
  }
  POME_UNROLL for (int v = 0; v < vectors; ++v) {
    store(hn::Add(hn::Add(sum[0][v], sum[1][v]), hn::Add(sum[2][v], sum[3][v])), out + v * kLanes);
  }
}

void one_row_target(const LinearParams& p, const LinearBuffers& b, ThreadPool& pool) {
  const float* bias = static_cast<const float*>(b.packed);
  const Panels panels{bias + linear_bias_floats(p), bias, ceil_div(p.out_features, kLanes),
                      p.in_features};
  const int tasks =
      task_count(panels.count(), p.in_features * 2 * kLanes, 1 << 14, pool.threads(), 2);
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(panels.count(), tasks, task);
    for (int64_t panel = mine.begin; panel < mine.end; ++panel) {
      HWY_ALIGN float sums[2 * kLanes];
      const int64_t first = panel * 2 * kLanes;
      const float* w = panels.at(panel, 0);
      if (panels.vectors_of(panel) == 2) {
        one_panel<2>(b.input, w, p.in_features, bias + first, sums);
      } else {
        one_panel<1>(b.input, w, p.in_features, bias + first, sums);
      }
      const int64_t columns =
          p.out_features - first < 2 * kLanes ? p.out_features - first : 2 * kLanes;
      finish_rows(p.epilogue, sums, 1, columns, 0,
                  p.epilogue.has_residual ? b.residual + first : nullptr, b.output + first);
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kOneRow, one_row_target);
}  // namespace

void linear_one_row(const LinearParams& params, const LinearBuffers& buffers,
                    ThreadPool& pool) noexcept {
  select(kOneRow, params.isa)(params, buffers, pool);
}

}  // namespace pome::cpu
#endif
