#include "cpu/kernels/conv/conv_block.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/thread_pool.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

Floats packed_of(const ConvParams& p, uint32_t seed) {
  const int64_t reduced = int64_t{p.in_channels / p.groups} * p.kernel_height * p.kernel_width;
  const Constant weight(random_floats(p.out_channels * reduced, seed), ir::DType::kFp32);
  const Constant bias(random_floats(p.out_channels, seed + 1), ir::DType::kFp32);
  Floats packed(conv_packed_bytes(p) / 4);
  EXPECT_TRUE(conv_pack(p, weight.weights(), bias.weights(),
                        {reinterpret_cast<std::byte*>(packed.data()),
                         static_cast<size_t>(conv_packed_bytes(p))})
                  .ok());
  return packed;
}

Floats output_of(const ConvParams& p) {
  return Floats(blocked_elements(p.batch, p.out_channels, p.out_height, p.out_width, p.isa));
}

ConvParams pointwise(const ConvParams& like, int in, int out, int height, int width) {
  ConvParams p;
  p.isa = like.isa;
  p.batch = like.batch;
  p.in_channels = in;
  p.out_channels = out;
  p.in_height = p.out_height = height;
  p.in_width = p.out_width = width;
  p.epilogue.has_bias = true;
  p.epilogue.activation = Activation::kClamp;
  p.epilogue.beta = 6;
  return p;
}

/// Any convolution of a picture whose output has `d`'s input's extents.
ConvParams picture(const ConvParams& d, int in, int kernel, int stride, int pad) {
  ConvParams p = pointwise(d, in, d.in_channels, d.in_height, d.in_width);
  p.planar_input = true;
  p.kernel_height = p.kernel_width = kernel;
  p.stride_height = p.stride_width = stride;
  p.pad_top = p.pad_left = std::min(pad, kernel - 1);
  p.in_height = std::max(1, (d.in_height - 1) * stride + kernel - p.pad_top - pad);
  p.in_width = std::max(1, (d.in_width - 1) * stride + kernel - p.pad_left);
  return p;
}

void set_activation(Epilogue& e, int activation) {
  e.activation = static_cast<Activation>(activation);
  e.alpha = e.activation == Activation::kClamp ? -0.5f : 0.25f;
  e.beta = 0.5f;
}

// The parts one after another add the same numbers in the same order: results are equal.
void check(ConvBlockParams p, int threads) {
  const Status status = conv_block_choose(p);
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  const ConvParams& d = p.depthwise;
  SCOPED_TRACE(std::string(name(d.isa)) + " " + std::to_string(d.in_channels) + " channels " +
               std::to_string(d.in_height) + "x" + std::to_string(d.in_width) + " kernel " +
               std::to_string(d.kernel_height) + "x" + std::to_string(d.kernel_width) + " stride " +
               std::to_string(d.stride_height) + " dilation " + std::to_string(d.dilation_height) +
               " pad " + std::to_string(d.pad_top) + " threads " + std::to_string(threads));
  const ConvParams& first = p.has_expand ? p.expand : d;
  const int64_t plane = int64_t{first.in_height} * first.in_width;
  const std::vector<float> plain = random_floats(first.batch * first.in_channels * plane, 1);
  const Floats input = first.planar_input
                           ? Floats(plain)
                           : to_blocked(d.isa, plain, first.batch, first.in_channels, plane);
  if (!p.has_project) p.project = pointwise(d, d.out_channels, 1, d.out_height, d.out_width);
  const Floats residual = to_blocked(
      d.isa, random_floats(d.batch * p.project.out_channels * d.out_height * d.out_width, 2),
      d.batch, p.project.out_channels, int64_t{d.out_height} * d.out_width);
  const Floats expand = p.has_expand ? packed_of(p.expand, 10) : Floats(1);
  const Floats depthwise = packed_of(d, 20);
  const Floats project = p.has_project ? packed_of(p.project, 30) : Floats(1);
  ThreadPool pool(threads);

  Floats expanded = p.has_expand ? output_of(p.expand) : Floats(1);
  if (p.has_expand) {
    Floats copied(std::max<int64_t>(1, conv_scratch_bytes(p.expand, threads) / 4));
    conv_run(p.expand, {input.data(), expand.data(), nullptr, expanded.data(), copied.data()},
             pool);
  }
  Floats between = output_of(d);
  conv_run(d,
           {p.has_expand ? expanded.data() : input.data(), depthwise.data(), nullptr,
            between.data(), nullptr},
           pool);
  Floats want = output_of(p.has_project ? p.project : d);
  if (p.has_project) {
    conv_run(p.project, {between.data(), project.data(), residual.data(), want.data(), nullptr},
             pool);
  } else {
    want = std::move(between);
  }

  const int64_t outputs = p.has_project ? p.project.out_channels : d.out_channels;
  Floats got = output_of(p.has_project ? p.project : d);
  Floats scratch(conv_block_scratch_bytes(p, threads) / 4);
  conv_block_run(p,
                 {input.data(), expand.data(), depthwise.data(), project.data(), residual.data(),
                  got.data(), scratch.data()},
                 pool);
  EXPECT_TRUE(got.guards_intact() && scratch.guards_intact());
  const int64_t pixels = int64_t{d.out_height} * d.out_width;
  EXPECT_EQ(from_blocked(d.isa, got, d.batch, outputs, pixels),
            from_blocked(d.isa, want, d.batch, outputs, pixels));
}

