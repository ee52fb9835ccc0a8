// Classes of models with hostile names, made by pome_add_model while this is built, as a user's
// are.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "Labels.h"
#include "Numbers.h"
#include "Small.h"

namespace {

using Values = std::vector<float>;

pome::MultiArray array_of(const Values& values) { return Small::Input::class_from(values).value(); }

Values values_of(std::span<const float> values) { return {values.begin(), values.end()}; }

static_assert(Small::Input::class_shape == std::array<std::int64_t, 1>{2});
static_assert(Small::Input::class_type == pome::MultiArrayDataType::kFloat32);
static_assert(std::is_same_v<decltype(Small::Input::two_words), std::optional<pome::MultiArray>>);

/// Output i is 2 * input i + i; the input that may be left out is then 5.
TEST(TypedClass, PredictsFromEmbeddedBytes) {
  const auto model = Small::load();
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  const auto out = model->prediction(array_of({1, 2}), std::nullopt, array_of({3, -4}));
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  EXPECT_EQ(values_of(out->return_values()), (Values{2, 4}));
  EXPECT_EQ(values_of(out->system_id_values()), (Values{11, 11}));
  EXPECT_EQ(values_of(out->output_3_values()), (Values{8, -6}));
  const auto given =
      model->prediction(Small::Input{array_of({0, 0}), array_of({1, 1}), array_of({0, 0})});
  EXPECT_EQ(values_of(given.value().system_id_values()), (Values{3, 3}));
}

TEST(TypedClass, BatchesGiveWhatSinglePredictionsGive) {
  const auto model = Small::load().value();
  std::vector<Small::Input> inputs;
  for (float i = 0; i < 5; ++i)
    inputs.push_back({array_of({i, -i}), array_of({i, 1}), array_of({1, i})});
  const auto outputs = model.predictions(inputs).value();
  ASSERT_EQ(outputs.size(), inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto single = model.prediction(inputs[i]).value();
    EXPECT_EQ(values_of(outputs[i].return_values()), values_of(single.return_values()));
    EXPECT_EQ(values_of(outputs[i].output_3_values()), values_of(single.output_3_values()));
  }
  EXPECT_TRUE(model.predictions({}).value().empty());
}

TEST(TypedClass, LoadsFromAPathAndFromBytesWithAConfiguration) {
  pome::ModelConfiguration configuration;
  configuration.threads = 1;
  const auto from_path = Labels::load(LABELS_MODEL_PATH, configuration);
  ASSERT_TRUE(from_path.ok()) << from_path.error().to_string();
  EXPECT_EQ(from_path->model().configuration().threads, 1);
  std::ifstream file(LABELS_MODEL_PATH, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const auto from_bytes = Labels::load(std::as_bytes(std::span(bytes)), {}, configuration);
  ASSERT_TRUE(from_bytes.ok());
  EXPECT_EQ(from_bytes->model().description().inputs.size(), 1u);
}

TEST(TypedClass, RefusesAnotherModel) {
  const auto model = Small::load(LABELS_MODEL_PATH);
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code(), pome::ErrorCode::kInvalidModel);
  for (const char* said : {"Small", "\"class\"", "pome generate"})
    EXPECT_NE(model.error().message().find(said), std::string::npos) << model.error().message();
}

TEST(TypedClass, RefusesArraysOfAnotherSize) {
  const auto made = Small::Input::class_from(Values{1, 2, 3});
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().message().find("12"), std::string::npos) << made.error().message();
}

/// Every label wins once, and the class knows it.
TEST(TypedClass, TextLabels) {
  const auto model = Labels::load(LABELS_MODEL_PATH).value();
  const size_t count = Labels::kLabels.size();
  ASSERT_EQ(Labels::Input::x_shape[0], static_cast<std::int64_t>(count));
  std::set<std::string_view> seen;
  for (size_t i = 0; i < count; ++i) {
    if (!seen.insert(Labels::kLabels[i]).second) continue;
    Values scores(count, 0.0f);
    scores[i] = 50;
    const auto out = model.prediction(Labels::Input::x_from(scores).value());
    ASSERT_TRUE(out.ok()) << out.error().to_string();
    EXPECT_EQ(out->label, Labels::kLabels[i]);
    ASSERT_TRUE(Labels::to_label(out->label).has_value());
    EXPECT_EQ(Labels::to_string(*Labels::to_label(out->label)), out->label);
    // A label that stands twice has one number, of either place.
    const auto& labels = Labels::kLabels;
    const bool once = std::count(labels.begin(), labels.end(), labels[i]) == 1;
    EXPECT_TRUE(!once || out->Label_2.at(out->label) > 0.99) << i;
  }
  EXPECT_TRUE(std::string("cat") == Labels::Label::cat);
  EXPECT_TRUE(Labels::Label::Cat != std::string("cat"));
  EXPECT_EQ(Labels::to_string(Labels::Label::NUL_here), std::string_view("NUL\0here", 8));
  EXPECT_EQ(Labels::to_label("none of them"), std::nullopt);
}

TEST(TypedClass, NumberLabels) {
  const auto model = Numbers::load(NUMBERS_MODEL_PATH).value();
  Values scores(Numbers::kLabels.size(), 0.0f);
  scores[2] = 50;
  const auto out = model.prediction(Numbers::Input::x_from(scores).value()).value();
  EXPECT_EQ(out.label, -1);
  EXPECT_TRUE(out.label == Numbers::Label::label_minus_1);
  EXPECT_EQ(Numbers::to_label(out.label), Numbers::Label::label_minus_1);
  EXPECT_EQ(Numbers::to_label(12345), std::nullopt);
  EXPECT_GT(out.Label_2.at(-1), 0.99);
  EXPECT_EQ(static_cast<std::int64_t>(Numbers::Label::label_minus_9223372036854775808), INT64_MIN);
}

}  // namespace
