#include "cpu/kernels/conv/conv.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/conv_reference.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

std::string describe(const ConvParams& p) {
  const auto s = [](int64_t v) { return std::to_string(v); };
  return std::string(name(p.isa)) + " algorithm " + s(static_cast<int>(p.algorithm)) + " batch " +
         s(p.batch) + " groups " + s(p.groups) + " in " + s(p.in_channels) + "x" + s(p.in_height) +
         "x" + s(p.in_width) + " out " + s(p.out_channels) + "x" + s(p.out_height) + "x" +
         s(p.out_width) + " kernel " + s(p.kernel_height) + "x" + s(p.kernel_width) + " stride " +
         s(p.stride_height) + "x" + s(p.stride_width) + " dilation " + s(p.dilation_height) + "x" +
         s(p.dilation_width) + " pad " + s(p.pad_top) + "," + s(p.pad_left) + " activation " +
         s(static_cast<int>(p.epilogue.activation)) + " residual " +
         s(p.epilogue.has_residual + p.epilogue.residual_last);
}

/// Output size for the given padding behind.
void set_output(ConvParams& p, int pad_bottom, int pad_right) {
  p.out_height =
      (p.in_height + p.pad_top + pad_bottom - (p.kernel_height - 1) * p.dilation_height - 1) /
          p.stride_height +
      1;
  p.out_width =
      (p.in_width + p.pad_left + pad_right - (p.kernel_width - 1) * p.dilation_width - 1) /
          p.stride_width +
      1;
}

/// Runs `p` on random data and compares with naive_conv.
void check(ConvParams p, ir::DType dtype, int threads, uint32_t seed) {
  const Status status = conv_choose(p);
  ASSERT_TRUE(status.ok()) << describe(p) << ": " << status.error().to_string();
  SCOPED_TRACE(describe(p));
  const int64_t reduced = int64_t{p.in_channels / p.groups} * p.kernel_height * p.kernel_width;
  const int64_t in_plane = int64_t{p.in_height} * p.in_width;
  const int64_t out_plane = int64_t{p.out_height} * p.out_width;
  const int64_t outputs = p.batch * p.out_channels * out_plane;
  std::vector<float> in = random_floats(p.batch * p.in_channels * in_plane, seed);
  // The same picture as bytes, and what they stand for.
  GuardedMemory bytes(p.pixels ? in.size() : 0);
  for (size_t i = 0; i < in.size() && p.pixels; ++i) {
    const auto level = static_cast<uint8_t>(127.5f + 127.5f * in[i]);
    bytes.data()[i] = std::byte{level};
    const size_t c = i / static_cast<size_t>(in_plane);
    in[i] = p.scaling.scale[c] * static_cast<float>(level) + p.scaling.bias[c];
  }
  const Constant weight(random_floats(p.out_channels * reduced, seed + 1), dtype);
  const Constant bias(random_floats(p.out_channels, seed + 2), dtype);
  std::vector<float> residual;
  if (p.epilogue.has_residual) residual = random_floats(outputs, seed + 3);
  Floats packed(conv_packed_bytes(p) / 4);
  ASSERT_TRUE(conv_pack(p, weight.weights(), bias.weights(),
                        {reinterpret_cast<std::byte*>(packed.data()),
                         static_cast<size_t>(conv_packed_bytes(p))})
                  .ok());
  Floats scratch(conv_scratch_bytes(p, threads) / 4);
  const Floats input =
      p.planar_input ? Floats(in) : to_blocked(p.isa, in, p.batch, p.in_channels, in_plane);
  const Floats added = to_blocked(p.isa, residual.empty() ? std::vector<float>(outputs) : residual,
                                  p.batch, p.out_channels, out_plane);
  Floats output(blocked_elements(p.batch, p.out_channels, p.out_height, p.out_width, p.isa));
  ThreadPool pool(threads);
  const float* from = p.pixels ? reinterpret_cast<const float*>(bytes.data()) : input.data();
  conv_run(p, {from, packed.data(), added.data(), output.data(), scratch.data()}, pool);
  EXPECT_TRUE(output.guards_intact() && scratch.guards_intact() && packed.guards_intact());
  const std::vector<double> want = naive_conv(p, in, weight.values, bias.values, residual);
  // Transforms add before they multiply: sums of larger numbers.
  const bool winograd =
      p.algorithm == ConvAlgorithm::kWinogradF2 || p.algorithm == ConvAlgorithm::kWinogradF4;
  // Pixels are scaled to larger numbers than the tolerance is for.
  double largest = 1;
  for (float x : in) largest = std::max<double>(largest, std::abs(x));
  const double growth = (winograd ? 3 : 1) * largest;
  const double error = worst_error(from_blocked(p.isa, output, p.batch, p.out_channels, out_plane),
                                   want, std::sqrt(static_cast<double>(reduced) + 2));
  EXPECT_LE(error, growth * sum_tolerance(reduced));
}

