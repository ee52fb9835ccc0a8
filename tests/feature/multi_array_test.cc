#include "pome/multi_array.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace pome {
namespace {

TEST(BorrowedArray, ReadsTheMemoryWhereItLies) {
  std::array<float, 6> numbers{1, 2, 3, 4, 5, 6};
  auto owner = std::make_shared<int>(0);
  {
    const MultiArray array = MultiArray::borrow(MultiArrayDataType::kFloat32, {2, 3},
                                                std::as_bytes(std::span(numbers)), owner)
                                 .value();
    EXPECT_TRUE(array.borrowed());
    EXPECT_EQ(array.bytes().data(), reinterpret_cast<const std::byte*>(numbers.data()));
    numbers[4] = 50;
    EXPECT_EQ(array.at(4), 50);
    EXPECT_EQ(array.to_floats()[4], 50.0f);
    const MultiArray copy = array;
    EXPECT_EQ(copy.bytes().data(), array.bytes().data());
    EXPECT_EQ(owner.use_count(), 3);
  }
  EXPECT_EQ(owner.use_count(), 1);
}

TEST(BorrowedArray, WritingDetachesACopy) {
  std::array<double, 2> numbers{1, 2};
  auto owner = std::make_shared<int>(0);
  MultiArray array = MultiArray::borrow(MultiArrayDataType::kFloat64, {2},
                                        std::as_bytes(std::span(numbers)), owner)
                         .value();
  array.set(0, 9);
  EXPECT_FALSE(array.borrowed());
  EXPECT_EQ(owner.use_count(), 1);
  EXPECT_EQ(array.at(0), 9);
  EXPECT_EQ(array.at(1), 2);
  EXPECT_EQ(numbers[0], 1);
}

TEST(BorrowedArray, RefusesBytesThatDoNotFitTheShape) {
  const std::array<float, 2> numbers{};
  const auto wrong = MultiArray::borrow(MultiArrayDataType::kFloat32, {3},
                                        std::as_bytes(std::span(numbers)), nullptr);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code(), ErrorCode::kShapeMismatch);
  EXPECT_NE(wrong.error().message().find("8 bytes were given"), std::string::npos)
      << wrong.error().message();
}

}  // namespace
}  // namespace pome
