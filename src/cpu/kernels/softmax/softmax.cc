#include "cpu/kernels/softmax/softmax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/softmax/softmax.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cmath>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/eltwise/math-inl.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// Loads vector i of a row; lanes behind its end read `fill`.
HWY_INLINE V row_vector(const float* row, int64_t i, int64_t n, float fill) {
  if (i + kLanes <= n) return load(row + i);
  HWY_ALIGN float lanes[kLanes];
  for (int k = 0; k < kLanes; ++k) lanes[k] = i + k < n ? row[i + k] : fill;
  return hn::Load(D(), lanes);
}

HWY_INLINE void store_row_vector(V v, float* row, int64_t i, int64_t n) {
  if (i + kLanes <= n) {
    store(v, row + i);
  } else {
    store_tail(v, row + i, n - i);
  }
}

float row_max(const float* row, int64_t n) {
  V m = splat(-HUGE_VALF);
  for (int64_t i = 0; i < n; i += kLanes) m = max_nan(m, row_vector(row, i, n, -HUGE_VALF));
  HWY_ALIGN float lanes[kLanes];
  hn::Store(m, D(), lanes);
  float best = lanes[0];
  for (int k = 1; k < kLanes; ++k) best = lanes[k] > best || lanes[k] != lanes[k] ? lanes[k] : best;
  return best;
}

// One contiguous row: exponentials are written to the output, then scaled.
void softmax_row(bool log, const float* in, float* out, int64_t n) {
  const V max = splat(row_max(in, n));
  V sum = hn::Zero(D());
  for (int64_t i = 0; i < n; i += kLanes) {
    const V e = exp_all(hn::Sub(row_vector(in, i, n, -HUGE_VALF), max));
    sum = hn::Add(sum, e);
    if (!log) store_row_vector(e, out, i, n);
  }
  const float total = hn::GetLane(hn::SumOfLanes(D(), sum));
  if (log) {
    const V shift = hn::Add(max, splat(std::log(total)));
    for (int64_t i = 0; i < n; i += kLanes) {
      store_row_vector(hn::Sub(row_vector(in, i, n, 0), shift), out, i, n);
    }
    return;
  }
  const V scale = splat(1.0f / total);
  for (int64_t i = 0; i < n; i += kLanes) {
    store_row_vector(hn::Mul(row_vector(out, i, n, 0), scale), out, i, n);
  }
}

// kLanes neighbouring columns (or the last `lanes` of them) along the axis.
void softmax_columns(const SoftmaxParams& p, const float* in, float* out, int64_t lanes) {
  const auto get = [&](const float* at)
                       HWY_ATTR { return lanes == kLanes ? load(at) : load_tail(at, lanes); };
  const auto put = [&](V v, float* at) HWY_ATTR {
    if (lanes == kLanes) {
      store(v, at);
    } else {
      store_tail(v, at, lanes);
    }
  };
  V max = splat(-HUGE_VALF);
  for (int64_t a = 0; a < p.axis; ++a) max = max_nan(max, get(in + a * p.inner));
  V sum = hn::Zero(D());
  for (int64_t a = 0; a < p.axis; ++a) {
    const V e = exp_all(hn::Sub(get(in + a * p.inner), max));
    sum = hn::Add(sum, e);
    if (!p.log) put(e, out + a * p.inner);
  }
  const V shift = p.log ? hn::Add(max, log_all(sum)) : hn::Zero(D());
  const V scale = hn::Div(splat(1.0f), sum);
  for (int64_t a = 0; a < p.axis; ++a) {
    const V y =
        p.log ? hn::Sub(get(in + a * p.inner), shift) : hn::Mul(get(out + a * p.inner), scale);
    put(y, out + a * p.inner);
  }
}

void softmax_target(const SoftmaxParams& p, const float* in, float* out, ThreadPool& pool) {
  const int64_t groups = p.inner == 1 ? 1 : ceil_div(p.inner, kLanes);
  const int64_t items = p.outer * groups;
  const int64_t work = p.axis * (p.inner == 1 ? 1 : kLanes);
  const int tasks = task_count(items, work, 1 << 12, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range r = part_of(items, tasks, task);
    for (int64_t item = r.begin; item < r.end; ++item) {
      const int64_t column = item % groups * kLanes;
      const int64_t at = item / groups * p.axis * p.inner + column;
      if (p.inner == 1) {
        softmax_row(p.log, in + at, out + at, p.axis);
      } else {
        const int64_t lanes = p.inner - column < kLanes ? p.inner - column : kLanes;
        softmax_columns(p, in + at, out + at, lanes);
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
POME_ISA_TABLE(kSoftmax, softmax_target);
}  // namespace

void softmax_run(const SoftmaxParams& params, const float* input, float* output,
                 ThreadPool& pool) noexcept {
  select(kSoftmax, params.isa)(params, input, output, pool);
}

}  // namespace pome::cpu
#endif
