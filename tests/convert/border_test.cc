// Names, shapes, pictures and labels of converted models.
#include "convert/common/border.h"

#include <gtest/gtest.h>

#include "tests/convert/golden.h"

namespace pome::testing {
namespace {

using translate::Converted;

Result<Converted> converted(const std::string& model, const ConvertOptions& options) {
  return translate::translate_file(keras_data(model), options);
}

std::string error_of(const std::string& model, const ConvertOptions& options) {
  const auto result = converted(model, options);
  return result.ok() ? "" : result.error().to_string();
}

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "\"" << part << "\" is not in: " << text;
}

ConvertOptions with_labels(std::vector<std::string> labels) {
  ConvertOptions options;
  options.class_labels = std::move(labels);
  return options;
}

// A 16 x 16 colour picture, one sigmoid value.
const char* const kBinary = "keras3/binary.keras";
// An 8 x 8 colour picture, three softmax values.
const char* const kThree = "keras3/sequential.keras";

TEST(Border, TheOnlyPictureIsFoundAndSaidAloud) {
  const auto c = converted(kBinary, {});
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  ASSERT_EQ(c->description.inputs.size(), 1u);
  const FeatureDescription& input = c->description.inputs[0];
  EXPECT_EQ(input.name, "image");
  EXPECT_EQ(input.type, FeatureType::kImage);
  EXPECT_EQ(input.image.width, 16);
  EXPECT_EQ(input.image.color, ColorLayout::kRgb);
  EXPECT_EQ(c->program->function("main")->body.inputs()[0]->shape(), (Shape{1, 3, 16, 16}));
  EXPECT_TRUE(c->preprocessing.empty());
  ASSERT_EQ(c->notes.size(), 1u);
  expect_contains(c->notes[0], "\"photo\" of shape [1,16,16,3] was taken for a picture");
}

TEST(Border, ArraysKeepNameShapeAndAxisOrder) {
  const auto c = converted(kBinary, as_arrays());
  ASSERT_TRUE(c.ok());
  const FeatureDescription& input = c->description.inputs[0];
  EXPECT_EQ(input.name, "photo");
  EXPECT_EQ(input.type, FeatureType::kMultiArray);
  EXPECT_EQ(input.multi_array.shape, (std::vector<int64_t>{1, 16, 16, 3}));
  EXPECT_EQ(c->description.outputs[0].name, "probability");
  EXPECT_EQ(c->description.outputs[0].multi_array.shape, (std::vector<int64_t>{1, 1}));
  EXPECT_TRUE(c->notes.empty());
}

TEST(Border, ScaleAndBiasBecomePreprocessing) {
  ConvertOptions options;
  options.image_scale = 2 / 255.f;
  options.red_bias = -1;
  options.green_bias = -0.5f;
  options.blue_bias = -0.25f;
  options.bgr = true;
  const auto c = converted(kBinary, options);
  ASSERT_TRUE(c.ok());
  ASSERT_EQ(c->preprocessing.size(), 1u);
  EXPECT_EQ(c->preprocessing[0].feature, "image");
  EXPECT_EQ(c->preprocessing[0].channel_scale, 2 / 255.f);
  EXPECT_EQ(c->preprocessing[0].green_bias, -0.5f);
  EXPECT_TRUE(c->preprocessing[0].bgr);
  EXPECT_EQ(c->description.inputs[0].image.color, ColorLayout::kBgr);
}

TEST(Border, ScaleWithoutPictureIsRefused) {
  ConvertOptions options = as_arrays();
  options.image_scale = 0.5f;
  expect_contains(error_of(kBinary, options), "no input is a picture");
}

TEST(Border, PictureInputsByOldOrNewName) {
  ConvertOptions options;
  options.image_inputs = std::vector<std::string>{"photo"};
  EXPECT_EQ(converted(kBinary, options)->description.inputs[0].name, "image");
  options.input_names = {"camera"};
  EXPECT_EQ(converted(kBinary, options)->description.inputs[0].name, "camera");
  options.image_inputs = std::vector<std::string>{"camera"};
  EXPECT_EQ(converted(kBinary, options)->description.inputs[0].type, FeatureType::kImage);
  options.image_inputs = std::vector<std::string>{"phot"};
  options.input_names.clear();
  expect_contains(error_of(kBinary, options),
                  "no input is named \"phot\"; the model's inputs are \"photo\". "
                  "Did you mean \"photo\"?");
}

TEST(Border, WhatIsNoPictureIsRefused) {
  ConvertOptions options;
  options.image_inputs = std::vector<std::string>{"x"};
  expect_contains(error_of("keras3/repeated_output.keras", options), "has shape [1,4], a picture");
}

TEST(Border, SeveralPicturesAreNotGuessed) {
  const auto c = converted("keras3/merges.keras", {});
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  for (const auto& input : c->description.inputs) EXPECT_EQ(input.type, FeatureType::kMultiArray);
}

TEST(Border, NamesMustFitInNumber) {
  ConvertOptions options;
  options.input_names = {"a", "b"};
  expect_contains(error_of(kBinary, options), "2 input names were given, the model has 1 inputs");
  options.input_names.clear();
  options.output_names = {"a", "b", "c"};
  expect_contains(error_of(kBinary, options),
                  "3 output names were given, the model has 1 outputs: \"probability\"");
  options.output_names = {"p"};
  EXPECT_EQ(converted(kBinary, options)->description.outputs[0].name, "p");
}

TEST(Border, NamesThatNoIdentifierCanBeAreNoted) {
  const auto c = converted("keras3/names.keras", as_arrays());
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->description.inputs[0].name, "in_put");
  EXPECT_EQ(c->description.outputs[0].name, "_2nd");
  EXPECT_EQ(c->description.outputs[1].name, "out_flat");
  ASSERT_EQ(c->notes.size(), 3u);
  expect_contains(c->notes[0], "\"in put\" is named in_put");
}