ConvParams base(Isa isa, int in, int out, int size, int kernel, int stride = 1, int pad = 0) {
  ConvParams p;
  p.isa = isa;
  p.in_channels = in;
  p.out_channels = out;
  p.in_height = p.in_width = size;
  p.kernel_height = p.kernel_width = kernel;
  p.stride_height = p.stride_width = stride;
  p.pad_top = p.pad_left = pad;
  p.epilogue.has_bias = true;
  set_output(p, pad, pad);
  return p;
}

/// Residual and activation by choice.
void draw_epilogue(ConvParams& p, testing::Draws& d) {
  p.epilogue.has_residual = d.flip();
  p.epilogue.residual_last = d.flip();
  p.epilogue.activation = static_cast<Activation>(d.pick(0, 6));
  p.epilogue.alpha = 0.25f;
  p.epilogue.beta = 0.75f;
}

/// What `p`, without residual, gives for random data.
std::vector<float> outputs_of(ConvParams p, uint32_t seed) {
  EXPECT_TRUE(conv_choose(p).ok());
  const int64_t in_plane = int64_t{p.in_height} * p.in_width;
  const int64_t out_plane = int64_t{p.out_height} * p.out_width;
  const int64_t reduced = int64_t{p.in_channels} * p.kernel_height * p.kernel_width;
  const Constant weight(random_floats(p.out_channels * reduced, seed), ir::DType::kFp32);
  const Constant bias(random_floats(p.out_channels, seed + 1), ir::DType::kFp32);
  const Floats input = to_blocked(p.isa, random_floats(p.in_channels * in_plane, seed + 2), 1,
                                  p.in_channels, in_plane);
  Floats packed(conv_packed_bytes(p) / 4);
  EXPECT_TRUE(conv_pack(p, weight.weights(), bias.weights(),
                        {reinterpret_cast<std::byte*>(packed.data()),
                         static_cast<size_t>(conv_packed_bytes(p))})
                  .ok());
  Floats scratch(conv_scratch_bytes(p, 1) / 4);
  Floats output(blocked_elements(1, p.out_channels, p.out_height, p.out_width, p.isa));
  ThreadPool pool(1);
  conv_run(p, {input.data(), packed.data(), nullptr, output.data(), scratch.data()}, pool);
  return from_blocked(p.isa, output, 1, p.out_channels, out_plane);
}

class Conv : public ::testing::TestWithParam<Isa> {};

TEST_P(Conv, PointwiseChannelsAroundTheVector) {
  const int c = channel_block(GetParam());
  uint32_t seed = 1;
  for (int in : {1, c - 1, c, c + 1, 3 * c + 2}) {
    for (int out : {1, c, c + 3, 2 * c, 3 * c - 1, 5 * c}) {
      check(base(GetParam(), in, out, 5, 1), ir::DType::kFp32, 2, ++seed);
    }
  }
}

TEST_P(Conv, PointwisePixelsAroundTheTile) {
  for (int pixels = 1; pixels <= 33; ++pixels) {
    ConvParams p = base(GetParam(), 9, 20, 1, 1);
    p.in_width = p.out_width = pixels;
    p.epilogue.activation = Activation::kRelu;
    check(p, ir::DType::kFp32, pixels % 3 + 1, static_cast<uint32_t>(pixels));
  }
}

