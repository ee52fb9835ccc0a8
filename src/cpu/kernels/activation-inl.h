// Activations that kernels apply before they store. Once per target.
#if defined(POME_CPU_KERNELS_ACTIVATION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_ACTIVATION_INL_H_
#undef POME_CPU_KERNELS_ACTIVATION_INL_H_
#else
#define POME_CPU_KERNELS_ACTIVATION_INL_H_
#endif

#include <cmath>

#include "cpu/kernels/eltwise/sigmoid-inl.h"
#include "cpu/kernels/epilogue.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// An Activation with its constants in registers.
struct VecActivation {
  Activation kind;
  V a;
  V b;
};

HWY_INLINE VecActivation make_activation(Activation kind, float alpha, float beta) {
  if (kind == Activation::kRelu) return {Activation::kClamp, hn::Zero(D()), splat(HUGE_VALF)};
  return {kind, splat(alpha), splat(beta)};
}

/// Applies it to `count` registers.
template <int count>
HWY_INLINE void activate(const VecActivation& f, V (&x)[count]) {
  const V zero = hn::Zero(D());
  const V one = splat(1.0f);
  switch (f.kind) {
    case Activation::kNone:
      break;
    case Activation::kRelu:
    case Activation::kClamp:
      POME_UNROLL for (int i = 0; i < count; ++i) x[i] = clamp_keep_nan(x[i], f.a, f.b);
      break;
    case Activation::kLeakyRelu:
      POME_UNROLL for (int i = 0; i < count; ++i) {
        x[i] = hn::IfThenElse(hn::Lt(x[i], zero), hn::Mul(x[i], f.a), x[i]);
      }
      break;
    case Activation::kHardSigmoid:
      POME_UNROLL for (int i = 0; i < count; ++i) {
        x[i] = clamp_keep_nan(hn::MulAdd(x[i], f.a, f.b), zero, one);
      }
      break;
    case Activation::kHardSwish:
      POME_UNROLL for (int i = 0; i < count; ++i) {
        x[i] = hn::Mul(x[i], clamp_keep_nan(hn::MulAdd(x[i], f.a, f.b), zero, one));
      }
      break;
    case Activation::kSilu:
      POME_UNROLL for (int i = 0; i < count; ++i) x[i] = silu_of(x[i]);
      break;
  }
}

HWY_INLINE V activate_one(const VecActivation& f, V x) {
  V values[1] = {x};
  activate<1>(f, values);
  return values[0];
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
