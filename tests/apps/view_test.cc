// What the page is told: fields, boxes, answers.
#include "apps/server/view.h"

#include <gtest/gtest.h>

#include <cmath>

#include "apps/server/boxes.h"
#include "apps/server/form.h"

namespace pome::app {
namespace {

FeatureDescription feature(const char* name, FeatureType type, std::vector<int64_t> shape = {}) {
  FeatureDescription f;
  f.name = name;
  f.type = type;
  f.multi_array.shape = std::move(shape);
  return f;
}

Field field(FeatureType type, int64_t count = 1, std::vector<int64_t> shape = {}) {
  return {feature("x", type, std::move(shape)), count};
}

MultiArray array(std::vector<int64_t> shape, const std::vector<float>& values) {
  return MultiArray::from_floats(std::move(shape), values).value();
}

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// RFC 4648, section 10.
TEST(Base64, TestVectors) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : cases) EXPECT_EQ(base64(bytes(text)), encoded);
  EXPECT_EQ(base64(bytes("\xff\xfe\xfd")), "//79");
}

TEST(Form, PictureAndFields) {
  ModelDescription d;
  d.inputs = {feature("image", FeatureType::kImage), feature("age", FeatureType::kDouble),
              feature("scale", FeatureType::kMultiArray, {2, 3}),
              feature("word", FeatureType::kString)};
  const Form form = Form::of(d).value();
  EXPECT_TRUE(form.has_picture);
  EXPECT_EQ(form.picture.name, "image");
  ASSERT_EQ(form.fields.size(), 3u);
  EXPECT_EQ(form.fields[1].count, 6);
  EXPECT_EQ(form.fields[2].count, 0);
}

TEST(Form, SaysWhatItCannotGive) {
  ModelDescription d;
  d.inputs = {feature("left", FeatureType::kImage), feature("right", FeatureType::kImage)};
  const auto two = Form::of(d);
  ASSERT_FALSE(two.ok());
  EXPECT_EQ(two.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(two.error().message().find("\"right\""), std::string::npos);
  d.inputs[1].optional = true;
  EXPECT_TRUE(Form::of(d).ok());
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{257}, {16, 17}, {}, {-1}, {1 << 20, 1 << 20, 1 << 20, 1 << 20}}) {
    d.inputs = {feature("a", FeatureType::kMultiArray, shape)};
    EXPECT_FALSE(Form::of(d).ok());
  }
}

