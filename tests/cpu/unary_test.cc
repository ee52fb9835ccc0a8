#include "cpu/kernels/eltwise/unary.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/support.h"

namespace pome::cpu::test {
namespace {

/// The functions made of exponentials and the like.
double transcendental(UnaryOp op, double x, double a, double b) {
  switch (op) {
    case UnaryOp::kElu:
      return x < 0 ? a * std::expm1(x) : x;
    case UnaryOp::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case UnaryOp::kTanh:
      return std::tanh(x);
    case UnaryOp::kScaledTanh:
      return a * std::tanh(b * x);
    case UnaryOp::kSilu:
      return std::isinf(x) && x < 0 ? 0 : x / (1 + std::exp(-x));
    case UnaryOp::kGeluExact:
      return std::isinf(x) && x < 0 ? 0 : x * 0.5 * std::erfc(-x / std::sqrt(2.0));
    case UnaryOp::kGeluTanh: {
      if (std::isinf(x)) return x < 0 ? 0 : x;
      const double u = std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x);
      return x / (1 + std::exp(-2 * u));
    }
    case UnaryOp::kGeluSigmoid:
      return std::isinf(x) && x < 0 ? 0 : x / (1 + std::exp(-1.702 * x));
    case UnaryOp::kSoftplus:
      return x > 30 ? x : std::log1p(std::exp(x));
    case UnaryOp::kExp:
      return std::exp(x);
    case UnaryOp::kExp2:
      return std::exp2(x);
    case UnaryOp::kLog:
      return std::log(x + a);
    case UnaryOp::kErf:
      return std::erf(x);
    case UnaryOp::kSin:
      return std::sin(x);
    case UnaryOp::kCos:
      return std::cos(x);
    default:
      ADD_FAILURE() << "no reference for op " << static_cast<int>(op);
      return 0;
  }
}

double reference(UnaryOp op, double x, double a, double b) {
  switch (op) {
    case UnaryOp::kCopy:
      return x;
    case UnaryOp::kAbs:
      return std::abs(x);
    case UnaryOp::kNegate:
      return -x;
    case UnaryOp::kRelu:
      return x < 0 ? 0 : x;
    case UnaryOp::kClamp:
      return x < a ? a : x > b ? b : x;
    case UnaryOp::kLeakyRelu:
      return x < 0 ? a * x : x;
    case UnaryOp::kThresholdedRelu:
      return x < a ? 0 : x;
    case UnaryOp::kThreshold:
      return x < a ? a : x;
    case UnaryOp::kHardSigmoid:
      return std::isnan(x) ? x : std::min(std::max(a * x + b, 0.0), 1.0);
    case UnaryOp::kHardSwish:
      return std::isnan(x) ? x : x * std::min(std::max(a * x + b, 0.0), 1.0);
    case UnaryOp::kLinear:
      return a * x + b;
    case UnaryOp::kSquare:
      return x * x;
    case UnaryOp::kSqrt:
      return std::sqrt(x);
    case UnaryOp::kRsqrt:
      return 1 / std::sqrt(x + a);
    case UnaryOp::kInverse:
      return 1 / (x + a);
    case UnaryOp::kSoftsign:
      return x / (1 + std::abs(x));
    case UnaryOp::kFloor:
      return std::floor(x);
    case UnaryOp::kCeil:
      return std::ceil(x);
    case UnaryOp::kRound:
      return std::nearbyint(x);
    case UnaryOp::kSign:
      return x > 0 ? 1 : x < 0 ? -1 : x;
    default:
      return transcendental(op, x, a, b);
  }
}

// What docs/numerics.md promises: ulp of the exact result, plus an absolute part where results near
// zero come from cancelling larger numbers.
struct Bound {
  double ulp;
  double absolute;
};

Bound bound(UnaryOp op) {
  switch (op) {
    case UnaryOp::kHardSwish:
    case UnaryOp::kHardSigmoid:
    case UnaryOp::kLinear:
      return {2, 2e-7};
    case UnaryOp::kRsqrt:
    case UnaryOp::kInverse:
    case UnaryOp::kSoftsign:
      return {2.5, 0};
    case UnaryOp::kExp:
      return {2, 0};
    case UnaryOp::kSigmoid:
    case UnaryOp::kSilu:
    case UnaryOp::kExp2:
      return {4, 0};
    case UnaryOp::kLog:
      return {4, 6e-8};
    case UnaryOp::kElu:
    case UnaryOp::kTanh:
    case UnaryOp::kErf:
      return {6, 0};
    case UnaryOp::kScaledTanh:
    case UnaryOp::kSoftplus:
      return {8, 0};
    case UnaryOp::kGeluExact:
      // Without FMA (SSE4) x^2 is rounded before the exponential: up to 14^2 / 2 half ulp more.
      return {60, 0};
    case UnaryOp::kGeluTanh:
    case UnaryOp::kGeluSigmoid:
      // The exponent, up to 87, is rounded.
      return {200, 0};
    case UnaryOp::kSin:
    case UnaryOp::kCos:
      return {4, 1e-7};
    default:
      return {1, 0};
  }
}

double ulp_of(double x) {
  const double magnitude = std::max(std::abs(x), double{std::numeric_limits<float>::min()});
  return std::ldexp(1.0, std::ilogb(magnitude) - 23);
}

std::vector<float> inputs(UnaryOp op) {
  const bool wave = op == UnaryOp::kSin || op == UnaryOp::kCos;
  std::vector<float> x = random_floats(3000, 1, -1, 1);
  for (float v : random_floats(3000, 2, wave ? -1000.f : -20.f, wave ? 1000.f : 20.f)) {
    x.push_back(v);
  }
  for (float v : random_floats(2000, 3, -110, 110)) x.push_back(v);
  for (float v : {0.0f, -0.0f, 1.0f, -1.0f, 0.5f, 2.5f, -3.0f, 1e-30f, -1e-30f, 88.7f, -87.0f}) {
    x.push_back(v);
  }
  if (!wave) {
    for (float v : {1e30f, -1e30f, HUGE_VALF, -HUGE_VALF, NAN}) x.push_back(v);
  }
  return x;
}

class Unary : public ::testing::TestWithParam<Isa> {};

TEST_P(Unary, EveryOpWithinItsBound) {
  ThreadPool pool(2);
  for (int i = 0; i < kUnaryOpCount; ++i) {
    const UnaryOp op = static_cast<UnaryOp>(i);
    UnaryParams p{GetParam(), op, 0.375f, 0.75f, 0};
    if (op == UnaryOp::kRsqrt || op == UnaryOp::kLog || op == UnaryOp::kInverse) p.alpha = 0;
    const Floats in(inputs(op));
    Floats out(in.size());
    p.count = in.size();
    unary_run(p, in.data(), out.data(), pool);
    EXPECT_TRUE(out.guards_intact());
    double worst = 0;
    float at = 0;
    for (int64_t k = 0; k < in.size(); ++k) {
      const double want = reference(op, in.data()[k], p.alpha, p.beta);
      const float got = out.data()[k];
      if (std::isnan(want)) {
        EXPECT_TRUE(std::isnan(got)) << "op " << i << " of " << in.data()[k];
        continue;
      }
      // Near the smallest normal number an intermediate may already be flushed to zero, and near
      // the largest one rounded to infinity.
      if (std::abs(want) < 1e-35 && std::abs(got) < 1e-35f) continue;
      if (std::abs(want) > 3.3e38 && std::abs(got) > 3.3e38f && (want > 0) == (got > 0)) continue;
      const double error = std::max(0.0, std::abs(got - want) - bound(op).absolute) / ulp_of(want);
      if (!(error <= worst)) {
        worst = error;
        at = in.data()[k];
      }
    }
    EXPECT_LE(worst, bound(op).ulp) << "op " << i << " at " << at;
    RecordProperty("ulp_of_op_" + std::to_string(i), std::to_string(worst));
  }
}

TEST_P(Unary, EveryCountAndInPlace) {
  for (int64_t count = 0; count <= 70; ++count) {
    const std::vector<float> x = random_floats(count, 5);
    for (UnaryOp op : {UnaryOp::kRelu, UnaryOp::kSigmoid}) {
      Floats data(x);
      ThreadPool pool(1);
      unary_run({GetParam(), op, 0, 0, count}, data.data(), data.data(), pool);
      EXPECT_TRUE(data.guards_intact());
      for (int64_t i = 0; i < count; ++i) {
        EXPECT_NEAR(data.data()[i], reference(op, x[static_cast<size_t>(i)], 0, 0), 1e-6);
      }
    }
  }
}

TEST_P(Unary, LargeBuffersAreShared) {
  const int64_t count = 300001;
  const Floats in(random_floats(count, 6));
  Floats out(count);
  ThreadPool pool(3);
  unary_run({GetParam(), UnaryOp::kNegate, 0, 0, count}, in.data(), out.data(), pool);
  for (int64_t i = 0; i < count; ++i) ASSERT_EQ(out.data()[i], -in.data()[i]);
}

INSTANTIATE_TEST_SUITE_P(Isas, Unary, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
