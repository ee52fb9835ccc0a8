#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "cpu/kernels/gemm/linear.h"
#include "cpu/kernels/gemm/matmul.h"
#include "tests/cpu/conv_reference.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

class Gemm : public ::testing::TestWithParam<Isa> {};

/// What a product gives; the seed decides its numbers, apart from the weights.
std::vector<float> run_linear(const LinearParams& p, const Constant& weight, const Constant& bias,
                              int threads, uint32_t seed) {
  Floats packed(linear_packed_bytes(p) / 4);
  EXPECT_TRUE(linear_pack(p, weight.weights(), bias.weights(),
                          {reinterpret_cast<std::byte*>(packed.data()),
                           static_cast<size_t>(linear_packed_bytes(p))})
                  .ok());
  const Floats input(random_floats(p.rows * p.in_features, seed));
  const Floats added(random_floats(p.rows * p.out_features, seed + 3));
  Floats output(p.rows * p.out_features);
  Floats scratch(linear_scratch_bytes(p, threads) / 4);
  ThreadPool pool(threads);
  linear_run(p, {input.data(), packed.data(), added.data(), output.data(), scratch.data()}, pool);
  EXPECT_TRUE(output.guards_intact() && scratch.guards_intact());
  return {output.data(), output.data() + output.size()};
}

void check_linear(LinearParams p, ir::DType dtype, int threads, uint32_t seed) {
  p.half_weights = dtype == ir::DType::kFp16 && linear_keeps_halves(p.isa, p.rows);
  SCOPED_TRACE(std::string(name(p.isa)) + " " + std::to_string(p.rows) + "x" +
               std::to_string(p.in_features) + "x" + std::to_string(p.out_features) + " threads " +
               std::to_string(threads));
  ASSERT_TRUE(linear_check(p).ok());
  const std::vector<float> in = random_floats(p.rows * p.in_features, seed);
  const Constant weight(random_floats(p.in_features * p.out_features, seed + 1), dtype);
  const Constant bias(random_floats(p.out_features, seed + 2), dtype);
  const std::vector<float> residual = random_floats(p.rows * p.out_features, seed + 3);
  std::vector<double> want;
  for (int64_t m = 0; m < p.rows; ++m) {
    for (int64_t n = 0; n < p.out_features; ++n) {
      double sum = p.epilogue.has_bias ? bias.values[static_cast<size_t>(n)] : 0.0;
      for (int64_t k = 0; k < p.in_features; ++k) {
        const int64_t at = p.weight_is_kn ? k * p.out_features + n : n * p.in_features + k;
        sum += double{in[static_cast<size_t>(m * p.in_features + k)]} *
               weight.values[static_cast<size_t>(at)];
      }
      want.push_back(finish(p.epilogue, sum, residual[want.size()]));
    }
  }
  const std::vector<float> got = run_linear(p, weight, bias, threads, seed);
  EXPECT_LE(worst_error(got, want, std::sqrt(static_cast<double>(p.in_features) + 2)),
            sum_tolerance(p.in_features));
}

TEST_P(Gemm, LinearAroundTheTile) {
  const int c = channel_block(GetParam());
  uint32_t seed = 0;
  for (int64_t rows : {1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 29, 200}) {
    for (int64_t out : {1, c - 1, 2 * c, 2 * c + 1, 3 * c, 4 * c - 1, 97}) {
      for (int64_t in : {1, c, c + 3, 70}) {
        LinearParams p;
        p.isa = GetParam();
        p.rows = rows;
        p.in_features = in;
        p.out_features = out;
        p.weight_is_kn = ++seed % 2 == 0;
        p.epilogue.has_bias = seed % 3 != 0;
        p.epilogue.has_residual = seed % 5 == 0;
        p.epilogue.residual_last = seed % 10 == 0;
        p.epilogue.activation = static_cast<Activation>(seed % 7);
        p.epilogue.alpha = 0.25f;
        p.epilogue.beta = 0.5f;
        check_linear(p, seed % 4 == 0 ? ir::DType::kFp16 : ir::DType::kFp32,
                     static_cast<int>(seed % 3) + 1, seed);
      }
    }
  }
}

