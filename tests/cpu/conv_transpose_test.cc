#include "cpu/kernels/conv/conv_transpose.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/conv_reference.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

// Scatters every input over the output, as the definition says it.
std::vector<double> naive(const ConvTransposeParams& p, const std::vector<float>& in,
                          const std::vector<float>& weight, const std::vector<float>& bias,
                          const std::vector<float>& residual) {
  const int64_t plane = int64_t{p.out_height} * p.out_width;
  std::vector<double> out(static_cast<size_t>(p.batch * p.out_channels * plane));
  const int64_t in_group = p.in_channels / p.groups;
  const int64_t out_group = p.out_channels / p.groups;
  for (int64_t n = 0; n < p.batch; ++n) {
    for (int64_t i = 0; i < p.in_channels; ++i) {
      for (int64_t pixel = 0; pixel < int64_t{p.in_height} * p.in_width; ++pixel) {
        const double value =
            in[static_cast<size_t>((n * p.in_channels + i) * p.in_height * p.in_width + pixel)];
        for (int64_t o = 0; o < out_group; ++o) {
          for (int64_t k = 0; k < int64_t{p.kernel_height} * p.kernel_width; ++k) {
            const int64_t y = pixel / p.in_width * p.stride_height +
                              k / p.kernel_width * p.dilation_height - p.pad_top;
            const int64_t x = pixel % p.in_width * p.stride_width +
                              k % p.kernel_width * p.dilation_width - p.pad_left;
            if (y < 0 || y >= p.out_height || x < 0 || x >= p.out_width) continue;
            const int64_t channel = n * p.out_channels + i / in_group * out_group + o;
            out[static_cast<size_t>(channel * plane + y * p.out_width + x)] +=
                value * weight[static_cast<size_t>(
                            (i * out_group + o) * p.kernel_height * p.kernel_width + k)];
          }
        }
      }
    }
  }
  for (size_t i = 0; i < out.size(); ++i) {
    const size_t channel = i / static_cast<size_t>(plane) % static_cast<size_t>(p.out_channels);
    if (p.epilogue.has_bias) out[i] += bias[channel];
    out[i] = finish(p.epilogue, out[i], residual.empty() ? 0.0 : residual[i]);
  }
  return out;
}

void check(const ConvTransposeParams& p, ir::DType dtype, int threads, uint32_t seed) {
  const auto s = [](int64_t v) { return std::to_string(v); };
  SCOPED_TRACE(std::string(name(p.isa)) + " groups " + s(p.groups) + " in " + s(p.in_channels) +
               "x" + s(p.in_height) + "x" + s(p.in_width) + " out " + s(p.out_channels) + "x" +
               s(p.out_height) + "x" + s(p.out_width) + " kernel " + s(p.kernel_height) + "x" +
               s(p.kernel_width) + " stride " + s(p.stride_height) + "x" + s(p.stride_width) +
               " dilation " + s(p.dilation_height) + "x" + s(p.dilation_width) + " pad " +
               s(p.pad_top) + "," + s(p.pad_left));
  const Status status = conv_transpose_check(p);
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  const int64_t taps = int64_t{p.kernel_height} * p.kernel_width;
  const int64_t in_plane = int64_t{p.in_height} * p.in_width;
  const int64_t out_plane = int64_t{p.out_height} * p.out_width;
  const std::vector<float> in = random_floats(p.batch * p.in_channels * in_plane, seed);
  const Constant weight(random_floats(p.in_channels * p.out_channels / p.groups * taps, seed + 1),
                        dtype);
  const Constant bias(random_floats(p.out_channels, seed + 2), dtype);
  std::vector<float> residual;
  if (p.epilogue.has_residual) {
    residual = random_floats(p.batch * p.out_channels * out_plane, seed + 3);
  }
  Floats packed(conv_transpose_packed_bytes(p) / 4);
  ASSERT_TRUE(conv_transpose_pack(p, weight.weights(), bias.weights(),
                                  {reinterpret_cast<std::byte*>(packed.data()),
                                   static_cast<size_t>(conv_transpose_packed_bytes(p))})
                  .ok());
  Floats scratch(conv_transpose_scratch_bytes(p, threads) / 4);
  const Floats input = to_blocked(p.isa, in, p.batch, p.in_channels, in_plane);
  const Floats added = residual.empty()
                           ? Floats(1)
                           : to_blocked(p.isa, residual, p.batch, p.out_channels, out_plane);
  Floats output(blocked_elements(p.batch, p.out_channels, p.out_height, p.out_width, p.isa));
  ThreadPool pool(threads);
  conv_transpose_run(p, {input.data(), packed.data(), added.data(), output.data(), scratch.data()},
                     pool);
  EXPECT_TRUE(output.guards_intact() && scratch.guards_intact() && packed.guards_intact());
  const int64_t reduced = p.in_channels / p.groups * taps;
  EXPECT_LE(worst_error(from_blocked(p.isa, output, p.batch, p.out_channels, out_plane),
                        naive(p, in, weight.values, bias.values, residual),
                        std::sqrt(static_cast<double>(reduced) + 2)),
            sum_tolerance(reduced));
}

class ConvTranspose : public ::testing::TestWithParam<Isa> {};

TEST_P(ConvTranspose, Geometry) {
  testing::for_all(200, 99, [](testing::Draws& d) {
    const auto pick = [&d](int low, int high) { return d.pick(low, high); };
    ConvTransposeParams p;
    p.isa = GetParam();
    p.batch = pick(1, 2);
    p.in_channels = pick(1, 40);
    p.out_channels = pick(1, 40);
    if (pick(0, 2) == 2) p.groups = p.out_channels = p.in_channels = pick(2, 40);
    p.in_height = pick(1, 9);
    p.in_width = pick(1, 9);
    p.kernel_height = pick(1, 5);
    p.kernel_width = pick(1, 5);
    p.stride_height = pick(1, 4);
    p.stride_width = pick(1, 4);
    p.dilation_height = pick(1, 3);
    p.dilation_width = pick(1, 3);
    p.pad_top = pick(0, 3);
    p.pad_left = pick(0, 3);
    p.out_height = (p.in_height - 1) * p.stride_height + (p.kernel_height - 1) * p.dilation_height +
                   1 - p.pad_top - 3 + pick(0, 5);
    p.out_width = (p.in_width - 1) * p.stride_width + (p.kernel_width - 1) * p.dilation_width + 1 -
                  p.pad_left - 3 + pick(0, 5);
    if (p.out_height < 1 || p.out_width < 1) return;
    p.epilogue.has_bias = d.flip();
    p.epilogue.has_residual = d.flip();
    p.epilogue.residual_last = d.flip();
    p.epilogue.activation = static_cast<Activation>(pick(0, 6));
    p.epilogue.alpha = 0.2f;
    p.epilogue.beta = 0.7f;
    check(p, d.flip() ? ir::DType::kFp16 : ir::DType::kFp32, pick(1, 3), 1);
  });
}

TEST_P(ConvTranspose, GroupsBetweenAreRefused) {
  ConvTransposeParams p;
  p.isa = GetParam();
  p.in_channels = p.out_channels = 8;
  p.groups = 2;
  p.in_height = p.in_width = p.out_height = p.out_width = 4;
  const Status status = conv_transpose_check(p);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kUnsupported);
}

INSTANTIATE_TEST_SUITE_P(Isas, ConvTranspose, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
