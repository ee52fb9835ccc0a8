// The tester of properties itself.
#include "tests/support/property.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

namespace pome::testing {
namespace {

// Fails for wide * tall >= 100 where there is a border, whatever else was chosen.
void fails_for_large(Draws& d) {
  d.pick(0, 50);
  const int wide = d.pick(1, 60);
  const int tall = d.pick(1, 60);
  const bool border = d.flip();
  for (int i = 0; i < d.pick(0, 5); ++i) d.pick(0, 9);
  EXPECT_FALSE(border && wide * tall >= 100);
}

TEST(Property, ACaseThatFailsIsShrunk) {
  std::vector<int64_t> choices;
  uint64_t seed = 1;
  while (!fails(fails_for_large, Draws(seed), choices)) ++seed;
  const std::vector<int64_t> smallest = shrink(fails_for_large, choices);
  // Nothing that does not matter is left, and of what matters nothing can go.
  ASSERT_EQ(smallest.size(), 5u);
  EXPECT_EQ(smallest[0], 0);
  EXPECT_EQ(smallest[3], 1);
  EXPECT_EQ(smallest[4], 0);
  const int64_t wide = smallest[1] + 1;
  const int64_t tall = smallest[2] + 1;
  EXPECT_GE(wide * tall, 100);
  EXPECT_LT((wide - 1) * tall, 100);
  EXPECT_LT(wide * (tall - 1), 100);
}

TEST(Property, TheFailureNamesSeedAndChoices) {
  const auto large = [](Draws& d) { EXPECT_LT(d.pick(0, 1000), 10); };
  EXPECT_NONFATAL_FAILURE(for_all(20, 3, large), "of seed 3, shrunk to the choices {10}");
}

TEST(Property, HoldsWhereNothingFails) {
  int cases = 0;
  for_all(25, 3, [&](Draws& d) {
    ++cases;
    EXPECT_LE(d.pick(-3, 7), 7);
  });
  EXPECT_EQ(cases, 25);
}

TEST(Property, ChoicesAreMadeAgain) {
  Draws first(uint64_t{99});
  const std::vector<int> made = {first.pick(0, 9), first.pick(-5, 5), first.pick(1, 1)};
  Draws again(first.choices());
  for (int value : made) EXPECT_GE(value, -5);
  EXPECT_EQ(again.pick(0, 9), made[0]);
  EXPECT_EQ(again.pick(-5, 5), made[1]);
  EXPECT_EQ(again.pick(1, 1), made[2]);
  EXPECT_EQ(again.pick(4, 9), 4) << "behind the end the smallest";
}

}  // namespace
}  // namespace pome::testing
