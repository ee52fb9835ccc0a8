#include "cpu/kernels/eltwise/unary_families.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/eltwise/unary_math.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/eltwise/math-inl.h"
#include "cpu/kernels/eltwise/sigmoid-inl.h"
#include "cpu/kernels/eltwise/unary_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// Each is f(x, a, b) of UnaryOp.
struct Elu {
  HWY_INLINE V operator()(V x, V a, V) const {
    const V negative = hn::Mul(a, hn::Expm1(D(), hn::Min(x, hn::Zero(D()))));
    return hn::IfThenElse(hn::Lt(x, hn::Zero(D())), negative, x);
  }
};
struct Sigmoid {
  HWY_INLINE V operator()(V x, V, V) const { return sigmoid_of(x); }
};
struct TanhOf {
  HWY_INLINE V operator()(V x, V, V) const { return tanh_all(x); }
};
struct ScaledTanh {
  HWY_INLINE V operator()(V x, V a, V b) const { return hn::Mul(a, tanh_all(hn::Mul(b, x))); }
};
struct Silu {
  HWY_INLINE V operator()(V x, V, V) const { return silu_of(x); }
};
struct GeluExact {
  HWY_INLINE V operator()(V x, V, V) const { return gelu_exact(x); }
};
struct GeluTanh {
  HWY_INLINE V operator()(V x, V, V) const {
    // (1 + tanh u) / 2 = sigmoid(2 u), which does not cancel.
    const V bounded = hn::Min(splat(40.0f), hn::Max(splat(-40.0f), x));
    const V cubic = hn::Mul(hn::Mul(bounded, bounded), bounded);
    const V u = hn::Mul(hn::MulAdd(cubic, splat(0.044715f), bounded), splat(1.5957691216f));
    const V y = hn::Mul(x, sigmoid_all(u));
    return hn::IfThenElse(hn::Lt(x, splat(-40.0f)), hn::Zero(D()),
                          hn::IfThenElse(hn::IsNaN(x), x, y));
  }
};
struct GeluSigmoid {
  HWY_INLINE V operator()(V x, V, V) const {
    const V y = hn::Mul(x, sigmoid_all(hn::Mul(x, splat(1.702f))));
    return hn::IfThenElse(hn::Lt(x, splat(-104.0f)), hn::Zero(D()), y);
  }
};
struct Softplus {
  HWY_INLINE V operator()(V x, V, V) const { return softplus_all(x); }
};
struct ExpOf {
  HWY_INLINE V operator()(V x, V, V) const { return exp_all(x); }
};
struct Exp2 {
  HWY_INLINE V operator()(V x, V, V) const {
    // 2^x = 2^i e^(f ln 2): splitting keeps the product's rounding out of the exponent.
    const V bounded = hn::Min(splat(200.0f), hn::Max(splat(-200.0f), x));
    const V whole = hn::Round(bounded);
    const V e = exp_all(hn::Mul(hn::Sub(bounded, whole), splat(0.6931471806f)));
    // Two factors, because 2^whole alone may leave the range of a float.
    const V first = hn::Round(hn::Mul(whole, splat(0.5f)));
    const V y = hn::Mul(hn::Mul(e, power_of_two(first)), power_of_two(hn::Sub(whole, first)));
    return hn::IfThenElse(hn::IsNaN(x), x, y);
  }
  static HWY_INLINE V power_of_two(V whole) {
    const hn::RebindToSigned<D> di;
    const auto exponent = hn::Add(hn::ConvertTo(di, whole), hn::Set(di, 127));
    return hn::BitCast(D(), hn::ShiftLeft<23>(exponent));
  }
};
struct LogOf {
  HWY_INLINE V operator()(V x, V a, V) const { return log_all(hn::Add(x, a)); }
};
struct ErfOf {
  HWY_INLINE V operator()(V x, V, V) const { return erf_all(x); }
};
struct SinOf {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Sin(D(), x); }
};
struct CosOf {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Cos(D(), x); }
};

inline UnaryRange math_range(UnaryOp op) {
  switch (op) {
    case UnaryOp::kSigmoid:
      return unary_range<Sigmoid>;
    case UnaryOp::kTanh:
      return unary_range<TanhOf>;
    case UnaryOp::kScaledTanh:
      return unary_range<ScaledTanh>;
    case UnaryOp::kSilu:
      return unary_range<Silu>;
    case UnaryOp::kGeluExact:
      return unary_range<GeluExact>;
    case UnaryOp::kGeluTanh:
      return unary_range<GeluTanh>;
    case UnaryOp::kGeluSigmoid:
      return unary_range<GeluSigmoid>;
    case UnaryOp::kSoftplus:
      return unary_range<Softplus>;
    case UnaryOp::kExp:
      return unary_range<ExpOf>;
    case UnaryOp::kExp2:
      return unary_range<Exp2>;
    case UnaryOp::kLog:
      return unary_range<LogOf>;
    case UnaryOp::kErf:
      return unary_range<ErfOf>;
    case UnaryOp::kSin:
      return unary_range<SinOf>;
    case UnaryOp::kCos:
      return unary_range<CosOf>;
    default:
      return unary_range<Elu>;
  }
}

void unary_math_target(const UnaryParams& p, const float* in, float* out, ThreadPool& pool) {
  unary_shared(math_range(p.op), p, in, out, 1 << 12, pool);
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kUnaryMath, unary_math_target);
}  // namespace

void unary_math(const UnaryParams& params, const float* input, float* output,
                ThreadPool& pool) noexcept {
  select(kUnaryMath, params.isa)(params, input, output, pool);
}

}  // namespace pome::cpu
#endif
