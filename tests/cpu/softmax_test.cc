#include "cpu/kernels/softmax/softmax.h"

#include <gtest/gtest.h>

#include <string>

#include "base/thread_pool.h"
#include "tests/cpu/support.h"

namespace pome::cpu::test {
namespace {

class Softmax : public ::testing::TestWithParam<Isa> {};

TEST_P(Softmax, ShapesAndRanges) {
  for (bool log : {false, true}) {
    for (int64_t axis : {1, 2, 5, 15, 16, 17, 33, 1000}) {
      for (int64_t inner : {1, 3, 16, 21}) {
        for (float range : {1.0f, 100.0f}) {
          const SoftmaxParams p{GetParam(), log, 3, axis, inner};
          const std::vector<float> x = random_floats(3 * axis * inner, 1, -range, range);
          std::vector<double> want(x.size());
          for (int64_t o = 0; o < 3; ++o) {
            for (int64_t i = 0; i < inner; ++i) {
              const auto at = [&](int64_t a) {
                return static_cast<size_t>((o * axis + a) * inner + i);
              };
              double max = -HUGE_VAL;
              double sum = 0;
              for (int64_t a = 0; a < axis; ++a) max = std::max(max, double{x[at(a)]});
              for (int64_t a = 0; a < axis; ++a) sum += std::exp(x[at(a)] - max);
              for (int64_t a = 0; a < axis; ++a) {
                want[at(a)] = log ? x[at(a)] - max - std::log(sum) : std::exp(x[at(a)] - max) / sum;
              }
            }
          }
          Floats data(x);
          ThreadPool pool(2);
          softmax_run(p, data.data(), data.data(), pool);
          EXPECT_TRUE(data.guards_intact());
          EXPECT_LE(worst_error(data.span(), want, log ? 1 + range : 1), 3e-7 + sum_tolerance(axis))
              << axis << " " << inner << " " << log;
        }
      }
    }
  }
}

TEST_P(Softmax, InfinitiesAndNan) {
  for (int64_t inner : {1, 2}) {
    const SoftmaxParams p{GetParam(), false, 1, 3, inner};
    Floats data(3 * inner, 0.0f);
    data.data()[0] = -HUGE_VALF;
    ThreadPool pool(1);
    softmax_run(p, data.data(), data.data(), pool);
    EXPECT_EQ(data.data()[0], 0.0f);
    EXPECT_EQ(data.data()[inner], 0.5f);
    data.data()[inner] = NAN;
    softmax_run(p, data.data(), data.data(), pool);
    for (int64_t a = 0; a < 3; ++a) EXPECT_TRUE(std::isnan(data.data()[a * inner]));
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, Softmax, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

}  // namespace
}  // namespace pome::cpu::test
