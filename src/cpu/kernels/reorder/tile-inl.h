// Square transposition in registers. Once per target.
#if defined(POME_CPU_KERNELS_REORDER_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_REORDER_TILE_INL_H_
#undef POME_CPU_KERNELS_REORDER_TILE_INL_H_
#else
#define POME_CPU_KERNELS_REORDER_TILE_INL_H_
#endif

#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// Within each 128-bit block: the 4x4 transpose of four registers.
HWY_INLINE void transpose_in_blocks(V& r0, V& r1, V& r2, V& r3) {
  const D d;
  const hn::Repartition<double, D> dd;
  const auto pair = [dd](V v) HWY_ATTR { return hn::BitCast(dd, v); };
  const V a = hn::InterleaveLower(d, r0, r1);
  const V b = hn::InterleaveUpper(d, r0, r1);
  const V c = hn::InterleaveLower(d, r2, r3);
  const V e = hn::InterleaveUpper(d, r2, r3);
  r0 = hn::BitCast(d, hn::InterleaveLower(dd, pair(a), pair(c)));
  r1 = hn::BitCast(d, hn::InterleaveUpper(dd, pair(a), pair(c)));
  r2 = hn::BitCast(d, hn::InterleaveLower(dd, pair(b), pair(e)));
  r3 = hn::BitCast(d, hn::InterleaveUpper(dd, pair(b), pair(e)));
}

/// kLanes x kLanes: on return, lane i of r[j] is what lane j of r[i] was.
HWY_INLINE void transpose_tile(V (&r)[kLanes]) {
  POME_UNROLL for (int i = 0; i < kLanes; i += 4) {
    transpose_in_blocks(r[i], r[i + 1], r[i + 2], r[i + 3]);
  }
#if HWY_TARGET == HWY_AVX2
  POME_UNROLL for (int j = 0; j < 4; ++j) {
    const V low = r[j];
    const V high = r[j + 4];
    r[j] = hn::ConcatLowerLower(D(), high, low);
    r[j + 4] = hn::ConcatUpperUpper(D(), high, low);
  }
#elif HWY_TARGET == HWY_AVX3
  POME_UNROLL for (int j = 0; j < 4; ++j) {
    // Blocks: a = rows 0..3, b = 4..7, c = 8..11, e = 12..15, each with columns j, j+4, j+8, j+12.
    const V a = r[j];
    const V b = r[j + 4];
    const V c = r[j + 8];
    const V e = r[j + 12];
    const V ab_even = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(b), a);
    const V ab_odd = hn::OddEvenBlocks(b, hn::SwapAdjacentBlocks(a));
    const V ce_even = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(e), c);
    const V ce_odd = hn::OddEvenBlocks(e, hn::SwapAdjacentBlocks(c));
    r[j] = hn::ConcatLowerLower(D(), ce_even, ab_even);
    r[j + 4] = hn::ConcatLowerLower(D(), ce_odd, ab_odd);
    r[j + 8] = hn::ConcatUpperUpper(D(), ce_even, ab_even);
    r[j + 12] = hn::ConcatUpperUpper(D(), ce_odd, ab_odd);
  }
#endif
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
