#include "cpu/kernels/resize/resize.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/support.h"

namespace pome::cpu::test {
namespace {

class Resize : public ::testing::TestWithParam<Isa> {};

TEST_P(Resize, BothKinds) {
  std::mt19937 engine(1);
  const auto taps = [&](int64_t out, int64_t in) {
    std::vector<ResizeTap> t(static_cast<size_t>(out));
    for (ResizeTap& tap : t) {
      tap.low = std::uniform_int_distribution<int>(0, static_cast<int>(in) - 1)(engine);
      tap.high = std::min<int32_t>(tap.low + 1, static_cast<int32_t>(in) - 1);
      tap.weight = std::uniform_real_distribution<float>(0, 1)(engine);
    }
    return t;
  };
  for (ResizeKind kind : {ResizeKind::kNearest, ResizeKind::kBilinear}) {
    for (int out : {1, 5, 24}) {
      const ResizeParams p{GetParam(), kind, 2, 19, 6, 9, out, out + 3};
      const auto rows = taps(p.out_height, p.in_height);
      const auto columns = taps(p.out_width, p.in_width);
      ASSERT_TRUE(resize_check(p, rows, columns).ok());
      const std::vector<float> in = random_floats(2 * 19 * 54, 1);
      std::vector<double> want;
      for (int64_t plane = 0; plane < 2 * 19; ++plane) {
        for (const ResizeTap& r : rows) {
          for (const ResizeTap& c : columns) {
            const auto at = [&](int64_t y, int64_t x) {
              return double{in[static_cast<size_t>(plane * 54 + y * 9 + x)]};
            };
            const double wx = kind == ResizeKind::kNearest ? 0 : c.weight;
            const double wy = kind == ResizeKind::kNearest ? 0 : r.weight;
            want.push_back((1 - wy) * ((1 - wx) * at(r.low, c.low) + wx * at(r.low, c.high)) +
                           wy * ((1 - wx) * at(r.high, c.low) + wx * at(r.high, c.high)));
          }
        }
      }
      Floats output(blocked_elements(2, 19, p.out_height, p.out_width, p.isa));
      ThreadPool pool(2);
      resize_run(p, rows.data(), columns.data(), to_blocked(p.isa, in, 2, 19, 54).data(),
                 output.data(), pool);
      EXPECT_TRUE(output.guards_intact());
      const auto got = from_blocked(p.isa, output, 2, 19, int64_t{p.out_height} * p.out_width);
      EXPECT_LE(worst_error(got, want, 1), kind == ResizeKind::kNearest ? 0 : 5e-7);
    }
  }
}

TEST_P(Resize, TapsOutsideAreRefused) {
  const ResizeParams p{GetParam(), ResizeKind::kNearest, 1, 4, 2, 2, 1, 1};
  const std::vector<ResizeTap> good = {{0, 1, 0.5f}};
  const std::vector<ResizeTap> bad = {{0, 2, 0.5f}};
  EXPECT_TRUE(resize_check(p, good, good).ok());
  EXPECT_FALSE(resize_check(p, bad, good).ok());
  EXPECT_FALSE(resize_check(p, good, {}).ok());
}

INSTANTIATE_TEST_SUITE_P(Isas, Resize, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
