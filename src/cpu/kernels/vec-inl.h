// Vectors of one channel block. Included once per target, so no `#pragma once`.
#if defined(POME_CPU_KERNELS_VEC_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_VEC_INL_H_
#undef POME_CPU_KERNELS_VEC_INL_H_
#else
#define POME_CPU_KERNELS_VEC_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

// Loops over registers must be unrolled whole, or the registers become an array in memory.
#define POME_UNROLL _Pragma("GCC unroll 32")

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
/// Lanes of V, which is channel_block() of this target.
constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));

HWY_INLINE V load(const float* p) { return hn::LoadU(D(), p); }
HWY_INLINE void store(V v, float* p) { hn::StoreU(v, D(), p); }
HWY_INLINE V splat(float x) { return hn::Set(D(), x); }

/// x, in a register from here on. GCC loads a value anew for every multiply-add that it is an
/// operand of, which halves the speed where loads are what there is too few of.
HWY_INLINE V keep_in_register(V x) {
#if HWY_COMPILER_GCC && HWY_ARCH_X86
  asm("" : "+v"(x.raw));
#elif HWY_COMPILER_GCC && HWY_ARCH_ARM
  asm("" : "+w"(x.raw));
#endif
  return x;
}

/// The first n lanes from p, zero behind; reads nothing beyond. 0 < n < kLanes.
HWY_INLINE V load_tail(const float* p, int64_t n) {
  HWY_ALIGN float lanes[kLanes] = {};
  std::memcpy(lanes, p, static_cast<size_t>(n) * sizeof(float));
  return hn::Load(D(), lanes);
}
HWY_INLINE void store_tail(V v, float* p, int64_t n) {
  HWY_ALIGN float lanes[kLanes];
  hn::Store(v, D(), lanes);
  std::memcpy(p, lanes, static_cast<size_t>(n) * sizeof(float));
}

/// max(x, bound), but x where it is NaN. `bound` is not NaN.
HWY_INLINE V at_least(V x, V bound) {
#if HWY_ARCH_X86
  return hn::Max(bound, x);  // gives its second operand when either is NaN
#else
  return hn::IfThenElse(hn::Lt(x, bound), bound, x);
#endif
}
/// min(x, bound), but x where it is NaN. `bound` is not NaN.
HWY_INLINE V at_most(V x, V bound) {
#if HWY_ARCH_X86
  return hn::Min(bound, x);
#else
  return hn::IfThenElse(hn::Lt(bound, x), bound, x);
#endif
}
HWY_INLINE V clamp_keep_nan(V x, V lo, V hi) { return at_most(at_least(x, lo), hi); }
/// Maximum and minimum that are NaN where an operand is.
HWY_INLINE V max_nan(V a, V b) { return hn::IfThenElse(hn::IsNaN(b), b, at_least(a, b)); }
HWY_INLINE V min_nan(V a, V b) { return hn::IfThenElse(hn::IsNaN(b), b, at_most(a, b)); }

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
