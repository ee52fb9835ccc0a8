#include "ops/elementwise_unary.h"

#include <algorithm>
#include <cmath>

#include "ops/reference/elements.h"

namespace pome::ops::reference {
namespace {

template <typename F>
Status real(const Args& args, Outputs outputs, F f) {
  map_real(args.tensor(kUnaryX), outputs[0], f);
  return {};
}

/// Ops that are also defined for int32.
template <typename R, typename I>
Status number(const Args& args, Outputs outputs, R f, I g) {
  if (ir::is_float(outputs[0].dtype)) return real(args, outputs, f);
  map_integer(args.tensor(kUnaryX), outputs[0], g);
  return {};
}

}  // namespace

Status abs(const Args& args, Outputs outputs) {
  return number(
      args, outputs, [](double x) { return std::abs(x); },
      [](int64_t x) { return x < 0 ? -x : x; });
}

Status acos(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::acos(x); });
}

Status asin(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::asin(x); });
}

Status atan(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::atan(x); });
}

Status atanh(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::atanh(x); });
}

Status cast(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kCastX);
  const TensorView& y = outputs[0];
  if (ir::is_float(x.dtype) || ir::is_float(y.dtype)) {
    map_real(x, y, [](double v) { return v; });
  } else if (y.dtype == ir::DType::kBool) {
    const int64_t n = y.elements();
    for (int64_t i = 0; i < n; ++i) y.set_integer(i, x.integer(i) != 0);
  } else {
    map_integer(x, y, [](int64_t v) { return v; });
  }
  return {};
}

Status ceil(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::ceil(x); });
}

Status clip(const Args& args, Outputs outputs) {
  const double alpha = args.real(kClipAlpha);
  const double beta = args.real(kClipBeta);
  return real(args, outputs,
              [=](double x) { return std::isnan(x) ? x : std::min(std::max(x, alpha), beta); });
}

Status cos(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::cos(x); });
}

Status cosh(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::cosh(x); });
}

Status erf(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::erf(x); });
}

Status exp(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::exp(x); });
}

Status exp2(const Args& args, Outputs outputs) {
  return number(
      args, outputs, [](double x) { return std::exp2(x); },
      [](int64_t x) { return x < 0 || x > 62 ? int64_t{0} : int64_t{1} << x; });
}

Status floor(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::floor(x); });
}

Status inverse(const Args& args, Outputs outputs) {
  const double epsilon = args.real(kEpsilon);
  return real(args, outputs, [=](double x) { return 1 / (x + epsilon); });
}

Status log(const Args& args, Outputs outputs) {
  const double epsilon = args.real(kEpsilon);
  return real(args, outputs, [=](double x) { return std::log(x + epsilon); });
}

Status logical_not(const Args& args, Outputs outputs) {
  map_integer(args.tensor(kUnaryX), outputs[0], [](int64_t x) { return int64_t{x == 0}; });
  return {};
}

Status round(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::nearbyint(x); });
}

Status rsqrt(const Args& args, Outputs outputs) {
  const double epsilon = args.real(kEpsilon);
  return real(args, outputs, [=](double x) { return 1 / std::sqrt(x + epsilon); });
}

Status sign(const Args& args, Outputs outputs) {
  return number(
      args, outputs, [](double x) { return std::isnan(x) ? x : (x > 0) - (x < 0); },
      [](int64_t x) { return int64_t{(x > 0) - (x < 0)}; });
}

Status sin(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::sin(x); });
}

Status sinh(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::sinh(x); });
}

Status sqrt(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::sqrt(x); });
}

Status square(const Args& args, Outputs outputs) {
  return number(
      args, outputs, [](double x) { return x * x; }, [](int64_t x) { return x * x; });
}

Status tan(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::tan(x); });
}

Status tanh(const Args& args, Outputs outputs) {
  return real(args, outputs, [](double x) { return std::tanh(x); });
}

Status threshold(const Args& args, Outputs outputs) {
  const double alpha = args.real(kThresholdAlpha);
  const int64_t whole = args.integer(kThresholdAlpha);
  return number(
      args, outputs, [=](double x) { return std::isnan(x) ? x : std::max(x, alpha); },
      [=](int64_t x) { return std::max(x, whole); });
}

}  // namespace pome::ops::reference
