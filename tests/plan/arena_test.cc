#include "plan/arena.h"

#include <gtest/gtest.h>

#include <random>

namespace pome::plan {
namespace {

TEST(Arena, BlocksInUseAtTheSameTimeNeverOverlap) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<Lifetime> blocks(40);
    for (Lifetime& b : blocks) {
      b.bytes = random() % 5000;
      b.first = static_cast<int>(random() % 30) - 1;
      b.last = b.first + static_cast<int>(random() % 6);
    }
    const auto total = place(blocks, 1 << 30);
    ASSERT_TRUE(total.ok());
    uint64_t sum = 0;
    for (size_t i = 0; i < blocks.size(); ++i) {
      const Lifetime& a = blocks[i];
      sum += a.bytes + 64;
      ASSERT_EQ(a.offset % 64, 0u);
      ASSERT_LE(a.offset + a.bytes, *total);
      for (size_t j = 0; j < i; ++j) {
        const Lifetime& b = blocks[j];
        const bool same_time = a.first <= b.last && b.first <= a.last;
        const bool same_place = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
        ASSERT_FALSE(same_time && same_place && a.bytes > 0 && b.bytes > 0) << i << " " << j;
      }
    }
    EXPECT_LT(*total, sum);
  }
}

TEST(Arena, OverTheLimitIsAnErrorThatNamesBoth) {
  std::vector<Lifetime> blocks = {{1000, 0, 1, 0}, {2000, 0, 1, 0}};
  const auto total = place(blocks, 2500);
  ASSERT_FALSE(total.ok());
  EXPECT_EQ(total.error().code(), ErrorCode::kLimitExceeded);
  EXPECT_NE(total.error().message().find("2.50 kB"), std::string::npos) << total.error().message();
}

}  // namespace
}  // namespace pome::plan
