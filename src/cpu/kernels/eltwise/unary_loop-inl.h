// The loop that applies a function of one vector to a buffer. Once per target.
#if defined(POME_CPU_KERNELS_ELTWISE_UNARY_LOOP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_ELTWISE_UNARY_LOOP_INL_H_
#undef POME_CPU_KERNELS_ELTWISE_UNARY_LOOP_INL_H_
#else
#define POME_CPU_KERNELS_ELTWISE_UNARY_LOOP_INL_H_
#endif

#include "base/thread_pool.h"
#include "cpu/kernels/eltwise/unary.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// `Function` has `V operator()(V x, V a, V b) const`.
template <typename Function>
HWY_NOINLINE void unary_range(float alpha, float beta, const float* in, float* out, int64_t count) {
  const Function f;
  const V a = splat(alpha);
  const V b = splat(beta);
  int64_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    const V y0 = f(load(in + i), a, b);
    const V y1 = f(load(in + i + kLanes), a, b);
    store(y0, out + i);
    store(y1, out + i + kLanes);
  }
  for (; i + kLanes <= count; i += kLanes) store(f(load(in + i), a, b), out + i);
  if (i < count) store_tail(f(load_tail(in + i, count - i), a, b), out + i, count - i);
}

using UnaryRange = void (*)(float alpha, float beta, const float* in, float* out, int64_t count);

/// Shares `count` elements out; a task has at least `grain`.
inline void unary_shared(UnaryRange range, const UnaryParams& p, const float* in, float* out,
                         int64_t grain, ThreadPool& pool) {
  const int tasks = task_count(p.count, 1, grain, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range r = part_of(p.count, tasks, task, kLanes);
    range(p.alpha, p.beta, in + r.begin, out + r.begin, r.size());
  });
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