// ---- Labels.

TEST(Border, LabelsMakeAClassifier) {
  const auto c = converted(kThree, with_labels({"cat", "dog", "neither"}));
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  const ModelDescription& d = c->description;
  EXPECT_EQ(d.predicted_feature_name, "classLabel");
  EXPECT_EQ(d.predicted_probabilities_name, "classLabelProbs");
  ASSERT_EQ(d.outputs.size(), 2u);
  EXPECT_EQ(d.outputs[0].type, FeatureType::kString);
  EXPECT_EQ(d.outputs[1].type, FeatureType::kDictionary);
  EXPECT_EQ(std::get<std::vector<std::string>>(*d.class_labels),
            (std::vector<std::string>{"cat", "dog", "neither"}));
}

TEST(Border, ProbabilitiesNameIsHonoured) {
  ConvertOptions options = with_labels({"a", "b", "c"});
  options.probabilities_name = "chances";
  options.predicted_feature_name = "animal";
  const auto c = converted(kThree, options);
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->description.outputs[0].name, "animal");
  EXPECT_EQ(c->description.outputs[1].name, "chances");
}

TEST(Border, WrongNumberOfLabelsNamesBothNumbers) {
  expect_contains(error_of(kThree, with_labels({"cat", "dog"})),
                  "2 class labels were given, the output \"dense\" of shape [1,3] has 3 values");
  expect_contains(error_of(kBinary, with_labels({"a", "b", "c"})), "3 class labels");
}

TEST(Border, LabelsAreTextsThatDiffer) {
  expect_contains(error_of(kThree, with_labels({"a", "", "b"})), "a class label is empty");
  expect_contains(error_of(kThree, with_labels({"a", "b", "a"})), "\"a\" is given twice");
  expect_contains(error_of(kThree, with_labels({"a", "b", "\xff"})), "UTF-8");
}

