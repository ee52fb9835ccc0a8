// A feature's type in Xcode's words.
#include "pome/model_description.h"

#include <gtest/gtest.h>

namespace pome {
namespace {

FeatureDescription array(std::vector<int64_t> shape) {
  FeatureDescription f;
  f.type = FeatureType::kMultiArray;
  f.multi_array.shape = std::move(shape);
  return f;
}

TEST(TypeText, ArraysOfOneShape) {
  EXPECT_EQ(array({1, 3, 8}).type_text(), "MultiArray (Float32, 1 x 3 x 8)");
  EXPECT_EQ(array({}).type_text(), "MultiArray (Float32)");
}

TEST(TypeText, EnumeratedShapesAreListedWhereTheyAreFew) {
  FeatureDescription f = array({4});
  f.multi_array.enumerated = {{4}};
  EXPECT_EQ(f.type_text(), "MultiArray (Float32, 4)");
  f.multi_array.enumerated = {{8}, {4}};
  EXPECT_EQ(f.type_text(), "MultiArray (Float32, 4 or 8)");
  f.multi_array.enumerated = {{8, 1}, {4}, {16}};
  EXPECT_EQ(f.type_text(), "MultiArray (Float32, 4 or 8 x 1 or 16)");
  for (int64_t n = 20; n < 30; ++n) f.multi_array.enumerated.push_back({n});
  EXPECT_EQ(f.type_text(), "MultiArray (Float32, 4 or one of 12 other shapes)");
}

TEST(TypeText, RangesOpenAbove) {
  FeatureDescription f = array({1, 1, 3});
  f.multi_array.ranges = {{1, 1}, {1, 8}, {3, -1}};
  EXPECT_EQ(f.type_text(), "MultiArray (Float32, 1 x 1...8 x 3+)");
}

TEST(TypeText, Pictures) {
  FeatureDescription f;
  f.type = FeatureType::kImage;
  EXPECT_EQ(f.type_text(), "Image (Color RGB)");  // an output may leave its size open
  f.image.width = 299;
  f.image.height = 200;
  EXPECT_EQ(f.type_text(), "Image (Color RGB 299 x 200)");
  f.image.enumerated = {{299, 200}, {30, 20}};
  EXPECT_EQ(f.type_text(), "Image (Color RGB 299 x 200 or 30 x 20)");
  f.image.enumerated.clear();
  f.image.width_range = SizeRange{299, -1};
  f.image.height_range = SizeRange{299, 400};
  EXPECT_EQ(f.type_text(), "Image (Color RGB 299+ x 299...400)");
}

}  // namespace
}  // namespace pome
