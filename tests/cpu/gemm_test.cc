#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "cpu/kernels/gemm/linear.h"
#include "cpu/kernels/gemm/matmul.h"
#include "tests/cpu/conv_reference.h"
#include "tests/cpu/support.h"

namespace pome::cpu::test {
namespace {

class Gemm : public ::testing::TestWithParam<Isa> {};

void check_linear(LinearParams p, ir::DType dtype, int threads, uint32_t seed) {
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
  Floats packed(linear_packed_bytes(p) / 4);
  ASSERT_TRUE(linear_pack(p, weight.weights(), bias.weights(),
                          {reinterpret_cast<std::byte*>(packed.data()),
                           static_cast<size_t>(linear_packed_bytes(p))})
                  .ok());
  const Floats input(in);
  const Floats added(residual);
  Floats output(p.rows * p.out_features);
  Floats scratch(linear_scratch_bytes(p, threads) / 4);
  ThreadPool pool(threads);
  linear_run(p, {input.data(), packed.data(), added.data(), output.data(), scratch.data()}, pool);
  EXPECT_TRUE(output.guards_intact() && scratch.guards_intact());
  EXPECT_LE(worst_error(output.span(), want, std::sqrt(static_cast<double>(p.in_features) + 2)),
            sum_tolerance(p.in_features));
}

TEST_P(Gemm, LinearAroundTheTile) {
  const int c = channel_block(GetParam());
  uint32_t seed = 0;
  for (int64_t rows : {1, 2, 5, 13, 14, 15, 29, 200}) {
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
  std::mt19937 engine(7);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(engine);
  };
  for (int i = 0; i < 120; ++i) {
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
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, Gemm, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
