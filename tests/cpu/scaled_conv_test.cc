#include "cpu/kernels/conv/scaled_conv.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/conv_reference.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

void check(ScaledConvParams p, bool has_shift, int threads, uint32_t seed) {
  ASSERT_TRUE(scaled_conv_choose(p).ok());
  const ConvParams& c = p.conv;
  SCOPED_TRACE(std::string(name(c.isa)) + " " + std::to_string(c.in_channels) + " > " +
               std::to_string(c.out_channels) + " at " + std::to_string(c.in_height) + "x" +
               std::to_string(c.in_width) + " threads " + std::to_string(threads));
  const int64_t pixels = int64_t{c.in_height} * c.in_width;
  const std::vector<float> in = random_floats(c.batch * c.in_channels * pixels, seed);
  const int64_t scaled_images = p.scale_per_image ? c.batch : 1;
  const std::vector<float> scale =
      random_floats(scaled_images * c.in_channels, seed + 1, 0.5f, 1.5f);
  const std::vector<float> shift = random_floats(c.in_channels, seed + 2, -0.5f, 0.5f);
  const std::vector<float> weight = random_floats(c.out_channels * c.in_channels, seed + 3);
  const std::vector<float> bias = random_floats(c.out_channels, seed + 4);
  const std::vector<float> residual =
      c.epilogue.has_residual ? random_floats(c.batch * c.out_channels * pixels, seed + 5)
                              : std::vector<float>();
  const Constant weights(weight, ir::DType::kFp32);
  const Constant biases(bias, ir::DType::kFp32);
  Floats packed(conv_packed_bytes(c) / 4);
  ASSERT_TRUE(conv_pack(c, weights.weights(), biases.weights(),
                        {reinterpret_cast<std::byte*>(packed.data()),
                         static_cast<size_t>(conv_packed_bytes(c))})
                  .ok());
  const Floats input = to_blocked(c.isa, in, c.batch, c.in_channels, pixels);
  const Floats scales = to_blocked(c.isa, scale, scaled_images, c.in_channels, 1);
  const Floats shifts = to_blocked(c.isa, shift, 1, c.in_channels, 1);
  const Floats added = c.epilogue.has_residual
                           ? to_blocked(c.isa, residual, c.batch, c.out_channels, pixels)
                           : Floats(1);
  Floats output(blocked_elements(c.batch, c.out_channels, c.out_height, c.out_width, c.isa));
  Floats scratch(scaled_conv_scratch_bytes(p, threads) / 4);
  ThreadPool pool(threads);
  scaled_conv_run(p, {input.data(), packed.data(), added.data(), output.data(), scratch.data()},
                  scales.data(), has_shift ? shifts.data() : nullptr, pool);
  EXPECT_TRUE(output.guards_intact() && scratch.guards_intact());

  std::vector<float> normalized(in.size());
  Epilogue e;
  e.activation = p.activation;
  e.alpha = p.alpha;
  e.beta = p.beta;
  for (size_t i = 0; i < in.size(); ++i) {
    const size_t plane = i / static_cast<size_t>(pixels);
    const double summand = has_shift ? shift[plane % shift.size()] : 0;
    normalized[i] =
        static_cast<float>(activate(e, double{in[i]} * scale[plane % scale.size()] + summand));
  }
  const std::vector<double> want = naive_conv(c, normalized, weight, bias, residual);
  // Scaled values reach 2, sums grow like the root of their terms.
  const double scale_of_sums = 2 * std::sqrt(static_cast<double>(c.in_channels));
  EXPECT_LE(worst_error(from_blocked(c.isa, output, c.batch, c.out_channels, pixels), want,
                        scale_of_sums),
            sum_tolerance(c.in_channels));
}

class ScaledConv : public ::testing::TestWithParam<Isa> {};

TEST_P(ScaledConv, RandomGeometry) {
  testing::for_all(60, 9, [](testing::Draws& d) {
    ScaledConvParams p;
    ConvParams& c = p.conv;
    c.isa = GetParam();
    c.batch = d.pick(1, 2);
    // Now and then a reduction of several slices.
    c.in_channels = d.pick(0, 9) == 9 ? d.pick(800, 1100) : d.pick(1, 90);
    c.out_channels = d.pick(1, 80);
    c.in_height = c.out_height = d.pick(1, 15);
    c.in_width = c.out_width = d.pick(1, 15);
    c.epilogue.has_bias = d.flip();
    c.epilogue.has_residual = d.flip();
    c.epilogue.residual_last = d.flip();
    c.epilogue.activation = static_cast<Activation>(d.pick(0, 6));
    c.epilogue.alpha = c.epilogue.activation == Activation::kClamp ? -0.5f : 0.2f;
    c.epilogue.beta = 0.5f;
    p.activation = static_cast<Activation>(d.pick(0, 6));
    p.alpha = p.activation == Activation::kClamp ? -0.5f : 0.2f;
    p.beta = 0.5f;
    p.scale_per_image = d.flip();
    const bool shift = d.flip();
    check(p, shift, d.pick(1, 3), 10);
  });
}

TEST_P(ScaledConv, OthersThanPointwiseAreRefused) {
  ScaledConvParams p;
  p.conv.isa = GetParam();
  p.conv.in_channels = p.conv.out_channels = 4;
  p.conv.in_height = p.conv.in_width = p.conv.out_height = p.conv.out_width = 5;
  EXPECT_TRUE(scaled_conv_choose(p).ok());
  p.conv.kernel_height = 3;
  p.conv.pad_top = 1;
  EXPECT_FALSE(scaled_conv_choose(p).ok());
}

INSTANTIATE_TEST_SUITE_P(Isas, ScaledConv, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