TEST_P(Conv, DeepReductionInSlices) {
  for (int in : {768, 769, 1030}) {
    ConvParams p = base(GetParam(), in, 40, 7, 1);
    p.epilogue.has_residual = true;
    p.epilogue.activation = Activation::kClamp;
    p.epilogue.alpha = -3;
    p.epilogue.beta = 6;
    check(p, ir::DType::kFp32, 2, 5);
  }
  check(base(GetParam(), 130, 24, 6, 3, 1, 1), ir::DType::kFp32, 2, 6);
}

TEST_P(Conv, Epilogues) {
  for (int a = 0; a <= static_cast<int>(Activation::kSilu); ++a) {
    for (int residual = 0; residual < 3; ++residual) {
      for (int kernel : {1, 3}) {
        for (int groups : {1, 20}) {
          ConvParams p = base(GetParam(), 20, 20, 6, kernel, 1, kernel / 2);
          p.groups = groups;
          p.epilogue.activation = static_cast<Activation>(a);
          p.epilogue.alpha = a == 2 ? -0.5f : 0.25f;
          p.epilogue.beta = 0.5f;
          p.epilogue.has_residual = residual > 0;
          p.epilogue.residual_last = residual > 1;
          p.epilogue.has_bias = a % 2 == 0;
          check(p, ir::DType::kFp32, 2, static_cast<uint32_t>(a));
        }
      }
    }
  }
}

TEST_P(Conv, Planar) {
  for (int channels = 1; channels <= 4; ++channels) {
    for (int stride = 1; stride <= 3; ++stride) {
      for (int kernel : {1, 2, 3, 7}) {
        ConvParams p = base(GetParam(), channels, 37, 31, kernel, stride, kernel / 2);
        p.planar_input = true;
        p.batch = channels % 2 + 1;
        p.epilogue.activation = stride == 3 ? Activation::kLeakyRelu : Activation::kRelu;
        p.epilogue.alpha = 0.1f;
        p.dilation_width = kernel == 2 ? 3 : 1;
        set_output(p, stride, 0);
        check(p, ir::DType::kFp32, stride, 9);
      }
    }
  }
}

// Rows of every width of tile, panels of one vector and of two.
TEST_P(Conv, PlanarRowsAroundTheTile) {
  const int c = channel_block(GetParam());
  for (int width = 1; width <= 60; ++width) {
    ConvParams p = base(GetParam(), 3,
                        width % 4 == 0   ? 3 * c
                        : width % 2 == 0 ? c - 1
                                         : 2 * c,
                        4, 3, 1 + width % 3 % 2, 1);
    p.planar_input = true;
    p.in_width = width;
    set_output(p, 0, width % 2);
    p.epilogue.activation = static_cast<Activation>(width % 7);
    p.epilogue.alpha = 0.25f;
    p.epilogue.beta = 0.5f;
    p.epilogue.has_residual = width % 5 == 0;
    check(p, ir::DType::kFp32, width % 3 + 1, static_cast<uint32_t>(width));
  }
}

// Between 0 and 1 it is the larger of two numbers, elsewhere it is not.
TEST_P(Conv, LeakyReluOfAnySlope) {
  for (float alpha : {0.1f, 1.0f, 1.5f, 0.0f, -0.5f}) {
    for (bool planar : {false, true}) {
      ConvParams p = base(GetParam(), 3, 20, 9, 3, 1, 1);
      p.planar_input = planar;
      p.algorithm = planar ? ConvAlgorithm::kPlanarInput : ConvAlgorithm::kDirect;
      p.epilogue.activation = Activation::kLeakyRelu;
      p.epilogue.alpha = alpha;
      check(p, ir::DType::kFp32, 1, 3);
    }
  }
}

