#include "cpu/kernels/pool/pool.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

double reduce(const PoolParams& p, const float* plane, int64_t oy, int64_t ox) {
  double sum = 0;
  double max = -HUGE_VAL;
  int64_t inside = 0;
  int64_t padded = 0;
  for (int64_t ky = 0; ky < p.kernel_height; ++ky) {
    for (int64_t kx = 0; kx < p.kernel_width; ++kx) {
      const int64_t y = oy * p.stride_height + ky - p.pad_top;
      const int64_t x = ox * p.stride_width + kx - p.pad_left;
      padded += y < p.in_height + p.pad_bottom && x < p.in_width + p.pad_right;
      if (y < 0 || y >= p.in_height || x < 0 || x >= p.in_width) continue;
      const double v = plane[y * p.in_width + x];
      ++inside;
      sum += p.kind == PoolKind::kL2 ? v * v : v;
      max = std::isnan(v) || v > max ? v : max;
    }
  }
  if (inside == 0) return 0;
  switch (p.kind) {
    case PoolKind::kMax:
      return max;
    case PoolKind::kAverage:
      return sum / static_cast<double>(inside);
    case PoolKind::kAveragePadded:
      return sum / static_cast<double>(padded);
    case PoolKind::kL2:
      return std::sqrt(sum);
    case PoolKind::kMaxZeros:
      return inside < p.kernel_height * p.kernel_width ? std::max(max, 0.0) : max;
  }
  return 0;
}

void check(const PoolParams& p, int threads, uint32_t seed) {
  ASSERT_TRUE(pool_check(p).ok());
  SCOPED_TRACE(std::string(name(p.isa)) + " kind " + std::to_string(static_cast<int>(p.kind)) +
               " kernel " + std::to_string(p.kernel_height) + "x" + std::to_string(p.kernel_width) +
               " stride " + std::to_string(p.stride_width) + " in " + std::to_string(p.in_height) +
               "x" + std::to_string(p.in_width) + " out " + std::to_string(p.out_height) + "x" +
               std::to_string(p.out_width) + " pad " + std::to_string(p.pad_left));
  const int64_t plane = int64_t{p.in_height} * p.in_width;
  const int64_t out_plane = int64_t{p.out_height} * p.out_width;
  const std::vector<float> in = random_floats(p.batch * p.channels * plane, seed, -1, 1.5f);
  std::vector<double> want;
  for (int64_t c = 0; c < int64_t{p.batch} * p.channels; ++c) {
    for (int64_t i = 0; i < out_plane; ++i) {
      want.push_back(reduce(p, in.data() + c * plane, i / p.out_width, i % p.out_width));
    }
  }
  const Floats input = to_blocked(p.isa, in, p.batch, p.channels, plane);
  Floats output(blocked_elements(p.batch, p.channels, p.out_height, p.out_width, p.isa));
  Floats scratch(pool_scratch_bytes(p, threads) / 4);
  ThreadPool pool(threads);
  pool_run(p, input.data(), output.data(), scratch.data(), pool);
  EXPECT_TRUE(output.guards_intact() && scratch.guards_intact());
  const double terms = double{1} * p.kernel_height * p.kernel_width;
  const bool max = p.kind == PoolKind::kMax || p.kind == PoolKind::kMaxZeros;
  const double tolerance = max ? 0 : p.kind == PoolKind::kL2 ? 1e-6 * std::sqrt(terms) : 1e-6;
  EXPECT_LE(worst_error(from_blocked(p.isa, output, p.batch, p.channels, out_plane), want, 1),
            tolerance);
}

class Pool : public ::testing::TestWithParam<Isa> {};

