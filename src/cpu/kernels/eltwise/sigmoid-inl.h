// Sigmoid and what is made of it, in as few instructions as its accuracy allows: networks apply it
// to millions of values. Once per target.
#if defined(POME_CPU_KERNELS_ELTWISE_SIGMOID_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_ELTWISE_SIGMOID_INL_H_
#undef POME_CPU_KERNELS_ELTWISE_SIGMOID_INL_H_
#else
#define POME_CPU_KERNELS_ELTWISE_SIGMOID_INL_H_
#endif

#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// e^-|x|: 2^n e^r with n whole and |r| <= ln 2 / 2, where e^r = 1 + r + r^2 q(r) (q by
/// tools/fit_erf.py, relative error 1e-8). 0 below -104; NaN stays.
HWY_INLINE V exp_of_minus_abs(V x) {
  const V a = at_least(hn::Or(x, splat(-0.0f)), splat(-104.0f));
  const V n = hn::Round(hn::Mul(a, splat(1.442695041f)));
  // ln 2 in two parts, of which the first has few enough bits that n times it is exact.
  const V r = hn::NegMulAdd(n, splat(-2.12194440e-4f), hn::NegMulAdd(n, splat(0.693359375f), a));
  const V square = hn::Mul(r, r);
  V q = hn::MulAdd(r, splat(0.001390125253f), splat(0.008363146335f));
  q = hn::MulAdd(q, r, splat(0.04166685417f));
  q = hn::MulAdd(q, r, splat(0.1666657776f));
  q = hn::MulAdd(q, r, splat(0.5f));
  const V e = hn::Add(splat(1.0f), hn::MulAdd(square, q, r));
  // 2^n in two factors: n goes down to -150, a float's exponent to -126.
  const hn::RebindToSigned<D> di;
  const auto exponent = hn::Add(hn::ConvertTo(di, n), hn::Set(di, 127 + 24));
  const V scale = hn::BitCast(D(), hn::ShiftLeft<23>(exponent));
  return hn::Mul(hn::Mul(e, scale), splat(0x1p-24f));
}

/// x / d for 1 <= d <= 2^125.
HWY_INLINE V over(V x, V d) {
#if HWY_TARGET == HWY_AVX3
  // 14 bits at once and 28 after a step of Newton's: three times as fast as a division.
  const V r = hn::ApproximateReciprocal(d);
  return hn::Mul(x, hn::Mul(r, hn::NegMulAdd(d, r, splat(2.0f))));
#else
  return hn::Div(x, d);
#endif
}

/// 1 / (1 + e^-x). From e^-|x|, which does not overflow: small results keep their digits.
HWY_INLINE V sigmoid_of(V x) {
  const V one = splat(1.0f);
  const V e = exp_of_minus_abs(x);
  return over(hn::IfThenElse(hn::Lt(x, hn::Zero(D())), e, one), hn::Add(one, e));
}

/// x / (1 + e^-x), 0 at -infinity.
HWY_INLINE V silu_of(V x) {
#if HWY_TARGET == HWY_AVX3
  // Two thirds of the instructions below: e^-x = 2^n (1 + f q(f)) without a case for either sign.
  // Beyond -86 the result is that of -86, 4e-36, because 1 + e^-x must have a reciprocal.
  const V bounded = at_least(x, splat(-86.0f));
  const V y = at_most(bounded, splat(86.0f));
  const V n = hn::Round(hn::Mul(y, splat(-1.442695041f)));
  // log2 e in two parts, or large n would cost digits.
  const V f = hn::NegMulAdd(y, splat(1.925963033e-8f), hn::MulSub(y, splat(-1.442695041f), n));
  V q = hn::MulAdd(f, splat(0.0001540350204f), splat(0.001339075854f));
  q = hn::MulAdd(q, f, splat(0.009618237615f));
  q = hn::MulAdd(q, f, splat(0.05550357327f));
  q = hn::MulAdd(q, f, splat(0.2402264923f));
  q = hn::MulAdd(q, f, splat(0.6931471825f));
  const V e = V{_mm512_scalef_ps(hn::MulAdd(q, f, splat(1.0f)).raw, n.raw)};
  return over(bounded, hn::Add(splat(1.0f), e));
#else
  const V e = exp_of_minus_abs(x);
  // Bounded, because -infinity times 0 would be NaN.
  const V low = hn::Mul(at_least(x, splat(-104.0f)), e);
  return over(hn::IfThenElse(hn::Lt(x, hn::Zero(D())), low, x), hn::Add(splat(1.0f), e));
#endif
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