/// One sigmoid unit and two labels: the value is the second label's.
TEST(Border, OneSigmoidValueCarriesTwoLabels) {
  ConvertOptions options = with_labels({"cat", "dog"});
  options.image_inputs = std::vector<std::string>();
  const auto c = converted(kBinary, options);
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  const Golden golden = read_golden(keras_data("keras3/binary.golden"));
  Tensors inputs;
  inputs.emplace("photo", tensor(Shape(golden.inputs[0].shape), golden.inputs[0].values));
  const auto out = evaluate(*c->program->function("main"), inputs);
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  const auto p = out->at("classLabelProbs").view();
  ASSERT_EQ(p.elements(), 2);
  EXPECT_NEAR(p.real(1), golden.outputs[0].values[0], 1e-5);
  EXPECT_NEAR(p.real(0), 1 - golden.outputs[0].values[0], 1e-5);
}

TEST(Border, LabelsBelongToTheFirstOutput) {
  const auto c = converted("keras3/repeated_output.keras", with_labels({"a", "b", "c"}));
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  EXPECT_EQ(c->description.outputs.size(), 4u);
  expect_contains(c->notes[0], "the first output, \"dense\"");
}

// ---- Shapes.

TEST(Border, OpenExtentsAreAskedFor) {
  // A nested model's own input says [?,?,?,4]; its caller closes it. Alone it is open.
  ConvertOptions options = as_arrays();
  const std::string said = error_of("variants/open_shape.keras", options);
  expect_contains(said, "open extents, [?,?,?,3]");
  expect_contains(said, "--input-shape x=1,224,224,3");
  options.input_shapes["x"] = {1, 9, 7, 3};
  const auto c = converted("variants/open_shape.keras", options);
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  EXPECT_EQ(c->description.outputs[0].multi_array.shape, (std::vector<int64_t>{1, 9, 7, 2}));
  options.input_shapes["x"] = {1, 9, 7, 4};
  expect_contains(error_of("variants/open_shape.keras", options), "[1,9,7,4] was given");
  options.input_shapes.clear();
  options.input_shapes["y"] = {1, 9, 7, 3};
  expect_contains(error_of("variants/open_shape.keras", options),
                  "a shape was given for the input \"y\"");
}

TEST(Border, BatchIsOneOrAsSaidOrOpen) {
  ConvertOptions options = as_arrays();
  options.batch = 4;
  auto c = converted(kThree, options);
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  EXPECT_EQ(c->description.inputs[0].multi_array.shape, (std::vector<int64_t>{4, 8, 8, 3}));
  EXPECT_EQ(c->description.outputs[0].multi_array.shape, (std::vector<int64_t>{4, 3}));
  options.batch = -1;
  c = converted(kThree, options);
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  ASSERT_EQ(c->description.inputs[0].multi_array.ranges.size(), 4u);
  EXPECT_EQ(c->description.inputs[0].multi_array.ranges[0].upper, -1);
  options.class_labels = {"a", "b", "c"};
  expect_contains(error_of(kThree, options), "its batch must be 1");
}

TEST(Border, CountsLayersAndParameters) {
  const auto c = converted(kThree, as_arrays());
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->layers, 5);
  EXPECT_EQ(c->parameters, 3 * 3 * 3 * 4 + 4 + 36 * 3 + 3);
  EXPECT_EQ(c->source, "Keras 3.15.0 model in a .keras archive");
}

TEST(Border, ProgressIsTold) {
  ConvertOptions options = as_arrays();
  std::vector<std::string> stages;
  options.progress = [&](std::string_view stage, double share) {
    stages.push_back(std::string(stage) + (share == 1 ? " 1" : " 0"));
  };
  ASSERT_TRUE(converted(kThree, options).ok());
  EXPECT_EQ(stages,
            (std::vector<std::string>{"reading 0", "reading 1", "translating 0", "translating 1"}));
}

}  // namespace
}  // namespace pome::testing
