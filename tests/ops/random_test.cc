// Random numbers: that a seed fixes them, that none does not, and that they are spread as promised.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "ops/random.h"
#include "ops/sample.h"

namespace pome::ops {
namespace {

std::vector<double> draw(const char* op, const char* line) {
  const OpDef* def = find(op, ir::Opset::kIos15);
  const auto sample = make_sample(*def, line);
  EXPECT_TRUE(sample.ok()) << sample.error().to_string();
  const auto outputs = run_reference(*def, *sample);
  EXPECT_TRUE(outputs.ok()) << outputs.error().to_string();
  std::vector<double> values;
  const TensorView y = outputs->at(0).view();
  for (int64_t i = 0; i < y.elements(); ++i) values.push_back(y.real(i));
  return values;
}

struct Moments {
  double mean = 0, variance = 0;
};

Moments moments(const std::vector<double>& values) {
  Moments m;
  for (const double v : values) m.mean += v / static_cast<double>(values.size());
  for (const double v : values)
    m.variance += (v - m.mean) * (v - m.mean) / static_cast<double>(values.size());
  return m;
}

TEST(Random, ASeedGivesTheSameNumbersAgain) {
  EXPECT_EQ(draw("random_uniform", "shape=[50] seed=9"),
            draw("random_uniform", "shape=[50] seed=9"));
  EXPECT_NE(draw("random_uniform", "shape=[50] seed=9"),
            draw("random_uniform", "shape=[50] seed=8"));
}

TEST(Random, WithoutASeedEveryRunDiffers) {
  std::set<std::vector<double>> runs;
  for (int i = 0; i < 20; ++i) runs.insert(draw("random_normal", "shape=[8]"));
  EXPECT_EQ(runs.size(), 20u);
}

// Bounds are five standard errors of 40,000 numbers.
TEST(Random, UniformNumbersFillTheirRange) {
  const auto values = draw("random_uniform", "shape=[200,200] low=-1.0 high=3.0 seed=1");
  const Moments m = moments(values);
  EXPECT_NEAR(m.mean, 1, 0.03);
  EXPECT_NEAR(m.variance, 16.0 / 12, 0.03);
  for (const double v : values) {
    EXPECT_GE(v, -1);
    EXPECT_LT(v, 3);
  }
}

TEST(Random, NormalNumbersHaveMeanDeviationAndTails) {
  const auto values = draw("random_normal", "shape=[200,200] mean=2.0 stddev=0.5 seed=1");
  const Moments m = moments(values);
  EXPECT_NEAR(m.mean, 2, 0.0125);
  EXPECT_NEAR(m.variance, 0.25, 0.009);
  double within = 0;
  for (const double v : values) within += std::abs(v - 2) < 0.5 ? 1 : 0;
  EXPECT_NEAR(within / 40000, 0.6827, 0.012);
}

TEST(Random, BernoulliNumbersAreOneAsOftenAsAsked) {
  EXPECT_NEAR(moments(draw("random_bernoulli", "shape=[40000] prob=0.3 seed=1")).mean, 0.3, 0.0115);
  EXPECT_EQ(moments(draw("random_bernoulli", "shape=[100] prob=0.0 seed=1")).mean, 0);
  EXPECT_DOUBLE_EQ(moments(draw("random_bernoulli", "shape=[100] prob=1.0 seed=1")).mean, 1);
}

TEST(Random, ClassesAreDrawnByTheirProbabilities) {
  std::vector<double> share(3, 0);
  for (const double c :
       draw("random_categorical", "x=run:[1.0,5.0,2.0] mode=\"probs\" size=40000 seed=1"))
    share.at(static_cast<size_t>(c)) += 1.0 / 40000;
  EXPECT_NEAR(share[0], 0.125, 0.009);
  EXPECT_NEAR(share[1], 0.625, 0.0125);
  EXPECT_NEAR(share[2], 0.25, 0.011);
}

}  // namespace
}  // namespace pome::ops
