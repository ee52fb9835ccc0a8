#include "cpu/kernels/conv/conv_siblings.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/conv_reference.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

void pack_weights(const ConvParams& p, const std::vector<float>& weight,
                  const std::vector<float>& bias, Floats& to) {
  const Constant weights(weight, ir::DType::kFp32);
  const Constant biases(bias, ir::DType::kFp32);
  const std::span<std::byte> bytes(reinterpret_cast<std::byte*>(to.data()),
                                   static_cast<size_t>(conv_packed_bytes(p)));
  EXPECT_TRUE(conv_pack(p, weights.weights(), biases.weights(), bytes).ok());
}

void check(ConvSiblingsParams params, int threads, uint32_t seed) {
  ASSERT_TRUE(conv_siblings_choose(params).ok());
  const ConvParams& first = params.convs[0];
  SCOPED_TRACE(std::string(name(first.isa)) + " " + std::to_string(params.count) + " of " +
               std::to_string(first.in_channels) + " at " + std::to_string(first.in_height) + "x" +
               std::to_string(first.in_width) + " threads " + std::to_string(threads));
  const int64_t pixels = int64_t{first.in_height} * first.in_width;
  const std::vector<float> in = random_floats(first.batch * first.in_channels * pixels, seed);
  const Floats input = to_blocked(first.isa, in, first.batch, first.in_channels, pixels);
  std::vector<std::vector<float>> weights;
  std::vector<std::vector<float>> biases;
  std::vector<Floats> packed;
  std::vector<Floats> outputs;
  std::vector<const void*> from;
  std::vector<float*> to;
  packed.reserve(ConvSiblingsParams::kMost);
  outputs.reserve(ConvSiblingsParams::kMost);
  for (int i = 0; i < params.count; ++i) {
    const ConvParams& p = params.convs[i];
    weights.push_back(random_floats(int64_t{p.out_channels} * p.in_channels, ++seed));
    biases.push_back(random_floats(p.out_channels, ++seed));
    packed.emplace_back(conv_packed_bytes(p) / 4);
    pack_weights(p, weights.back(), biases.back(), packed.back());
    outputs.emplace_back(
        blocked_elements(p.batch, p.out_channels, p.out_height, p.out_width, p.isa));
    from.push_back(packed.back().data());
    to.push_back(outputs.back().data());
  }
  ThreadPool pool(threads);
  conv_siblings_run(params, input.data(), from.data(), to.data(), pool);
  for (int i = 0; i < params.count; ++i) {
    const ConvParams& p = params.convs[i];
    const auto at = static_cast<size_t>(i);
    EXPECT_TRUE(outputs[at].guards_intact());
    const std::vector<double> want = naive_conv(p, in, weights[at], biases[at], {});
    const std::vector<float> got =
        from_blocked(p.isa, outputs[at], p.batch, p.out_channels, pixels);
    EXPECT_LE(worst_error(got, want, std::sqrt(static_cast<double>(p.in_channels))),
              sum_tolerance(p.in_channels))
        << "sibling " << i;
  }
}

class ConvSiblings : public ::testing::TestWithParam<Isa> {};

TEST_P(ConvSiblings, RandomGeometry) {
  testing::for_all(60, 11, [](testing::Draws& d) {
    ConvSiblingsParams params;
    params.count = d.pick(2, ConvSiblingsParams::kMost);
    ConvParams c;
    c.isa = GetParam();
    c.batch = d.pick(1, 2);
    // Now and then a reduction of several slices.
    c.in_channels = d.pick(0, 9) == 9 ? d.pick(800, 1100) : d.pick(1, 90);
    c.in_height = c.out_height = d.pick(1, 15);
    c.in_width = c.out_width = d.pick(1, 15);
    for (int i = 0; i < params.count; ++i) {
      c.out_channels = d.pick(1, 80);
      c.epilogue.has_bias = d.flip();
      c.epilogue.activation = static_cast<Activation>(d.pick(0, 6));
      c.epilogue.alpha = c.epilogue.activation == Activation::kClamp ? -0.5f : 0.2f;
      c.epilogue.beta = 0.5f;
      params.convs[i] = c;
    }
    check(params, d.pick(1, 3), 10);
  });
}

TEST_P(ConvSiblings, OthersAreRefused) {
  ConvSiblingsParams params;
  params.count = 2;
  for (ConvParams& c : params.convs) {
    c.isa = GetParam();
    c.in_channels = c.out_channels = 20;
    c.in_height = c.in_width = c.out_height = c.out_width = 5;
  }
  EXPECT_TRUE(conv_siblings_choose(params).ok());
  const auto refused = [&](auto change) {
    ConvSiblingsParams other = params;
    change(other);
    return !conv_siblings_choose(other).ok();
  };
  EXPECT_TRUE(refused([](auto& p) { p.count = 1; }));
  EXPECT_TRUE(refused([](auto& p) { p.count = ConvSiblingsParams::kMost + 1; }));
  EXPECT_TRUE(refused([](auto& p) { p.convs[1].in_channels = 21; }));
  EXPECT_TRUE(refused([](auto& p) { p.convs[1].batch = 2; }));
  EXPECT_TRUE(refused([](auto& p) { p.convs[1].epilogue.has_residual = true; }));
  EXPECT_TRUE(refused([](auto& p) { p.convs[0].kernel_height = p.convs[0].pad_top = 2; }));
}

INSTANTIATE_TEST_SUITE_P(Isas, ConvSiblings, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