TEST(Fields, Numbers) {
  EXPECT_EQ(parse_field(field(FeatureType::kDouble), " -2.5e-3 ").value().number(), -2.5e-3);
  EXPECT_EQ(parse_field(field(FeatureType::kInt64), "42").value().int64(), 42);
  const auto read = parse_field(field(FeatureType::kMultiArray, 3, {1, 3}), "1, 2;\t-3").value();
  EXPECT_EQ(read.multi_array().shape(), (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(read.multi_array().to_floats(), (std::vector<float>{1, 2, -3}));
  EXPECT_EQ(parse_field(field(FeatureType::kString, 0), "a, b").value().string(), "a, b");
}

TEST(Fields, WhatIsNoNumberIsNamed) {
  for (const char* text : {"", "x", "1x", "1 2", "nan", "inf", "1e999", "0x10"}) {
    const auto read = parse_field(field(FeatureType::kDouble), text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(read.error().places(), std::vector<std::string>{"x"});
  }
  EXPECT_FALSE(parse_field(field(FeatureType::kInt64), "2.5").ok());
  EXPECT_FALSE(parse_field(field(FeatureType::kMultiArray, 3, {3}), "1 2").ok());
}

TEST(Boxes, CentreAndSizeBecomeACorner) {
  ModelDescription d;
  d.class_labels = std::vector<std::string>{"cat", "dog"};
  const auto boxes =
      read_boxes(array({3, 4}, {.5f, .5f, .5f, .25f, .2f, .2f, .1f, .1f, 0, 0, 0, 0}),
                 array({3, 2}, {.25f, .5f, .75f, 0, 0, 0}), d);
  ASSERT_TRUE(boxes);
  ASSERT_EQ(boxes->size(), 2u) << "a row of zeros only fills the array";
  EXPECT_EQ((*boxes)[0].label, "cat");
  EXPECT_FLOAT_EQ(static_cast<float>((*boxes)[0].confidence), .75f);
  EXPECT_EQ((*boxes)[1].label, "dog");
  EXPECT_DOUBLE_EQ((*boxes)[1].x, .25);
  EXPECT_DOUBLE_EQ((*boxes)[1].y, .375);
  EXPECT_DOUBLE_EQ((*boxes)[1].width, .5);
}

TEST(Boxes, HostileNumbersAndShapes) {
  const ModelDescription d;
  const auto nan = std::nanf("");
  const auto boxes = read_boxes(array({2, 4}, {nan, 0, 1, 1, .5f, .5f, -1, INFINITY}),
                                array({2, 1}, {.5f, .5f}), d);
  ASSERT_TRUE(boxes);
  EXPECT_TRUE(boxes->empty());
  EXPECT_FALSE(read_boxes(array({4}, {0, 0, 0, 0}), array({2}, {0, 0}), d) &&
               read_boxes(array({4}, {0, 0, 0, 0}), array({2, 1}, {0, 0}), d));
  EXPECT_FALSE(read_boxes(array({1, 3}, {0, 0, 0}), array({1, 1}, {1}), d));
}

Answer answer_of(FeatureProvider outputs) {
  Answer answer;
  answer.outputs = std::move(outputs);
  return answer;
}

TEST(AnswerJson, LabelsAreSortedAndCut) {
  ModelDescription d;
  d.predicted_feature_name = "label";
  d.predicted_probabilities_name = "probs";
  StringDictionary probs;
  for (int i = 0; i < 30; ++i) probs["l" + std::to_string(i)] = i / 100.0;
  const Json j = answer_json(answer_of({{"label", "l29"}, {"probs", probs}}), d, true).value();
  ASSERT_EQ(j["answers"].size(), 1u);
  const Json& labels = j["answers"][0];
  EXPECT_EQ(labels["kind"], "labels");
  EXPECT_EQ(labels["label"], "l29");
  EXPECT_EQ(labels["total"], 30);
  EXPECT_EQ(labels["entries"].size(), 10u);
  EXPECT_EQ(labels["entries"][0]["label"], "l29");
  EXPECT_EQ(labels["probabilities"], true);
  EXPECT_FALSE(j.contains("seen"));
}

TEST(AnswerJson, ScoresAreNoProbabilities) {
  ModelDescription d;
  d.predicted_feature_name = "label";
  d.predicted_probabilities_name = "scores";
  const StringDictionary scores = {{"a", -3}, {"b", NAN}, {"c", 7}};
  const Json j = answer_json(answer_of({{"label", "c"}, {"scores", scores}}), d, true).value();
  EXPECT_EQ(j["answers"][0]["probabilities"], false);
  EXPECT_EQ(j["answers"][0]["entries"][0]["label"], "c");
  EXPECT_EQ(j["answers"][0]["entries"][2]["value"], "NaN");
}

TEST(AnswerJson, NumbersOfAnArray) {
  std::vector<float> values(40, 1);
  values[7] = 9;
  values[8] = NAN;
  const Json j =
      answer_json(answer_of({{"y", array({1, 40}, values)}, {"n", 2.5}}), {}, true).value();
  const Json& y = j["answers"][0];
  EXPECT_EQ(y["kind"], "array");
  EXPECT_EQ(y["total"], 40);
  EXPECT_EQ(y["first"].size(), 16u);
  EXPECT_EQ(y["first"][8], "NaN");
  EXPECT_EQ(y["nans"], 1);
  EXPECT_EQ(y["maximum"], 9.0);
  EXPECT_EQ(y["largest"][0]["index"], 7);
  EXPECT_DOUBLE_EQ(y["mean"].get<double>(), 47.0 / 39);
  EXPECT_EQ(j["answers"][1]["value"], 2.5);
}

TEST(AnswerJson, PicturesArePng) {
  const std::byte half[2] = {std::byte{0}, std::byte{0x3c}};  // 1.0
  const auto gray = Image::from_pixels(PixelFormat::kGray16F, 1, 1, half).value();
  const Json j = answer_json(answer_of({{"mask", gray}}), {}, true).value();
  EXPECT_EQ(j["answers"][0]["kind"], "picture");
  EXPECT_EQ(j["answers"][0]["png"].get<std::string>().rfind("iVBORw0KGgo", 0), 0u);
}

}  // namespace
}  // namespace pome::app