TEST_P(Conv, LeakyReluKeepsNanAndInfinity) {
  ConvParams p = base(GetParam(), 1, 1, 2, 1);
  p.planar_input = true;
  p.epilogue.has_bias = false;
  p.epilogue.activation = Activation::kLeakyRelu;
  p.epilogue.alpha = 0.25f;
  ASSERT_TRUE(conv_choose(p).ok());
  const Constant one({1.0f}, ir::DType::kFp32);
  Floats packed(conv_packed_bytes(p) / 4);
  ASSERT_TRUE(conv_pack(p, one.weights(), {},
                        {reinterpret_cast<std::byte*>(packed.data()),
                         static_cast<size_t>(conv_packed_bytes(p))})
                  .ok());
  const Floats input(std::vector<float>{NAN, INFINITY, -INFINITY, -4});
  Floats output(4 * channel_block(p.isa));
  Floats scratch(conv_scratch_bytes(p, 1) / 4);
  ThreadPool pool(1);
  conv_run(p, {input.data(), packed.data(), nullptr, output.data(), scratch.data()}, pool);
  const std::vector<float> got = from_blocked(p.isa, output, 1, 1, 4);
  EXPECT_TRUE(std::isnan(got[0]));
  EXPECT_EQ(got[1], INFINITY);
  EXPECT_EQ(got[2], -INFINITY);
  EXPECT_EQ(got[3], -1.0f);
}

TEST_P(Conv, PixelsOfAPicture) {
  testing::for_all(80, 17, [](testing::Draws& d) {
    ConvParams p = base(GetParam(), d.pick(1, 4), d.pick(1, 40), 1, d.pick(1, 7), d.pick(1, 3));
    p.planar_input = p.pixels = true;
    p.in_height = d.pick(1, 40);
    p.in_width = d.pick(1, 40);
    p.pad_top = d.pick(0, 3);
    p.pad_left = d.pick(0, 3);
    for (int c = 0; c < p.in_channels; ++c) {
      p.scaling.scale[c] = static_cast<float>(1 + c) / 256;
      p.scaling.bias[c] = static_cast<float>(d.pick(0, 4)) / 4 - 0.5f;
    }
    set_output(p, d.pick(0, 2), d.pick(0, 2));
    if (p.out_height < 1 || p.out_width < 1) return;
    draw_epilogue(p, d);
    check(p, ir::DType::kFp32, d.pick(1, 3), 1);
  });
  ConvParams several = base(GetParam(), 3, 8, 9, 3);
  several.planar_input = several.pixels = true;
  several.batch = 2;
  EXPECT_FALSE(conv_choose(several).ok());
  several.batch = 1;
  EXPECT_TRUE(conv_choose(several).ok());
  several.planar_input = false;
  several.algorithm = ConvAlgorithm::kAuto;
  EXPECT_FALSE(conv_choose(several).ok());
}

TEST_P(Conv, Depthwise) {
  const int c = channel_block(GetParam());
  for (int kernel : {1, 2, 3, 5, 7}) {
    for (int stride = 1; stride <= 3; ++stride) {
      for (int size : {1, 2, 5, 12, 23}) {
        if (size + kernel / 2 * 2 < kernel) continue;
        ConvParams p = base(GetParam(), 2 * c + 3, 2 * c + 3, size, kernel, stride, kernel / 2);
        p.groups = p.in_channels;
        p.batch = stride;
        p.epilogue.activation = Activation::kClamp;
        p.epilogue.beta = 6;
        check(p, ir::DType::kFp16, 2, 11);
      }
    }
  }
}

struct WinogradCase {
  ConvAlgorithm algorithm;
  int kernel_height;
  int kernel_width;
};
constexpr WinogradCase kWinogradCases[] = {
    {ConvAlgorithm::kWinogradF2, 3, 3}, {ConvAlgorithm::kWinogradF4, 3, 3},
    {ConvAlgorithm::kWinogradF2, 5, 5}, {ConvAlgorithm::kWinogradF2, 1, 3},
    {ConvAlgorithm::kWinogradF2, 3, 1}, {ConvAlgorithm::kWinogradF4, 1, 3},
    {ConvAlgorithm::kWinogradF4, 3, 1}, {ConvAlgorithm::kWinogradF2, 1, 5},
    {ConvAlgorithm::kWinogradF2, 5, 1}, {ConvAlgorithm::kWinogradF2, 1, 7},
    {ConvAlgorithm::kWinogradF2, 7, 1},
};

