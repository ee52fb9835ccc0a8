#include "cpu/kernels/eltwise/unary_families.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/eltwise/unary_plain.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/eltwise/unary_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// Each is f(x, a, b) of UnaryOp.
struct Copy {
  HWY_INLINE V operator()(V x, V, V) const { return x; }
};
struct AbsOf {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Abs(x); }
};
struct Negate {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Neg(x); }
};
struct Relu {
  HWY_INLINE V operator()(V x, V, V) const { return at_least(x, hn::Zero(D())); }
};
struct Clamp {
  HWY_INLINE V operator()(V x, V a, V b) const { return clamp_keep_nan(x, a, b); }
};
struct LeakyRelu {
  HWY_INLINE V operator()(V x, V a, V) const {
    return hn::IfThenElse(hn::Lt(x, hn::Zero(D())), hn::Mul(x, a), x);
  }
};
struct ThresholdedRelu {
  HWY_INLINE V operator()(V x, V a, V) const {
    return hn::IfThenElseZero(hn::Not(hn::Lt(x, a)), x);
  }
};
struct Threshold {
  HWY_INLINE V operator()(V x, V a, V) const { return at_least(x, a); }
};
struct HardSigmoid {
  HWY_INLINE V operator()(V x, V a, V b) const {
    return clamp_keep_nan(hn::MulAdd(x, a, b), hn::Zero(D()), splat(1.0f));
  }
};
struct HardSwish {
  HWY_INLINE V operator()(V x, V a, V b) const { return hn::Mul(x, HardSigmoid()(x, a, b)); }
};
struct Linear {
  HWY_INLINE V operator()(V x, V a, V b) const { return hn::MulAdd(x, a, b); }
};
struct Square {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Mul(x, x); }
};
struct SqrtOf {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Sqrt(x); }
};
struct Rsqrt {
  HWY_INLINE V operator()(V x, V a, V) const {
    return hn::Div(splat(1.0f), hn::Sqrt(hn::Add(x, a)));
  }
};
struct Inverse {
  HWY_INLINE V operator()(V x, V a, V) const { return hn::Div(splat(1.0f), hn::Add(x, a)); }
};
struct Softsign {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Div(x, hn::Add(splat(1.0f), hn::Abs(x))); }
};
struct FloorOf {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Floor(x); }
};
struct CeilOf {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Ceil(x); }
};
struct RoundOf {
  HWY_INLINE V operator()(V x, V, V) const { return hn::Round(x); }
};
struct Sign {
  HWY_INLINE V operator()(V x, V, V) const {
    const V zero = hn::Zero(D());
    const V positive = hn::IfThenElse(hn::Gt(x, zero), splat(1.0f), x);
    return hn::IfThenElse(hn::Lt(x, zero), splat(-1.0f), positive);
  }
};

inline UnaryRange plain_range(UnaryOp op) {
  switch (op) {
    case UnaryOp::kAbs:
      return unary_range<AbsOf>;
    case UnaryOp::kNegate:
      return unary_range<Negate>;
    case UnaryOp::kRelu:
      return unary_range<Relu>;
    case UnaryOp::kClamp:
      return unary_range<Clamp>;
    case UnaryOp::kLeakyRelu:
      return unary_range<LeakyRelu>;
    case UnaryOp::kThresholdedRelu:
      return unary_range<ThresholdedRelu>;
    case UnaryOp::kThreshold:
      return unary_range<Threshold>;
    case UnaryOp::kHardSigmoid:
      return unary_range<HardSigmoid>;
    case UnaryOp::kHardSwish:
      return unary_range<HardSwish>;
    case UnaryOp::kLinear:
      return unary_range<Linear>;
    case UnaryOp::kSquare:
      return unary_range<Square>;
    case UnaryOp::kSqrt:
      return unary_range<SqrtOf>;
    case UnaryOp::kRsqrt:
      return unary_range<Rsqrt>;
    case UnaryOp::kInverse:
      return unary_range<Inverse>;
    case UnaryOp::kSoftsign:
      return unary_range<Softsign>;
    case UnaryOp::kFloor:
      return unary_range<FloorOf>;
    case UnaryOp::kCeil:
      return unary_range<CeilOf>;
    case UnaryOp::kRound:
      return unary_range<RoundOf>;
    case UnaryOp::kSign:
      return unary_range<Sign>;
    default:
      return unary_range<Copy>;
  }
}

void unary_plain_target(const UnaryParams& p, const float* in, float* out, ThreadPool& pool) {
  unary_shared(plain_range(p.op), p, in, out, 1 << 15, pool);
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kUnaryPlain, unary_plain_target);
}  // namespace

void unary_plain(const UnaryParams& params, const float* input, float* output,
                 ThreadPool& pool) noexcept {
  select(kUnaryPlain, params.isa)(params, input, output, pool);
}

}  // namespace pome::cpu
#endif
