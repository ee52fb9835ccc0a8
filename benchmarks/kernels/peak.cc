#include "benchmarks/kernels/peak.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "benchmarks/kernels/peak.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

double multiply_adds_target(long steps) {
  constexpr int kSums = 12;
  V sum[kSums];
  POME_UNROLL for (int i = 0; i < kSums; ++i) sum[i] = splat(static_cast<float>(i));
  const V x = splat(1.0f);
  V y = splat(1e-9f);
  for (long s = 0; s < steps; ++s) {
    POME_UNROLL for (int i = 0; i < kSums; ++i) sum[i] = hn::MulAdd(sum[i], x, y);
#if defined(__GNUC__)
    asm volatile("" : "+x"(y.raw));
#endif
  }
  V total = hn::Zero(D());
  POME_UNROLL for (int i = 0; i < kSums; ++i) total = hn::Add(total, sum[i]);
  volatile float sink = hn::GetLane(total);
  (void)sink;
  return 2.0 * kSums * kLanes * static_cast<double>(steps);
}

float sum_of_target(const float* values, int64_t count) {
  constexpr int kSums = 4;
  V sum[kSums];
  POME_UNROLL for (int i = 0; i < kSums; ++i) sum[i] = hn::Zero(D());
  int64_t at = 0;
  for (; at + kSums * kLanes <= count; at += kSums * kLanes) {
    POME_UNROLL for (int i = 0; i < kSums; ++i) {
      sum[i] = hn::Add(sum[i], load(values + at + i * kLanes));
    }
  }
  for (; at + kLanes <= count; at += kLanes) sum[0] = hn::Add(sum[0], load(values + at));
  const V total = hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3]));
  return hn::GetLane(hn::SumOfLanes(D(), total));
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kMultiplyAdds, multiply_adds_target);
POME_ISA_TABLE(kSumOf, sum_of_target);
}  // namespace
namespace bench {
double multiply_adds(Isa isa, long steps) { return select(kMultiplyAdds, isa)(steps); }
float sum_of(Isa isa, const float* values, int64_t count) {
  return select(kSumOf, isa)(values, count);
}
}  // namespace bench
}  // namespace pome::cpu
#endif