class ConvBlock : public ::testing::TestWithParam<Isa> {};

TEST_P(ConvBlock, EqualsItsParts) {
  testing::for_all(120, 5, [](testing::Draws& draws) {
    const auto pick = [&draws](int low, int high) { return draws.pick(low, high); };
    const int i = pick(0, 119);
    ConvBlockParams p;
    ConvParams& d = p.depthwise;
    d.isa = GetParam();
    d.batch = pick(1, 2);
    // Now and then too large for a thread's rows, so that the ring goes round.
    d.in_channels = d.out_channels = d.groups = i % 4 == 0 ? pick(150, 250) : pick(2, 60);
    d.in_height = i % 4 == 0 ? pick(20, 40) : pick(1, 20);
    d.in_width = i % 4 == 0 ? pick(20, 40) : pick(1, 20);
    d.kernel_height = pick(1, 5);
    d.kernel_width = pick(1, 5);
    d.stride_height = pick(1, 3);
    d.stride_width = pick(1, 2);
    d.dilation_height = pick(1, 2);
    d.dilation_width = pick(1, 2);
    d.pad_top = pick(0, 2);
    d.pad_left = pick(0, 2);
    d.out_height =
        (d.in_height + d.pad_top + pick(0, 2) - (d.kernel_height - 1) * d.dilation_height - 1) /
            d.stride_height +
        1;
    d.out_width =
        (d.in_width + d.pad_left + pick(0, 2) - (d.kernel_width - 1) * d.dilation_width - 1) /
            d.stride_width +
        1;
    if (d.out_height < 1 || d.out_width < 1 ||
        (d.kernel_height - 1) * d.dilation_height > d.in_height + d.pad_top ||
        (d.kernel_width - 1) * d.dilation_width > d.in_width + d.pad_left) {
      return;
    }
    d.epilogue.has_bias = true;
    set_activation(d.epilogue, pick(0, 6));
    p.has_expand = pick(0, 1) != 0;
    p.has_project = !p.has_expand || pick(0, 2) != 0;
    p.expand = pick(0, 1) != 0 ? pointwise(d, pick(1, 40), d.in_channels, d.in_height, d.in_width)
                               : picture(d, pick(1, 4), pick(1, 5), pick(1, 3), pick(0, 2));
    set_activation(p.expand.epilogue, pick(0, 6));
    p.project = pointwise(d, d.in_channels, pick(1, 70), d.out_height, d.out_width);
    p.project.epilogue.has_residual = pick(0, 1) != 0;
    check(p, i % 3 + 1);
  });
}

TEST_P(ConvBlock, PartsThatDoNotFitAreRefused) {
  ConvBlockParams p;
  p.depthwise.isa = GetParam();
  p.depthwise.in_channels = p.depthwise.out_channels = p.depthwise.groups = 8;
  p.depthwise.in_height = p.depthwise.in_width = 5;
  p.depthwise.out_height = p.depthwise.out_width = 3;
  p.depthwise.kernel_height = p.depthwise.kernel_width = 3;
  p.project = pointwise(p.depthwise, 8, 4, 3, 3);
  EXPECT_TRUE(conv_block_choose(p).ok());
  p.project = pointwise(p.depthwise, 9, 4, 3, 3);
  EXPECT_FALSE(conv_block_choose(p).ok());
  p.has_project = false;
  EXPECT_FALSE(conv_block_choose(p).ok()) << "nothing to join";
  p.has_project = true;
  p.project = pointwise(p.depthwise, 8, 4, 3, 3);
  p.depthwise.groups = 4;
  const Status status = conv_block_choose(p);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().to_string().find("depthwise"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Isas, ConvBlock, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
