#include "cpu/kernels/norm/norm.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

/// Each of `rows` runs of `n` values, normalized in double; gamma and beta by position, or by row.
std::vector<double> naive_norm(const std::vector<float>& x, int64_t n, double epsilon,
                               const std::vector<float>& gamma, const std::vector<float>& beta,
                               bool by_row) {
  std::vector<double> y;
  for (size_t row = 0; row < x.size() / static_cast<size_t>(n); ++row) {
    const float* from = x.data() + row * static_cast<size_t>(n);
    double mean = 0;
    for (int64_t i = 0; i < n; ++i) mean += from[i];
    mean /= static_cast<double>(n);
    double variance = 0;
    for (int64_t i = 0; i < n; ++i) variance += (from[i] - mean) * (from[i] - mean);
    const double scale = 1 / std::sqrt(variance / static_cast<double>(n) + epsilon);
    for (int64_t i = 0; i < n; ++i) {
      const size_t at = by_row ? row % gamma.size() : static_cast<size_t>(i);
      y.push_back((from[i] - mean) * scale * gamma[at] + beta[at]);
    }
  }
  return y;
}

/// Numbers around `centre`: far from 0 only differences tell them apart.
std::vector<float> around(int64_t count, float centre, uint32_t seed) {
  return random_floats(count, seed, centre - 1, centre + 1);
}

Floats packed_of(Isa isa, int64_t count, const Constant& gamma, const Constant& beta) {
  Floats packed(norm_packed_floats(isa, count));
  norm_pack(isa, count, gamma.weights(), beta.weights(), packed.data());
  return packed;
}

class Norm : public ::testing::TestWithParam<Isa> {};

TEST_P(Norm, RowsOfALayer) {
  testing::for_all(120, 5, [](testing::Draws& d) {
    LayerNormParams p;
    p.isa = GetParam();
    p.epsilon = 1e-5f;
    p.rows = d.pick(1, 20);
    p.length = d.flip() ? d.pick(1, 70) : d.pick(1, 3000);
    ASSERT_TRUE(layer_norm_check(p).ok());
    const std::vector<float> x = around(p.rows * p.length, d.flip() ? 5000.0f : 0.0f, 1);
    const ir::DType dtype = d.flip() ? ir::DType::kFp16 : ir::DType::kFp32;
    const Constant gamma(random_floats(p.length, 2), dtype);
    const Constant beta(random_floats(p.length, 3), dtype);
    const Floats packed = packed_of(p.isa, p.length, gamma, beta);
    ThreadPool pool(d.pick(1, 3));
    const Floats input(x);
    Floats output(input.size());
    layer_norm_run(p, input.data(), packed.data(), output.data(), pool);
    EXPECT_TRUE(output.guards_intact());
    EXPECT_LE(worst_error(output.span(),
                          naive_norm(x, p.length, p.epsilon, gamma.values, beta.values, false), 1),
              2e-5);
    Floats in_place(x);
    layer_norm_run(p, in_place.data(), packed.data(), in_place.data(), pool);
    EXPECT_EQ(worst_error(in_place.span(),
                          std::vector<double>(output.span().begin(), output.span().end()), 1),
              0);
  });
}

TEST_P(Norm, ChannelsOfAnInstance) {
  testing::for_all(60, 6, [](testing::Draws& d) {
    InstanceNormParams p;
    p.isa = GetParam();
    p.epsilon = 1e-5f;
    p.batch = d.pick(1, 2);
    p.channels = d.pick(1, 40);
    p.plane = d.flip() ? d.pick(1, 30) : d.pick(1, 2000);
    ASSERT_TRUE(instance_norm_check(p).ok());
    const std::vector<float> x =
        around(p.batch * p.channels * p.plane, d.flip() ? 5000.0f : 0.0f, 1);
    const Constant gamma(random_floats(p.channels, 2), ir::DType::kFp32);
    const Constant beta(random_floats(p.channels, 3), ir::DType::kFp32);
    ThreadPool pool(d.pick(1, 3));
    const Floats input = to_blocked(p.isa, x, p.batch, p.channels, p.plane);
    Floats output(input.size());
    instance_norm_run(p, input.data(), packed_of(p.isa, p.channels, gamma, beta).data(),
                      output.data(), pool);
    EXPECT_TRUE(output.guards_intact());
    EXPECT_LE(worst_error(from_blocked(p.isa, output, p.batch, p.channels, p.plane),
                          naive_norm(x, p.plane, p.epsilon, gamma.values, beta.values, true), 1),
              2e-5);
  });
}

TEST_P(Norm, WithoutGammaAndBeta) {
  Floats packed(norm_packed_floats(GetParam(), 5));
  norm_pack(GetParam(), 5, {}, {}, packed.data());
  const int64_t each = packed.size() / 2;
  for (int64_t i = 0; i < each; ++i) {
    EXPECT_EQ(packed.data()[i], 1);
    EXPECT_EQ(packed.data()[each + i], 0);
  }
  LayerNormParams p;
  p.isa = GetParam();
  p.rows = 1;
  EXPECT_FALSE(layer_norm_check(p).ok()) << "rows of nothing";
}

INSTANTIATE_TEST_SUITE_P(Isas, Norm, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
