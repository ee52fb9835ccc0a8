#include "base/shape.h"

#include <gtest/gtest.h>

namespace pome {
namespace {

TEST(Shape, ElementsOfHostileExtentsDoNotWrap) {
  EXPECT_EQ(Shape({2, 3, 4}).checked_elements(), 24);
  EXPECT_EQ(Shape({int64_t{1} << 40, int64_t{1} << 40}).checked_elements(), std::nullopt);
  EXPECT_EQ(Shape({2, Shape::kUnknown}).checked_elements(), std::nullopt);
  EXPECT_EQ(Shape().checked_elements(), 1);
}

TEST(Shape, BroadcastFollowsNumPy) {
  EXPECT_EQ(broadcast({2, 1, 3}, {4, 1}), Shape({2, 4, 3}));
  EXPECT_EQ(broadcast({2}, {3}), std::nullopt);
  EXPECT_EQ(broadcast({Shape::kUnknown, 3}, {5, 1}), Shape({5, 3}));
}

TEST(Shape, InsertEraseStrides) {
  Shape s{2, 3};
  s.insert(1, 7);
  EXPECT_EQ(s, Shape({2, 7, 3}));
  EXPECT_EQ(s.strides(), Shape({21, 3, 1}));
  s.erase(0);
  EXPECT_EQ(s.to_string(), "[7,3]");
}

TEST(Shape, NormalizeAxisRefusesOutside) {
  EXPECT_EQ(normalize_axis(-1, 3), 2);
  EXPECT_EQ(normalize_axis(3, 3), std::nullopt);
  EXPECT_EQ(normalize_axis(-4, 3), std::nullopt);
}

}  // namespace
}  // namespace pome
