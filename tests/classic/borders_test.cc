// Features into rows, and numbers and labels into outputs.
#include <gtest/gtest.h>

#include <cmath>

#include "classic/class_outputs.h"
#include "classic/feature_row.h"
#include "classic/number_output.h"
#include "tests/classic/learned.h"
#include "tests/classic/tree_builder.h"

namespace pome::classic {
namespace {

FeatureDescription feature(std::string name, FeatureType type, std::vector<int64_t> shape = {}) {
  FeatureDescription f;
  f.name = std::move(name);
  f.type = type;
  f.multi_array.shape = std::move(shape);
  return f;
}

FeatureDescription dictionary(std::string name) {
  FeatureDescription f = feature(std::move(name), FeatureType::kDictionary);
  f.int64_keys = true;
  return f;
}

std::vector<double> read(const std::vector<FeatureDescription>& inputs, const RowWish& wish,
                         const FeatureProvider& values) {
  const FeatureRow row = FeatureRow::create(inputs, wish).value();
  std::vector<double> numbers(row.width());
  row.read(values, numbers).value();
  return numbers;
}

MultiArray array(MultiArrayDataType type, std::vector<int64_t> shape) {
  MultiArray a = MultiArray::create(type, std::move(shape)).value();
  for (int64_t i = 0; i < a.size(); ++i) a.set(i, static_cast<double>(i + 1));
  return a;
}

TEST(FeatureRow, InputsLieInTheOrderOfTheDescription) {
  const std::vector<FeatureDescription> inputs = {feature("a", FeatureType::kDouble),
                                                  feature("b", FeatureType::kMultiArray, {2, 2}),
                                                  feature("c", FeatureType::kInt64)};
  using V = std::vector<double>;
  for (const auto type :
       {MultiArrayDataType::kFloat64, MultiArrayDataType::kFloat32, MultiArrayDataType::kFloat16,
        MultiArrayDataType::kInt32, MultiArrayDataType::kInt8}) {
    // Any shape of as many elements; any order of the values.
    const FeatureProvider values = {{"c", 9}, {"b", array(type, {1, 4})}, {"a", 0.5}};
    EXPECT_EQ(read(inputs, {6, true, {}, 0}, values), (V{0.5, 1, 2, 3, 4, 9}));
    EXPECT_EQ(read(inputs, {3, false, {}, 0}, values), (V{0.5, 1, 2}));
  }
}

TEST(FeatureRow, ManyInputsInAnotherOrder) {
  std::vector<FeatureDescription> inputs;
  FeatureProvider values;
  for (int i = 0; i < 100; ++i) {
    inputs.push_back(feature("f" + std::to_string(i), FeatureType::kDouble));
    values.set("f" + std::to_string(99 - i), 99 - i);
  }
  const std::vector<double> row = read(inputs, {100, true, {}, 0}, values);
  for (size_t i = 0; i < 100; ++i) EXPECT_EQ(row[i], static_cast<double>(i));
}

TEST(FeatureRow, Dictionaries) {
  const FeatureProvider values = {{"d", Int64Dictionary{{0, 1.5}, {2, 2.5}, {70, 9}}}};
  EXPECT_EQ(read({dictionary("d")}, {3, true, {}, 0}, values), (std::vector<double>{1.5, 0, 2.5}));
  EXPECT_EQ(read({dictionary("d")}, {2, true, {}, -1}, values), (std::vector<double>{1.5, -1}));
  const FeatureRow row = FeatureRow::create({dictionary("d")}, {3, true, {}, 0}).value();
  std::vector<double> numbers(3);
  EXPECT_FALSE(row.read({{"d", Int64Dictionary{{-1, 1}}}}, numbers).ok());
  EXPECT_FALSE(row.read({{"d", StringDictionary{{"a", 1}}}}, numbers).ok());
}

TEST(FeatureRow, Errors) {
  const auto message = [](const std::vector<FeatureDescription>& inputs, const RowWish& wish) {
    const auto row = FeatureRow::create(inputs, wish);
    return row.ok() ? "" : row.error().to_string();
  };
  EXPECT_NE(message({}, {1, true, {}, 0}), "");
  EXPECT_NE(message({feature("s", FeatureType::kString)}, {1, true, {}, 0}).find("input \"s\""),
            std::string::npos);
  EXPECT_NE(message({dictionary("d"), feature("a", FeatureType::kDouble)}, {2, true, {}, 0}), "");
  const int64_t huge = int64_t{1} << 40;
  EXPECT_NE(message({feature("m", FeatureType::kMultiArray, {huge, huge})}, {2, false, {}, 0})
                .find("past 64 bits"),
            std::string::npos);
  EXPECT_NE(message({feature("m", FeatureType::kMultiArray, {huge})}, {huge, true, {}, 0}), "");
  const FeatureRow row =
      FeatureRow::create({feature("m", FeatureType::kMultiArray, {3})}, {3, true, {}, 0}).value();
  std::vector<double> numbers(3);
  const auto status = row.read({{"m", array(MultiArrayDataType::kFloat32, {4})}}, numbers);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().to_string(), "input \"m\": the value holds 4 numbers, 3 are wanted");
  EXPECT_EQ(row.read({}, numbers).error().code(), ErrorCode::kMissingInput);
}

TEST(NumberOutput, Types) {
  const std::vector<double> one = {2.5};
  const auto write = [](const FeatureDescription& output, std::span<const double> numbers) {
    FeatureProvider outputs;
    NumberOutput::create(output, numbers.size()).value().write(numbers, outputs).value();
    return outputs["y"];
  };
  EXPECT_EQ(write(feature("y", FeatureType::kDouble), one).number(), 2.5);
  EXPECT_EQ(write(feature("y", FeatureType::kInt64), one).int64(), 2);
  const std::vector<double> six = {1, 2, 3, 4, 5, 6.1};
  FeatureDescription floats = feature("y", FeatureType::kMultiArray, {2, 3});
  const FeatureValue shaped = write(floats, six);
  EXPECT_EQ(shaped.multi_array().shape(), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(shaped.multi_array().at(5), static_cast<double>(6.1f));
  floats.multi_array.shape = {5};
  EXPECT_EQ(write(floats, six).multi_array().shape(), (std::vector<int64_t>{6}));
  EXPECT_FALSE(NumberOutput::create(feature("y", FeatureType::kDouble), 2).ok());
  EXPECT_FALSE(NumberOutput::create(feature("y", FeatureType::kString), 1).ok());
}

TEST(ClassOutputs, FirstMaximum) {
  EXPECT_EQ(first_maximum({}), 0u);
  EXPECT_EQ(first_maximum(std::vector<double>{1, 3, 3}), 1u);
  EXPECT_EQ(first_maximum(std::vector<double>{NAN, -2, NAN, -1}), 3u);
  EXPECT_EQ(first_maximum(std::vector<double>{NAN, NAN}), 0u);
}

/// Outputs keep the description's order; names that are left out are found by type.
TEST(ClassOutputs, NamesAndOrder) {
  ModelDescription description;
  FeatureDescription probabilities = feature("p", FeatureType::kDictionary);
  description.outputs = {probabilities, feature("l", FeatureType::kString)};
  description.class_labels = ClassLabels(std::vector<std::string>{"z", "a"});
  const ClassOutputs classes = ClassOutputs::create(description, 2).value();
  FeatureProvider outputs;
  classes.write(0, std::vector<double>{0.75, 0.25}, outputs);
  EXPECT_EQ(outputs.entries()[0].first, "p");
  EXPECT_EQ(outputs["l"].string(), "z");
  EXPECT_EQ(outputs["p"].dictionary(), (StringDictionary{{"a", 0.25}, {"z", 0.75}}));
  description.outputs.push_back(feature("more", FeatureType::kDouble));
  EXPECT_FALSE(ClassOutputs::create(description, 2).ok());
}

/// An element of a batch that fails is named by its index, the first one whatever the threads.
TEST(Batches, TheFirstErrorNamesItsIndex) {
  testing::spec::Model model = testing::regressor(1);
  *model.mutable_treeensembleregressor()->mutable_treeensemble() = testing::stump(0.5);
  const auto predictor = testing::make_predictor(model, 2).value();
  std::vector<FeatureProvider> batch(300, {{"x", array(MultiArrayDataType::kFloat32, {1})}});
  batch[250] = {{"x", "text"}};
  batch[170] = {{"x", array(MultiArrayDataType::kFloat32, {7})}};
  batch[171] = {};
  const auto outputs = predictor->predict_batch(batch, {});
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.error().to_string(),
            "element 170 of the batch / input \"x\": the value holds 7 numbers, 1 are wanted");
  EXPECT_EQ(predictor->predict_batch({}, {}).value().size(), 0u);
}

}  // namespace
}  // namespace pome::classic
