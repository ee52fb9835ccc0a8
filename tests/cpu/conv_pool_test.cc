#include "cpu/kernels/conv/conv_pool.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

Floats packed_of(const ConvParams& p) {
  const Constant weight(
      random_floats(int64_t{p.out_channels} * p.in_channels * p.kernel_height * p.kernel_width, 1),
      ir::DType::kFp32);
  const Constant bias(random_floats(p.out_channels, 2), ir::DType::kFp32);
  Floats packed(conv_packed_bytes(p) / 4);
  EXPECT_TRUE(conv_pack(p, weight.weights(), bias.weights(),
                        {reinterpret_cast<std::byte*>(packed.data()),
                         static_cast<size_t>(conv_packed_bytes(p))})
                  .ok());
  return packed;
}

// The two one after another do the same sums in the same order: results are equal.
void check(ConvPoolParams params, int threads) {
  const Status status = conv_pool_choose(params);
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  const ConvParams& c = params.conv;
  const PoolParams& p = params.pool;
  SCOPED_TRACE(std::string(name(c.isa)) + " conv " + std::to_string(c.out_channels) + "x" +
               std::to_string(c.out_height) + "x" + std::to_string(c.out_width) + " pool kind " +
               std::to_string(static_cast<int>(p.kind)) + " kernel " +
               std::to_string(p.kernel_height) + " stride " + std::to_string(p.stride_height) +
               " pad " + std::to_string(p.pad_top) + " out " + std::to_string(p.out_height) +
               " threads " + std::to_string(threads) + " floats " +
               std::to_string(params.thread_floats));
  const Floats input(random_floats(int64_t{c.batch} * c.in_channels * c.in_height * c.in_width, 3));
  const Floats packed = packed_of(c);
  ThreadPool pool(threads);
  Floats between(blocked_elements(c.batch, c.out_channels, c.out_height, c.out_width, c.isa));
  Floats conv_scratch(conv_scratch_bytes(c, threads) / 4);
  conv_run(c, {input.data(), packed.data(), nullptr, between.data(), conv_scratch.data()}, pool);
  const int64_t outputs = blocked_elements(p.batch, p.channels, p.out_height, p.out_width, p.isa);
  Floats want(outputs);
  Floats pool_scratch(pool_scratch_bytes(p, threads) / 4);
  pool_run(p, between.data(), want.data(), pool_scratch.data(), pool);

  Floats got(outputs);
  Floats scratch(conv_pool_scratch_bytes(params, threads) / 4);
  conv_pool_run(params, {input.data(), packed.data(), nullptr, got.data(), scratch.data()}, pool);
  EXPECT_TRUE(got.guards_intact() && scratch.guards_intact());
  const int64_t pixels = int64_t{p.out_height} * p.out_width;
  EXPECT_EQ(from_blocked(p.isa, got, p.batch, p.channels, pixels),
            from_blocked(p.isa, want, p.batch, p.channels, pixels));
}

class ConvPool : public ::testing::TestWithParam<Isa> {};

TEST_P(ConvPool, EqualsItsParts) {
  testing::for_all(200, 17, [](testing::Draws& draws) {
    const auto pick = [&draws](int low, int high) { return draws.pick(low, high); };
    const int i = pick(0, 199);
    ConvPoolParams params;
    ConvParams& c = params.conv;
    c.isa = GetParam();
    c.planar_input = true;
    c.batch = pick(1, 2);
    c.in_channels = pick(1, 4);
    c.out_channels = pick(1, 40);
    c.in_height = pick(5, 50);
    c.in_width = pick(5, 40);
    c.kernel_height = pick(1, 5);
    c.kernel_width = pick(1, 4);
    c.stride_height = pick(1, 3);
    c.stride_width = pick(1, 3);
    c.pad_top = pick(0, 2);
    c.pad_left = pick(0, 2);
    c.out_height = (c.in_height + c.pad_top - c.kernel_height) / c.stride_height + 1;
    c.out_width = (c.in_width + c.pad_left - c.kernel_width) / c.stride_width + 1;
    c.epilogue.has_bias = true;
    c.epilogue.activation = static_cast<Activation>(pick(0, 6));
    c.epilogue.alpha = -0.5f;
    c.epilogue.beta = 0.5f;
    PoolParams& p = params.pool;
    p.isa = c.isa;
    p.kind = static_cast<PoolKind>(pick(0, 4));
    p.batch = c.batch;
    p.channels = c.out_channels;
    p.in_height = c.out_height;
    p.in_width = c.out_width;
    p.kernel_height = pick(1, 5);
    p.kernel_width = pick(1, 4);
    p.stride_height = pick(1, i % 10 == 0 ? 12 : 4);
    p.stride_width = pick(1, 3);
    p.pad_top = pick(0, p.kernel_height - 1);
    p.pad_left = pick(0, p.kernel_width - 1);
    p.pad_bottom = pick(0, 3);
    p.pad_right = pick(0, 3);
    const int up = p.kind == PoolKind::kMaxZeros ? 0 : pick(0, 1);
    const int tall = p.in_height + p.pad_top + p.pad_bottom - p.kernel_height;
    const int wide = p.in_width + p.pad_left + p.pad_right - p.kernel_width;
    if (tall < 0 || wide < 0) return;
    p.out_height = (tall + up * (p.stride_height - 1)) / p.stride_height + 1;
    p.out_width = (wide + up * (p.stride_width - 1)) / p.stride_width + 1;
    // Room for a row, for some, or for as many as a task makes.
    params.thread_floats = i % 3 == 0 ? 1 : i % 3 == 1 ? 12000 : 0;
    check(params, i % 4 + 1);
  });
}

TEST_P(ConvPool, PartsThatDoNotFitAreRefused) {
  ConvPoolParams params;
  ConvParams& c = params.conv;
  c.isa = GetParam();
  c.planar_input = true;
  c.in_channels = 3;
  c.out_channels = 8;
  c.in_height = c.in_width = c.out_height = c.out_width = 6;
  PoolParams& p = params.pool;
  p.isa = c.isa;
  p.channels = 8;
  p.in_height = p.in_width = 6;
  p.kernel_height = p.kernel_width = p.stride_height = p.stride_width = 2;
  p.out_height = p.out_width = 3;
  EXPECT_TRUE(conv_pool_choose(params).ok());
  EXPECT_FALSE(conv_pool_pays(params, 1)) << "6 x 6 pixels stay in the cache";
  p.in_width = 7;
  EXPECT_FALSE(conv_pool_choose(params).ok());
  p.in_width = 6;
  c.epilogue.has_residual = true;
  EXPECT_FALSE(conv_pool_choose(params).ok());
  c.epilogue.has_residual = false;
  c.planar_input = false;
  EXPECT_FALSE(conv_pool_choose(params).ok());
}

INSTANTIATE_TEST_SUITE_P(Isas, ConvPool, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
