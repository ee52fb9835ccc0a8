// Activations by their formulas, in double.
#include "ops/activation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/shape.h"
#include "ops/reference/elements.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

using P = ActivationParam;

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

/// ln(1 + exp(x)) that neither overflows nor loses small results.
double softplus_of(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

template <typename F>
Status map(const Args& args, Outputs outputs, F f) {
  map_real(args.tensor(P::kX), outputs[0], f);
  return {};
}

/// y = f(x, alpha of the channel, beta of the channel), beta being 0 where the op has none.
template <typename F>
Status map_channels(const Args& args, Outputs outputs, F f) {
  const TensorView x = args.tensor(P::kX);
  const Shape& shape = x.shape;
  int64_t inner = 1;
  for (int i = 2; i < shape.rank(); ++i) inner *= shape[i];
  const int64_t rows = shape[0] * shape[1];
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t channel = r % shape[1];
    const double alpha = args.tensor(P::kAlpha).real(channel);
    const double beta = args.has(P::kBeta) ? args.tensor(P::kBeta).real(channel) : 0.0;
    const int64_t bytes = inner * ir::bits(x.dtype) / 8;
    const TensorView from{x.dtype, {inner}, x.data + r * bytes};
    const TensorView to{x.dtype, {inner}, outputs[0].data + r * bytes};
    map_real(from, to, [&](double v) { return f(v, alpha, beta); });
  }
  return {};
}

}  // namespace

Status clamped_relu(const Args& args, Outputs outputs) {
  const double alpha = args.real(P::kAlpha);
  const double beta = args.real(P::kBeta);
  return map(args, outputs, [=](double x) { return std::min(x >= 0 ? x : alpha * x, beta); });
}

Status elu(const Args& args, Outputs outputs) {
  const double alpha = args.real(P::kAlpha);
  return map(args, outputs, [=](double x) { return x > 0 ? x : alpha * std::expm1(x); });
}

Status gelu(const Args& args, Outputs outputs) {
  const std::string_view mode = args.text(GeluParam::kMode);
  if (mode == "EXACT") {
    return map(args, outputs, [](double x) { return x / 2 * std::erfc(-x / std::numbers::sqrt2); });
  }
  if (mode == "SIGMOID_APPROXIMATION")
    return map(args, outputs, [](double x) { return x * sigmoid_of(1.702 * x); });
  const double factor = std::sqrt(2 * std::numbers::inv_pi);
  return map(args, outputs, [=](double x) {
    return x / 2 * (1 + std::tanh(factor * (x + 0.044715 * x * x * x)));
  });
}

Status leaky_relu(const Args& args, Outputs outputs) {
  const double alpha = args.real(P::kAlpha);
  return map(args, outputs, [=](double x) { return x >= 0 ? x : alpha * x; });
}

Status linear_activation(const Args& args, Outputs outputs) {
  const double alpha = args.real(P::kAlpha);
  const double beta = args.real(P::kBeta);
  return map(args, outputs, [=](double x) { return alpha * x + beta; });
}

Status prelu(const Args& args, Outputs outputs) {
  return map_channels(args, outputs,
                      [](double x, double alpha, double) { return x >= 0 ? x : alpha * x; });
}

Status relu(const Args& args, Outputs outputs) {
  return map(args, outputs, [](double x) { return x < 0 ? 0 : x; });
}

Status relu6(const Args& args, Outputs outputs) {
  return map(args, outputs, [](double x) { return x < 0 ? 0 : x > 6 ? 6 : x; });
}

Status scaled_tanh(const Args& args, Outputs outputs) {
  const double alpha = args.real(P::kAlpha);
  const double beta = args.real(P::kBeta);
  return map(args, outputs, [=](double x) { return alpha * std::tanh(beta * x); });
}

Status sigmoid(const Args& args, Outputs outputs) { return map(args, outputs, sigmoid_of); }

Status sigmoid_hard(const Args& args, Outputs outputs) {
  const double alpha = args.real(P::kAlpha);
  const double beta = args.real(P::kBeta);
  return map(args, outputs, [=](double x) { return std::clamp(alpha * x + beta, 0.0, 1.0); });
}

Status silu(const Args& args, Outputs outputs) {
  return map(args, outputs, [](double x) { return x * sigmoid_of(x); });
}

Status softmax(const Args& args, Outputs outputs) {
  const TensorView& y = outputs[0];
  const Reals x(args.tensor(SoftmaxParam::kX));
  const int axis = *normalize_axis(args.integer(SoftmaxParam::kAxis), y.shape.rank());
  const int64_t n = y.shape[axis];
  int64_t step = 1;
  for (int i = axis + 1; i < y.shape.rank(); ++i) step *= y.shape[i];
  const int64_t lanes = n == 0 ? 0 : y.elements() / n;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    const int64_t first = lane / step * step * n + lane % step;
    double largest = -std::numeric_limits<double>::infinity();
    for (int64_t i = 0; i < n; ++i) largest = std::max(largest, x[first + i * step]);
    double sum = 0;
    for (int64_t i = 0; i < n; ++i) sum += std::exp(x[first + i * step] - largest);
    for (int64_t i = 0; i < n; ++i)
      y.set_real(first + i * step, std::exp(x[first + i * step] - largest) / sum);
  }
  return {};
}

Status softplus(const Args& args, Outputs outputs) { return map(args, outputs, softplus_of); }

Status softplus_parametric(const Args& args, Outputs outputs) {
  return map_channels(args, outputs, [](double x, double alpha, double beta) {
    return alpha * softplus_of(beta * x);
  });
}

Status softsign(const Args& args, Outputs outputs) {
  return map(args, outputs, [](double x) { return x / (1 + std::abs(x)); });
}

Status thresholded_relu(const Args& args, Outputs outputs) {
  const double alpha = args.real(P::kAlpha);
  return map(args, outputs, [=](double x) { return x >= alpha ? x : 0; });
}

}  // namespace pome::ops::reference