TEST_P(Conv, Winograd) {
  testing::for_all(300, 31, [](testing::Draws& d) {
    const WinogradCase& w = kWinogradCases[d.pick(0, std::size(kWinogradCases) - 1)];
    ConvParams p = base(GetParam(), d.pick(1, 70), d.pick(1, 70), 8, 1);
    p.kernel_height = w.kernel_height;
    p.kernel_width = w.kernel_width;
    p.algorithm = w.algorithm;
    p.batch = d.pick(1, 3);
    p.in_height = d.pick(1, 19);
    p.in_width = d.pick(1, 19);
    p.pad_top = d.pick(0, 3);
    p.pad_left = d.pick(0, 3);
    set_output(p, d.pick(0, 2), d.pick(0, 2));
    if (p.out_height < 1 || p.out_width < 1) return;
    draw_epilogue(p, d);
    check(p, d.flip() ? ir::DType::kFp16 : ir::DType::kFp32, d.pick(1, 3), 1);
  });
}

// What a layer may notice of the algorithm; what a network may, FusedSteps says.
TEST_P(Conv, WinogradAgreesWithDirect) {
  for (const WinogradCase& w : kWinogradCases) {
    ConvParams p = base(GetParam(), 160, 64, 17, 1);
    p.kernel_height = w.kernel_height;
    p.kernel_width = w.kernel_width;
    p.pad_top = w.kernel_height / 2;
    p.pad_left = w.kernel_width / 2;
    set_output(p, p.pad_top, p.pad_left);
    p.algorithm = ConvAlgorithm::kDirect;
    const std::vector<float> direct = outputs_of(p, 8);
    p.algorithm = w.algorithm;
    const std::vector<float> winograd = outputs_of(p, 8);
    double largest = 0;
    double apart = 0;
    for (size_t i = 0; i < direct.size(); ++i) {
      largest = std::max<double>(largest, std::abs(direct[i]));
      apart = std::max<double>(apart, std::abs(double{direct[i]} - winograd[i]));
    }
    EXPECT_LE(apart, 5e-6 * largest) << describe(p);
  }
}

// Weights too large for a core's cache: the phases are shared out one by one.
TEST_P(Conv, WinogradOfManyChannels) {
  for (ConvAlgorithm algorithm : {ConvAlgorithm::kWinogradF2, ConvAlgorithm::kWinogradF4}) {
    ConvParams p = base(GetParam(), 260, 250, 9, 3, 1, 1);
    p.algorithm = algorithm;
    p.batch = 2;
    check(p, ir::DType::kFp32, 2, 77);
  }
}

TEST_P(Conv, WinogradRefusesWhatItsTransformsDoNotCover) {
  ConvParams p = base(GetParam(), 20, 20, 9, 3, 1, 1);
  p.algorithm = ConvAlgorithm::kWinogradF4;
  ASSERT_TRUE(conv_choose(p).ok());
  ConvParams strided = p;
  strided.stride_width = 2;
  EXPECT_FALSE(conv_choose(strided).ok());
  for (const auto& [height, width] : {std::pair{5, 5}, {1, 5}, {7, 1}, {3, 5}, {1, 1}, {2, 2}}) {
    ConvParams other = p;
    other.kernel_height = height;
    other.kernel_width = width;
    set_output(other, 4, 4);
    const Status status = conv_choose(other);
    ASSERT_FALSE(status.ok()) << height << " x " << width;
    EXPECT_NE(status.error().message().find("Winograd"), std::string::npos);
  }
}

TEST_P(Conv, GroupsOfAnyWidth) {
  const int c = channel_block(GetParam());
  for (int in_group : {1, 2, 3, c, c + 1}) {
    for (int out_group : {1, 3, 4, c, 2 * c}) {
      for (int groups : {2, 3, 7}) {
        ConvParams p = base(GetParam(), in_group * groups, out_group * groups, 6, 3, 1, 1);
        p.groups = groups;
        check(p, ir::DType::kFp32, 2, 13);
      }
    }
  }
}

