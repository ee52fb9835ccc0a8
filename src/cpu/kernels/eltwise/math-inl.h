// Functions that Highway's math lacks or leaves open at the ends of the range. Once per target.
#if defined(POME_CPU_KERNELS_ELTWISE_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_ELTWISE_MATH_INL_H_
#undef POME_CPU_KERNELS_ELTWISE_MATH_INL_H_
#else
#define POME_CPU_KERNELS_ELTWISE_MATH_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include <cmath>

#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// e^x for every float: 0 below -104, infinity above 88.73, NaN stays.
HWY_INLINE V exp_all(V x) {
  const V y = hn::Exp(D(), hn::Min(x, splat(104.0f)));
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

/// log x for every float: -infinity at 0, NaN below.
HWY_INLINE V log_all(V x) {
  const V zero = hn::Zero(D());
  const V y = hn::Log(D(), x);
  const V nan = splat(NAN);
  V result = hn::IfThenElse(hn::Gt(x, zero), y, nan);
  result = hn::IfThenElse(hn::Eq(x, zero), splat(-HUGE_VALF), result);
  return hn::IfThenElse(hn::Eq(x, splat(HUGE_VALF)), x, result);
}

HWY_INLINE V tanh_all(V x) {
  const V y = hn::Tanh(D(), hn::Min(splat(20.0f), hn::Max(splat(-20.0f), x)));
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

/// 1 / (1 + e^-x) from e^-|x|, which does not overflow: small results keep their digits down to
/// 1e-38.
HWY_INLINE V sigmoid_all(V x) {
  const V one = splat(1.0f);
  const V e = exp_all(hn::Neg(hn::Abs(x)));
  const V y = hn::Div(hn::IfThenElse(hn::Lt(x, hn::Zero(D())), e, one), hn::Add(one, e));
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

/// Polynomial with the highest coefficient last.
template <int count>
HWY_INLINE V polynomial(V x, const float (&c)[count]) {
  V y = splat(c[count - 1]);
  POME_UNROLL for (int i = count - 2; i >= 0; --i) y = hn::MulAdd(y, x, splat(c[i]));
  return y;
}

/// erfc(a) for a >= 0, given a^2 = square + low: exp(-a^2) times a polynomial in 1 / (1 + 0.4 a).
/// Coefficients: minimax over [0, 10.2] by tools/fit_erf.py, relative error 3.2e-8. Where the
/// target has FMA, `low` holds what rounding a^2 lost, so small results keep their digits.
HWY_INLINE V erfc_positive(V a, V square, V low) {
  static constexpr float kTail[] = {2.46012150e-05f, 0.2251186967f,  0.2310459912f, 0.1789008528f,
                                    0.2642239034f,   -0.0601271950f, 0.2653898299f, -0.0557090156f,
                                    -0.0782140642f,  0.0293464158f};
  const V one = splat(1.0f);
  const V t = hn::Div(one, hn::MulAdd(a, splat(0.4f), one));
  const V e = exp_all(hn::Neg(square));
  return hn::Mul(hn::NegMulAdd(e, low, e), polynomial(t, kTail));
}

/// erf x: an odd polynomial (relative error 6e-9, tools/fit_erf.py) below 0.85, else 1 - erfc.
HWY_INLINE V erf_all(V x) {
  static constexpr float kNear[] = {1.1283791065f,  -0.3761257231f, 0.1128271744f,
                                    -0.0268025473f, 0.0050510941f,  -0.0006315125f};
  const V a = hn::Abs(x);
  const V bounded = hn::Min(a, splat(10.0f));
  const V square = hn::Mul(bounded, bounded);
  const V tail = erfc_positive(bounded, square, hn::MulSub(bounded, bounded, square));
  const V far = hn::Sub(splat(1.0f), tail);
  const V near = hn::Mul(x, polynomial(hn::Mul(x, x), kNear));
  const V y = hn::IfThenElse(hn::Lt(a, splat(0.85f)), near, hn::CopySign(far, x));
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

/// x * Phi(x) = x erfc(-x / sqrt 2) / 2 without cancellation on the negative side.
HWY_INLINE V gelu_exact(V x) {
  const V zero = hn::Zero(D());
  const V half = splat(0.5f);
  const V bounded = hn::Min(hn::Abs(x), splat(14.0f));
  const V square = hn::Mul(bounded, bounded);
  const V low = hn::MulSub(bounded, bounded, square);
  const V half_tail = hn::Mul(half, erfc_positive(hn::Mul(bounded, splat(0.7071067812f)),
                                                  hn::Mul(square, half), hn::Mul(low, half)));
  const V phi = hn::IfThenElse(hn::Lt(x, zero), half_tail, hn::Sub(splat(1.0f), half_tail));
  // Far on the negative side phi is 0, and 0 * -infinity would be NaN.
  const V y = hn::IfThenElse(hn::Lt(x, splat(-14.0f)), zero, hn::Mul(x, phi));
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

/// log(1 + e^x) = max(x, 0) + log1p(e^-|x|).
HWY_INLINE V softplus_all(V x) {
  const V e = exp_all(hn::Neg(hn::Abs(x)));
  const V y = hn::Add(hn::Max(x, hn::Zero(D())), hn::Log1p(D(), e));
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