TEST_P(Pool, RandomGeometry) {
  testing::for_all(400, 3, [](testing::Draws& draws) {
    const auto pick = [&draws](int low, int high) { return draws.pick(low, high); };
    const int i = pick(0, 399);
    PoolParams p;
    p.isa = GetParam();
    p.kind = static_cast<PoolKind>(i % 4);
    p.batch = pick(1, 3);
    p.channels = pick(1, 40);
    p.in_height = pick(1, 20);
    p.in_width = pick(1, 20);
    p.kernel_height = pick(1, 5);
    p.kernel_width = pick(1, 5);
    p.stride_height = pick(1, 4);
    p.stride_width = pick(1, 4);
    p.pad_top = pick(0, 3);
    p.pad_left = pick(0, 3);
    p.pad_bottom = pick(0, 3);
    p.pad_right = pick(0, 3);
    // Rounded up or down: the last window may reach beyond the padding.
    const int up = pick(0, 1);
    const int tall = p.in_height + p.pad_top + p.pad_bottom - p.kernel_height;
    const int wide = p.in_width + p.pad_left + p.pad_right - p.kernel_width;
    if (tall < 0 || wide < 0) return;
    p.out_height = (tall + up * (p.stride_height - 1)) / p.stride_height + 1;
    p.out_width = (wide + up * (p.stride_width - 1)) / p.stride_width + 1;
    check(p, i % 3 + 1, static_cast<uint32_t>(i));
  });
}

TEST_P(Pool, MaximaAmongZeros) {
  testing::for_all(150, 4, [](testing::Draws& draws) {
    const auto pick = [&draws](int low, int high) { return draws.pick(low, high); };
    const int i = pick(0, 149);
    PoolParams p;
    p.isa = GetParam();
    p.kind = PoolKind::kMaxZeros;
    p.batch = pick(1, 2);
    p.channels = pick(1, 40);
    p.in_height = pick(1, 20);
    p.in_width = pick(1, 20);
    p.kernel_height = pick(1, 4);
    p.kernel_width = pick(1, 4);
    p.stride_height = pick(1, 3);
    p.stride_width = pick(1, 3);
    p.pad_top = pick(0, 3);
    p.pad_left = pick(0, 3);
    p.pad_bottom = pick(0, 3);
    p.pad_right = pick(0, 3);
    const int tall = p.in_height + p.pad_top + p.pad_bottom - p.kernel_height;
    const int wide = p.in_width + p.pad_left + p.pad_right - p.kernel_width;
    if (tall < 0 || wide < 0) return;
    p.out_height = tall / p.stride_height + 1;
    p.out_width = wide / p.stride_width + 1;
    check(p, i % 3 + 1, static_cast<uint32_t>(i));
  });
}

TEST_P(Pool, Global) {
  for (int kind = 0; kind < 4; ++kind) {
    for (int size : {1, 7, 15}) {
      PoolParams p;
      p.isa = GetParam();
      p.kind = static_cast<PoolKind>(kind);
      p.batch = 2;
      p.channels = 35;
      p.in_height = p.kernel_height = size;
      p.in_width = p.kernel_width = size + 2;
      p.out_height = p.out_width = 1;
      check(p, 2, 7);
    }
  }
}

TEST_P(Pool, NanComesThrough) {
  PoolParams p;
  p.isa = GetParam();
  p.channels = channel_block(p.isa);
  p.in_height = p.in_width = 4;
  p.kernel_height = p.kernel_width = p.stride_height = p.stride_width = 2;
  p.out_height = p.out_width = 2;
  for (int at = 0; at < 4; ++at) {
    Floats in(16 * p.channels, 1.0f);
    in.data()[(at / 2 * 4 + at % 2) * p.channels] = NAN;
    Floats out(4 * p.channels);
    Floats scratch(pool_scratch_bytes(p, 1) / 4);
    ThreadPool pool(1);
    pool_run(p, in.data(), out.data(), scratch.data(), pool);
    EXPECT_TRUE(std::isnan(out.data()[0])) << at;
    EXPECT_EQ(out.data()[1], 1.0f);
    EXPECT_EQ(out.data()[p.channels], 1.0f);
  }
}

TEST_P(Pool, ImpossibleSizesAreRefused) {
  PoolParams p;
  p.isa = GetParam();
  EXPECT_FALSE(pool_check(p).ok());
  p.channels = p.in_height = p.in_width = p.out_height = p.out_width = 4;
  EXPECT_TRUE(pool_check(p).ok());
  p.stride_width = 0;
  EXPECT_FALSE(pool_check(p).ok());
}

INSTANTIATE_TEST_SUITE_P(Isas, Pool, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
