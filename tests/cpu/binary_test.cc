#include "cpu/kernels/eltwise/binary.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/conv_reference.h"
#include "tests/cpu/support.h"

namespace pome::cpu::test {
namespace {

float reference(BinaryOp op, float x, float y) {
  switch (op) {
    case BinaryOp::kAdd:
      return x + y;
    case BinaryOp::kSub:
      return x - y;
    case BinaryOp::kMul:
      return x * y;
    case BinaryOp::kDiv:
      return x / y;
    case BinaryOp::kMax:
      return std::isnan(x) || x > y ? x : y;
    case BinaryOp::kMin:
      return std::isnan(x) || x < y ? x : y;
    case BinaryOp::kPrelu:
      return x < 0 ? y * x : x;
    case BinaryOp::kSquaredDifference:
      return (x - y) * (x - y);
  }
  return 0;
}

// Equal, or both NaN.
void expect_same(float got, float want) {
  if (std::isnan(want)) {
    EXPECT_TRUE(std::isnan(got));
  } else {
    EXPECT_EQ(got, want);
  }
}

class Binary : public ::testing::TestWithParam<Isa> {};

TEST_P(Binary, EveryOpOnEveryCount) {
  for (int op = 0; op < kBinaryOpCount; ++op) {
    for (int64_t count = 0; count <= 70; ++count) {
      std::vector<float> xs = random_floats(count, 1);
      if (count > 3) xs[static_cast<size_t>(count / 2)] = NAN;
      const Floats x(xs);
      std::vector<float> ys = random_floats(count, 2);
      if (count > 3) ys[static_cast<size_t>(count - 1)] = NAN;
      const Floats y(ys);
      Floats out(count);
      ThreadPool pool(1);
      binary_run(binary_same(GetParam(), static_cast<BinaryOp>(op), count), x.data(), y.data(),
                 out.data(), pool);
      EXPECT_TRUE(out.guards_intact());
      for (int64_t i = 0; i < count; ++i) {
        expect_same(out.data()[i], reference(static_cast<BinaryOp>(op), x.data()[i], y.data()[i]));
      }
    }
  }
}

void check_broadcast(Isa isa, BinaryOp op, const std::vector<int64_t>& xs,
                     const std::vector<int64_t>& ys, Activation activation, int threads) {
  const Result<BinaryParams> made = binary_broadcast(isa, op, xs, ys);
  ASSERT_TRUE(made.ok()) << made.error().to_string();
  BinaryParams p = *made;
  p.activation = activation;
  p.alpha = 0.25f;
  p.beta = 0.75f;
  const size_t rank = std::max(xs.size(), ys.size());
  std::vector<int64_t> dims(rank, 1);
  std::vector<int64_t> x_strides(rank, 0);
  std::vector<int64_t> y_strides(rank, 0);
  int64_t x_size = 1;
  int64_t y_size = 1;
  int64_t total = 1;
  for (size_t i = 0; i < rank; ++i) {
    const int64_t x = i < xs.size() ? xs[xs.size() - 1 - i] : 1;
    const int64_t y = i < ys.size() ? ys[ys.size() - 1 - i] : 1;
    dims[rank - 1 - i] = x == 1 ? y : x;
    x_strides[rank - 1 - i] = x == 1 ? 0 : x_size;
    y_strides[rank - 1 - i] = y == 1 ? 0 : y_size;
    x_size *= x;
    y_size *= y;
    total *= dims[rank - 1 - i];
  }
  const Floats x(random_floats(x_size, 3));
  const Floats y(random_floats(y_size, 4));
  Floats out(total);
  ThreadPool pool(threads);
  binary_run(p, x.data(), y.data(), out.data(), pool);
  EXPECT_TRUE(out.guards_intact());
  Epilogue e;
  e.activation = activation;
  e.alpha = p.alpha;
  e.beta = p.beta;
  for (int64_t i = 0; i < total; ++i) {
    int64_t rest = i;
    int64_t xo = 0;
    int64_t yo = 0;
    for (size_t a = rank; a-- > 0;) {
      xo += rest % dims[a] * x_strides[a];
      yo += rest % dims[a] * y_strides[a];
      rest /= dims[a];
    }
    ASSERT_NEAR(out.data()[i], activate(e, reference(op, x.data()[xo], y.data()[yo])), 1e-6)
        << "at " << i;
  }
}

TEST_P(Binary, Broadcasting) {
  const std::vector<std::pair<std::vector<int64_t>, std::vector<int64_t>>> shapes = {
      {{}, {}},
      {{5}, {}},
      {{}, {7}},
      {{2, 3, 4}, {4}},
      {{2, 3, 40}, {3, 1}},
      {{2, 3, 40}, {2, 1, 40}},
      {{1, 3, 1, 5}, {2, 1, 4, 1}},
      {{6, 1}, {1, 9}},
      {{3, 5, 16}, {3, 1, 16}},
      {{3, 1, 8}, {3, 5, 8}},
      {{3, 1, 4}, {3, 5, 4}},
      {{64, 33, 50}, {33, 1}},
      {{1, 1}, {200000}},
      {{0, 3}, {3}},
      {{2, 1, 3, 1, 2, 1, 3, 1}, {1, 2, 1, 3, 1, 2, 1, 3}},
  };
  int i = 0;
  for (const auto& [x, y] : shapes) {
    ++i;
    check_broadcast(GetParam(),
                    static_cast<BinaryOp>(i % kBinaryOpCount == 3 ? 0 : i % kBinaryOpCount), x, y,
                    static_cast<Activation>(i % 7), i % 3 + 1);
    check_broadcast(GetParam(), BinaryOp::kSub, y, x, Activation::kNone, 2);
  }
}

TEST_P(Binary, ShapesThatDoNotBroadcast) {
  const std::vector<int64_t> x = {2, 3};
  const std::vector<int64_t> y = {2, 4};
  const auto p = binary_broadcast(GetParam(), BinaryOp::kAdd, x, y);
  ASSERT_FALSE(p.ok());
  EXPECT_EQ(p.error().code(), ErrorCode::kShapeMismatch);
  EXPECT_NE(p.error().message().find("[2,3]"), std::string::npos);
  EXPECT_NE(p.error().message().find("[2,4]"), std::string::npos);
}

TEST_P(Binary, PerChannelOnBlocked) {
  for (bool per_image : {false, true}) {
    for (bool swap : {false, true}) {
      const int64_t n = 2;
      const int64_t channels = 21;
      const int64_t pixels = 35;
      const std::vector<float> x = random_floats(n * channels * pixels, 1);
      const std::vector<float> y = random_floats((per_image ? n : 1) * channels, 2);
      const Floats xb = to_blocked(GetParam(), x, n, channels, pixels);
      const Floats yb = to_blocked(GetParam(), y, per_image ? n : 1, channels, 1);
      Floats out(xb.size());
      ThreadPool pool(2);
      const BinaryParams p =
          binary_per_channel(GetParam(), BinaryOp::kSub, n, channels, pixels, per_image, swap);
      binary_run(p, swap ? yb.data() : xb.data(), swap ? xb.data() : yb.data(), out.data(), pool);
      const std::vector<float> got = from_blocked(GetParam(), out, n, channels, pixels);
      for (size_t i = 0; i < got.size(); ++i) {
        const size_t channel = i / pixels % channels;
        const float v = y[(per_image ? i / (channels * pixels) * channels : 0) + channel];
        ASSERT_EQ(got[i], swap ? v - x[i] : x[i] - v);
      }
    }
  }
}

TEST_P(Binary, ScaleShift) {
  const int64_t channels = 19;
  const int64_t pixels = 13;
  const std::vector<float> x = random_floats(2 * channels * pixels, 1);
  const std::vector<float> scale = random_floats(channels, 2);
  const std::vector<float> shift = random_floats(channels, 3);
  Floats data = to_blocked(GetParam(), x, 2, channels, pixels);
  ThreadPool pool(2);
  scale_shift_run({GetParam(), Activation::kRelu, 0, 0, 2, channels, pixels}, data.data(),
                  to_blocked(GetParam(), scale, 1, channels, 1).data(),
                  to_blocked(GetParam(), shift, 1, channels, 1).data(), data.data(), pool);
  const std::vector<float> got = from_blocked(GetParam(), data, 2, channels, pixels);
  for (size_t i = 0; i < got.size(); ++i) {
    const size_t c = i / pixels % channels;
    ASSERT_NEAR(got[i], std::max(0.0f, x[i] * scale[c] + shift[c]), 2e-7);
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, Binary, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