TEST_P(Conv, RandomGeometry) {
  testing::for_all(250, 4711, [](testing::Draws& d) {
    ConvParams p;
    p.isa = GetParam();
    p.batch = d.pick(1, 3);
    p.kernel_height = d.pick(1, 5);
    p.kernel_width = d.pick(1, 5);
    p.stride_height = d.pick(1, 3);
    p.stride_width = d.pick(1, 3);
    p.dilation_height = d.pick(1, 3);
    p.dilation_width = d.pick(1, 3);
    p.pad_top = d.pick(0, 4);
    p.pad_left = d.pick(0, 4);
    p.in_height = d.pick(1, 20);
    p.in_width = d.pick(1, 20);
    const int kind = d.pick(0, 3);  // dense, depthwise, groups, planar
    p.groups = kind == 1 ? d.pick(2, 40) : kind == 2 ? d.pick(2, 4) : 1;
    p.in_channels = kind == 1 ? p.groups : p.groups * d.pick(1, kind == 3 ? 4 : 40);
    p.out_channels = kind == 1 ? p.groups : p.groups * d.pick(1, 40);
    p.planar_input = kind == 3;
    p.epilogue.has_bias = d.flip();
    draw_epilogue(p, d);
    set_output(p, d.pick(0, 4), d.pick(0, 4));
    if (p.out_height < 1 || p.out_width < 1) return;
    check(p, d.flip() ? ir::DType::kFp16 : ir::DType::kFp32, d.pick(1, 3), 1);
  });
}

// Input, output and residual are ranges of channel blocks inside wider tensors.
TEST_P(Conv, BatchStrides) {
  const int c = channel_block(GetParam());
  for (int kernel : {1, 3}) {
    ConvParams p = base(GetParam(), 2 * c, 3 * c, 5, kernel, 1, kernel / 2);
    p.batch = 2;
    ASSERT_TRUE(conv_choose(p).ok());
    const int64_t plane = 25;
    const std::vector<float> in = random_floats(2 * p.in_channels * plane, 3);
    const Constant weight(random_floats(p.in_channels * p.out_channels * kernel * kernel, 4),
                          ir::DType::kFp32);
    const Constant bias(random_floats(p.out_channels, 5), ir::DType::kFp32);
    Floats packed(conv_packed_bytes(p) / 4);
    ASSERT_TRUE(conv_pack(p, weight.weights(), bias.weights(),
                          {reinterpret_cast<std::byte*>(packed.data()),
                           static_cast<size_t>(conv_packed_bytes(p))})
                    .ok());
    const Floats narrow = to_blocked(p.isa, in, 2, p.in_channels, plane);
    p.in_batch_stride = 5 * c * plane;
    p.out_batch_stride = 7 * c * plane;
    Floats wide(2 * p.in_batch_stride);
    for (int64_t i = 0; i < 2 * 2 * c * plane; ++i) {
      wide.data()[i / (2 * c * plane) * p.in_batch_stride + i % (2 * c * plane)] = narrow.data()[i];
    }
    Floats scratch(conv_scratch_bytes(p, 2) / 4);
    Floats output(2 * p.out_batch_stride);
    ThreadPool pool(2);
    conv_run(p, {wide.data(), packed.data(), nullptr, output.data(), scratch.data()}, pool);
    Floats dense(2 * 3 * c * plane);
    for (int64_t i = 0; i < dense.size(); ++i) {
      dense.data()[i] =
          output.data()[i / (3 * c * plane) * p.out_batch_stride + i % (3 * c * plane)];
    }
    EXPECT_TRUE(std::isnan(output.data()[3 * c * plane]));
    const std::vector<double> want = naive_conv(p, in, weight.values, bias.values, {});
    EXPECT_LE(worst_error(from_blocked(p.isa, dense, 2, p.out_channels, plane), want,
                          std::sqrt(p.in_channels * kernel * kernel)),
              sum_tolerance(p.in_channels * kernel * kernel));
  }
}

TEST_P(Conv, RefusalsNameTheValues) {
  ConvParams p = base(GetParam(), 6, 8, 5, 1);
  p.groups = 4;
  Status status = conv_choose(p);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find("4 groups"), std::string::npos);
  p = base(GetParam(), 8, 8, 5, 1);
  p.planar_input = true;
  status = conv_choose(p);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kUnsupported);
  p = base(GetParam(), 8, 8, 5, 1);
  p.stride_width = 0;
  EXPECT_FALSE(conv_choose(p).ok());
  p = base(GetParam(), 1 << 20, 1 << 20, 5, 1);
  EXPECT_FALSE(conv_choose(p).ok());
  p = base(GetParam(), 8, 8, 5, 1);
  p.isa = Isa::kNone;
  EXPECT_FALSE(conv_choose(p).ok());
}

INSTANTIATE_TEST_SUITE_P(Isas, Conv, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