TEST_P(Gemm, LinearLong) {
  for (int64_t rows : {1, 3, 30}) {
    LinearParams p;
    p.isa = GetParam();
    p.rows = rows;
    p.in_features = 1030;
    p.out_features = 75;
    p.epilogue.has_bias = true;
    p.epilogue.has_residual = true;
    p.epilogue.activation = Activation::kRelu;
    check_linear(p, ir::DType::kFp32, 2, 1);
  }
}

LinearParams random_linear(Isa isa, std::mt19937& engine) {
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(engine);
  };
  LinearParams p;
  p.isa = isa;
  p.rows = pick(1, 8);
  p.in_features = pick(1, 150);
  p.out_features = pick(1, 90);
  p.weight_is_kn = pick(0, 1) != 0;
  p.epilogue.has_bias = pick(0, 1) != 0;
  p.epilogue.has_residual = pick(0, 3) == 0;
  p.epilogue.activation = static_cast<Activation>(pick(0, 6));
  p.epilogue.alpha = 0.25f;
  p.epilogue.beta = 0.5f;
  return p;
}

// Every fp16 number takes part: normal, subnormal, zeros, infinities and NaN, with subnormal floats
// flushed as they are while a network runs.
TEST_P(Gemm, HalfWeightsGiveTheSameBits) {
  if (!linear_keeps_halves(GetParam(), 1)) GTEST_SKIP() << "reads fp32 weights alone";
  const FlushDenormals flush;
  std::mt19937 engine(3);
  for (uint32_t i = 0; i < 60; ++i) {
    LinearParams p = random_linear(GetParam(), engine);
    if (!linear_keeps_halves(p.isa, p.rows)) continue;
    Constant weight(random_floats(p.in_features * p.out_features, i), ir::DType::kFp16);
    if (i % 3 != 0) {
      const uint32_t mask = i % 3 == 1 ? 0x83ff : 0xffff;  // subnormal alone, or any
      for (size_t k = 0; k < weight.bytes.size(); k += 2) {
        const auto half = static_cast<uint16_t>(engine() & mask);
        std::memcpy(&weight.bytes[k], &half, 2);
      }
    }
    const Constant bias(random_floats(p.out_features, i + 1), ir::DType::kFp32);
    const std::vector<float> want = run_linear(p, weight, bias, 1, i);
    p.half_weights = true;
    const std::vector<float> got = run_linear(p, weight, bias, 1 + static_cast<int>(i % 3), i);
    for (size_t k = 0; k < want.size(); ++k) {
      const bool same = std::memcmp(&got[k], &want[k], sizeof(float)) == 0;
      ASSERT_TRUE(same || (std::isnan(got[k]) && std::isnan(want[k])))
          << p.rows << "x" << p.in_features << "x" << p.out_features << ": " << got[k] << " is not "
          << want[k];
    }
  }
}

TEST_P(Gemm, ThreadsDoNotChangeTheBits) {
  std::mt19937 engine(4);
  for (uint32_t i = 0; i < 40; ++i) {
    LinearParams p = random_linear(GetParam(), engine);
    p.in_features *= 20;
    p.half_weights = i % 2 == 0 && linear_keeps_halves(p.isa, p.rows);
    const Constant weight(random_floats(p.in_features * p.out_features, i), ir::DType::kFp16);
    const Constant bias(random_floats(p.out_features, i + 1), ir::DType::kFp32);
    const std::vector<float> one = run_linear(p, weight, bias, 1, i);
    const std::vector<float> three = run_linear(p, weight, bias, 3, i);
    EXPECT_EQ(0, std::memcmp(one.data(), three.data(), one.size() * sizeof(float))) << p.rows;
  }
}

