#include "feature/description_io.h"

#include <gtest/gtest.h>

namespace pome {
namespace {

FeatureDescription feature(const std::string& name) {
  FeatureDescription f;
  f.name = name;
  f.short_description = "what it is";
  f.type = FeatureType::kMultiArray;
  f.optional = true;
  f.multi_array.data_type = MultiArrayDataType::kInt32;
  f.multi_array.shape = {1, 2, 3};
  f.multi_array.enumerated = {{1, 2, 3}, {4, 5, 6}};
  f.multi_array.ranges = {{1, 2}, {3, -1}};
  f.multi_array.default_value = 2.5;
  f.image.width = 7;
  f.image.height = 8;
  f.image.color = ColorLayout::kBgr;
  f.image.enumerated = {{7, 8}, {9, 10}};
  f.image.width_range = SizeRange{3, 30};
  f.int64_keys = true;
  f.sequence_size = {2, 4};
  return f;
}

ModelDescription description() {
  ModelDescription d;
  d.inputs = {feature("x"), feature("z")};
  d.outputs = {feature("y")};
  d.predicted_feature_name = "label";
  d.predicted_probabilities_name = "p";
  d.metadata = {"short", "1.2", "me", "mine", {{"a", "b"}, {"c", "d"}}};
  d.specification_version = 9;
  d.model_type = "mlProgram";
  d.class_labels = std::vector<std::string>{"cat", "dog"};
  d.states = {feature("s")};
  d.updatable = true;
  d.training_inputs = {feature("t")};
  d.functions = {{"main", {feature("i")}, {feature("o")}, {}, "f", "g"}};
  d.default_function_name = "main";
  return d;
}

std::vector<std::byte> written(ModelDescription d) {
  ByteWriter writer;
  transfer(writer, d);
  return writer.bytes();
}

/// Each member away from its default: what is read back and written again is the same, and a
/// member that were forgotten would come back as its default.
TEST(DescriptionIo, GivesEverythingBack) {
  const auto bytes = written(description());
  ModelDescription again;
  ByteReader reader(bytes);
  transfer(reader, again);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(written(again), bytes);
  EXPECT_EQ(again.inputs[1].name, "z");
  EXPECT_EQ(again.inputs[0].multi_array.ranges[1].upper, -1);
  EXPECT_EQ(again.inputs[0].image.width_range->upper, 30);
  EXPECT_FALSE(again.inputs[0].image.height_range.has_value());
  EXPECT_EQ(std::get<std::vector<std::string>>(*again.class_labels)[1], "dog");
  EXPECT_EQ(again.metadata.user_defined.at("c"), "d");
  EXPECT_EQ(again.functions[0].outputs[0].name, "o");
  EXPECT_EQ(again.default_function_name, "main");
  EXPECT_TRUE(again.updatable);
  EXPECT_EQ(again.specification_version, 9);
}

TEST(DescriptionIo, LabelsMayBeNumbers) {
  ModelDescription d = description();
  d.class_labels = std::vector<int64_t>{3, 1};
  ModelDescription again;
  const auto bytes = written(d);
  ByteReader reader(bytes);
  transfer(reader, again);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(std::get<std::vector<int64_t>>(*again.class_labels), (std::vector<int64_t>{3, 1}));
}

TEST(DescriptionIo, EveryCutIsNoticed) {
  const auto bytes = written(description());
  const std::span<const std::byte> all(bytes);
  for (size_t n = 0; n < bytes.size(); ++n) {
    ModelDescription again;
    ByteReader reader(all.first(n));
    transfer(reader, again);
    EXPECT_FALSE(reader.ok()) << n;
  }
}

}  // namespace
}  // namespace pome
