#include "base/half.h"
#include "cpu/kernels/reorder/reorder.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/reorder/convert.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// SSE4 has no conversion instructions; Highway's replacement loses NaN payloads and infinities.
constexpr bool kHasHalf = HWY_TARGET != HWY_SSE4;
using D16 = hn::Rebind<hwy::float16_t, D>;

void to_float_target(const uint16_t* in, float* out, int64_t count, ThreadPool& pool) {
  const int tasks = task_count(count, 1, 1 << 15, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range r = part_of(count, tasks, task, kLanes);
    int64_t i = r.begin;
    if constexpr (kHasHalf) {
      for (; i + kLanes <= r.end; i += kLanes) {
        const auto half = hn::LoadU(D16(), reinterpret_cast<const hwy::float16_t*>(in + i));
        store(hn::PromoteTo(D(), half), out + i);
      }
    }
    for (; i < r.end; ++i) out[i] = half_to_float(in[i]);
  });
}

void to_half_target(const float* in, uint16_t* out, int64_t count, ThreadPool& pool) {
  const int tasks = task_count(count, 1, 1 << 15, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range r = part_of(count, tasks, task, kLanes);
    int64_t i = r.begin;
    if constexpr (kHasHalf) {
      for (; i + kLanes <= r.end; i += kLanes) {
        hn::StoreU(hn::DemoteTo(D16(), load(in + i)), D16(),
                   reinterpret_cast<hwy::float16_t*>(out + i));
      }
    }
    for (; i < r.end; ++i) out[i] = float_to_half(in[i]);
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kToFloat, to_float_target);
POME_ISA_TABLE(kToHalf, to_half_target);
}  // namespace

void convert_half_to_float(Isa isa, const uint16_t* input, float* output, int64_t count,
                           ThreadPool& pool) noexcept {
  select(kToFloat, isa)(input, output, count, pool);
}

void convert_float_to_half(Isa isa, const float* input, uint16_t* output, int64_t count,
                           ThreadPool& pool) noexcept {
  select(kToHalf, isa)(input, output, count, pool);
}

}  // namespace pome::cpu
#endif