TEST_P(Gemm, HalfWeightsWhereTheyPay) {
  LinearParams p;
  p.isa = GetParam();
  p.rows = 1;
  p.in_features = 16;
  p.out_features = 32;
  const int64_t floats = linear_packed_bytes(p);
  p.half_weights = true;
  EXPECT_EQ(linear_check(p).ok(), GetParam() != Isa::kSse4);
  p.rows = 9;
  EXPECT_FALSE(linear_check(p).ok());
  EXPECT_EQ(floats - linear_packed_bytes(p), 16 * 32 * 2);
  const Constant weight(random_floats(16 * 32, 1), ir::DType::kFp32);
  std::vector<std::byte> packed(static_cast<size_t>(linear_packed_bytes(p)));
  const Status packing = linear_pack(p, weight.weights(), {}, packed);
  ASSERT_FALSE(packing.ok());
  EXPECT_EQ(packing.error().message(), "weight is fp32, expected fp16 to be packed as fp16");
}

TEST_P(Gemm, NoRows) {
  LinearParams p;
  p.isa = GetParam();
  p.in_features = p.out_features = 4;
  ASSERT_TRUE(linear_check(p).ok());
  ThreadPool pool(2);
  linear_run(p, {}, pool);
}

/// Every product in double, batch by batch.
std::vector<double> products(const MatmulParams& p, const float* x, const float* y,
                             int64_t batches) {
  std::vector<double> want;
  for (int64_t b = 0; b < batches; ++b) {
    int64_t xo = 0;
    int64_t yo = 0;
    int64_t rest = b;
    for (int a = p.batch_rank - 1; a >= 0; --a) {
      xo += rest % p.batch_dims[a] * p.x_strides[a];
      yo += rest % p.batch_dims[a] * p.y_strides[a];
      rest /= p.batch_dims[a];
    }
    for (int64_t m = 0; m < p.m; ++m) {
      for (int64_t n = 0; n < p.n; ++n) {
        double sum = 0;
        for (int64_t k = 0; k < p.k; ++k) {
          sum += double{x[xo + (p.transpose_x ? k * p.m + m : m * p.k + k)]} *
                 y[yo + (p.transpose_y ? n * p.k + k : k * p.n + n)];
        }
        want.push_back(sum);
      }
    }
  }
  return want;
}

TEST_P(Gemm, MatmulBatchesAndTransposes) {
  testing::for_all(120, 7, [](testing::Draws& draws) {
    const auto pick = [&draws](int low, int high) { return draws.pick(low, high); };
    const int i = pick(0, 119);
    MatmulParams p;
    p.isa = GetParam();
    p.m = i % 4 == 0 ? 1 : pick(1, 40);
    p.n = pick(1, 70);
    p.k = i % 10 == 0 ? pick(700, 1100) : pick(1, 60);
    p.transpose_x = pick(0, 1) != 0;
    p.transpose_y = pick(0, 1) != 0;
    p.batch_rank = pick(0, 3);
    int64_t batches = 1;
    int64_t x_size = p.m * p.k;
    int64_t y_size = p.k * p.n;
    for (int a = p.batch_rank - 1; a >= 0; --a) {
      p.batch_dims[a] = pick(1, 3);
      batches *= p.batch_dims[a];
      if (pick(0, 2) != 0) {
        p.x_strides[a] = x_size;
        x_size *= p.batch_dims[a];
      }
      if (pick(0, 2) != 0) {
        p.y_strides[a] = y_size;
        y_size *= p.batch_dims[a];
      }
    }
    ASSERT_TRUE(matmul_check(p).ok());
    const Floats x(random_floats(x_size, static_cast<uint32_t>(i)));
    const Floats y(random_floats(y_size, static_cast<uint32_t>(i) + 1000));
    const std::vector<double> want = products(p, x.data(), y.data(), batches);
    const int threads = i % 3 + 1;
    Floats out(batches * p.m * p.n);
    Floats scratch(matmul_scratch_bytes(p, threads) / 4);
    ThreadPool pool(threads);
    matmul_run(p, x.data(), y.data(), out.data(), scratch.data(), pool);
    EXPECT_TRUE(out.guards_intact() && scratch.guards_intact());
    EXPECT_LE(worst_error(out.span(), want, std::sqrt(static_cast<double>(p.k) + 2)),
              sum_tolerance(p.k))
        << i << ": " << p.m << "x" << p.k << "x" << p.n;
  });
}

INSTANTIATE_TEST_SUITE_P(Isas, Gemm, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
