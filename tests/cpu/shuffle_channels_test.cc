#include "cpu/kernels/reorder/shuffle_channels.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

/// `total` channels in 1 to 4 parts.
int32_t cut(testing::Draws& d, int total, int32_t* parts) {
  int32_t count = 0;
  for (int more = d.pick(0, 3); more > 0 && total > 1; --more) {
    parts[count] = d.pick(1, total - 1);
    total -= parts[count++];
  }
  parts[count++] = total;
  return count;
}

void check(const ShuffleChannelsParams& p, int threads) {
  ASSERT_TRUE(shuffle_channels_check(p).ok());
  std::vector<std::vector<float>> in;
  std::vector<Floats> blocked;
  std::vector<Floats> outputs;
  std::vector<const float*> from;
  std::vector<float*> to;
  blocked.reserve(4);
  outputs.reserve(4);
  int64_t total = 0;
  for (int t = 0; t < p.inputs; ++t) {
    total += p.in_channels[t];
    in.push_back(random_floats(p.batch * p.in_channels[t] * p.pixels, static_cast<uint32_t>(t)));
    blocked.push_back(to_blocked(p.isa, in.back(), p.batch, p.in_channels[t], p.pixels));
    from.push_back(blocked.back().data());
  }
  for (int t = 0; t < p.outputs; ++t) {
    outputs.emplace_back(blocked_elements(p.batch, p.out_channels[t], 1, p.pixels, p.isa));
    to.push_back(outputs.back().data());
  }
  ThreadPool pool(threads);
  shuffle_channels_run(p, from.data(), to.data(), pool);
  for (int64_t image = 0; image < p.batch; ++image) {
    std::vector<const float*> joined;  // by channel
    for (int t = 0; t < p.inputs; ++t) {
      for (int64_t c = 0; c < p.in_channels[t]; ++c)
        joined.push_back(in[static_cast<size_t>(t)].data() +
                         (image * p.in_channels[t] + c) * p.pixels);
    }
    // [groups][total / groups] read down its columns.
    std::vector<const float*> wanted;
    for (int64_t column = 0; column < total / p.groups; ++column) {
      for (int64_t row = 0; row < p.groups; ++row)
        wanted.push_back(joined[static_cast<size_t>(row * (total / p.groups) + column)]);
    }
    size_t next = 0;
    for (int t = 0; t < p.outputs; ++t) {
      const Floats& output = outputs[static_cast<size_t>(t)];
      EXPECT_TRUE(output.guards_intact());
      const auto got = from_blocked(p.isa, output, p.batch, p.out_channels[t], p.pixels);
      for (int64_t c = 0; c < p.out_channels[t]; ++c, ++next) {
        const float* plane = got.data() + (image * p.out_channels[t] + c) * p.pixels;
        ASSERT_TRUE(std::equal(plane, plane + p.pixels, wanted[next]))
            << name(p.isa) << ", output " << t << ", channel " << c << ", groups " << p.groups;
      }
    }
  }
}

class ShuffleChannels : public ::testing::TestWithParam<Isa> {};

TEST_P(ShuffleChannels, RandomGeometry) {
  testing::for_all(100, 5, [](testing::Draws& d) {
    ShuffleChannelsParams p;
    p.isa = GetParam();
    p.batch = d.pick(1, 2);
    p.groups = d.pick(1, 5);
    p.pixels = d.pick(1, 400);
    const int total = p.groups * d.pick(1, 40);
    p.inputs = cut(d, total, p.in_channels);
    p.outputs = cut(d, total, p.out_channels);
    check(p, d.pick(1, 3));
  });
}

TEST_P(ShuffleChannels, EveryLaneFromAnotherBlock) {
  ShuffleChannelsParams p;
  p.isa = GetParam();
  p.groups = 32;
  p.pixels = 7;
  p.inputs = p.outputs = 1;
  p.in_channels[0] = p.out_channels[0] = 32 * 17;
  check(p, 2);
}

TEST_P(ShuffleChannels, WhatDoesNotAddUpIsRefused) {
  ShuffleChannelsParams p;
  p.isa = GetParam();
  p.groups = 2;
  p.pixels = 4;
  p.inputs = p.outputs = 1;
  p.in_channels[0] = p.out_channels[0] = 6;
  EXPECT_TRUE(shuffle_channels_check(p).ok());
  const auto refused = [&](auto change) {
    ShuffleChannelsParams other = p;
    change(other);
    return !shuffle_channels_check(other).ok();
  };
  EXPECT_TRUE(refused([](auto& o) { o.groups = 4; }));
  EXPECT_TRUE(refused([](auto& o) { o.groups = 0; }));
  EXPECT_TRUE(refused([](auto& o) { o.pixels = 0; }));
  EXPECT_TRUE(refused([](auto& o) { o.out_channels[0] = 5; }));
  EXPECT_TRUE(refused([](auto& o) { o.inputs = 5; }));
  EXPECT_TRUE(refused([](auto& o) { o.outputs = 2; }));
}

INSTANTIATE_TEST_SUITE_P(Isas, ShuffleChannels, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
