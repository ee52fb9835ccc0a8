// Models that libraries trained, against what the libraries predict (tools/goldens/classic.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/classic/learned.h"

namespace pome::testing {
namespace {

using nlohmann::json;

json read_cases() {
  std::ifstream in(POME_SOURCE_DIR "/tests/data/classic/learned.json");
  return json::parse(in, nullptr, false);
}

std::vector<double> row_of(const json& numbers) {
  std::vector<double> row;
  for (const json& n : numbers)
    row.push_back(n.is_null() ? std::numeric_limits<double>::quiet_NaN() : n.get<double>());
  return row;
}

void expect_close(double got, double want, const json& c, const std::string& what) {
  const double tolerance = c["tolerance"].get<double>();
  EXPECT_LE(std::abs(got - want), tolerance * std::max(1.0, std::abs(want)))
      << what << ": " << got << ", " << c["oracle"] << " gives " << want;
}

void expect_label(const FeatureValue& got, const json& want) {
  if (want.is_string()) {
    EXPECT_EQ(got.string(), want.get<std::string>());
  } else {
    EXPECT_EQ(got.int64(), want.get<int64_t>());
  }
}

double probability(const FeatureValue& dictionary, const json& label) {
  if (label.is_string()) return dictionary.dictionary().at(label.get<std::string>());
  return dictionary.int64_dictionary().at(label.get<int64_t>());
}

void expect_outputs(const json& c, size_t r, const ModelDescription& description,
                    const FeatureProvider& outputs) {
  SCOPED_TRACE("row " + std::to_string(r));
  if (c.contains("values"))
    expect_close(outputs[description.outputs[0].name].number(), c["values"][r], c, "value");
  if (c.contains("labels"))
    expect_label(outputs[description.predicted_feature_name], c["labels"][r]);
  const std::string& name = description.predicted_probabilities_name;
  if (!c.contains("probabilities") || name.empty()) return;
  for (size_t k = 0; k < c["classes"].size(); ++k) {
    expect_close(probability(outputs[name], c["classes"][k]), c["probabilities"][r][k], c,
                 c["classes"][k].dump());
  }
}

TEST(LearnedGoldens, PredictWhatTheLibrariesPredict) {
  const json cases = read_cases();
  ASSERT_TRUE(cases.is_array());
  ASSERT_GT(cases.size(), 40u);
  for (const json& c : cases) {
    SCOPED_TRACE(c["model"].get<std::string>());
    const auto predictor = make_predictor(read_model(c["model"]));
    ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
    const ModelDescription& description = (*predictor)->description();
    for (size_t r = 0; r < c["rows"].size(); ++r) {
      const auto outputs = (*predictor)->predict(to_inputs(description, row_of(c["rows"][r])), {});
      ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
      expect_outputs(c, r, description, *outputs);
    }
  }
}

template <typename T>
void expect_same(const FeatureValue& got, const FeatureValue& want) {
  const T* value = want.get_if<T>();
  if (value == nullptr) return;
  ASSERT_NE(got.get_if<T>(), nullptr);
  EXPECT_EQ(*got.get_if<T>(), *value);
}

void expect_same_bits(const FeatureProvider& got, const FeatureProvider& want) {
  ASSERT_EQ(got.size(), want.size());
  for (const auto& [name, value] : want) {
    SCOPED_TRACE(name);
    expect_same<double>(got[name], value);
    expect_same<int64_t>(got[name], value);
    expect_same<std::string>(got[name], value);
    expect_same<StringDictionary>(got[name], value);
    expect_same<Int64Dictionary>(got[name], value);
  }
}

/// A batch of several threads gives the same bits as one prediction after the other.
TEST(LearnedGoldens, BatchesGiveTheSameBits) {
  for (const json& c : read_cases()) {
    SCOPED_TRACE(c["model"].get<std::string>());
    const auto predictor = make_predictor(read_model(c["model"]), 2);
    ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
    const ModelDescription& description = (*predictor)->description();
    std::vector<FeatureProvider> batch;
    for (size_t r = 0; r < 200; ++r)
      batch.push_back(to_inputs(description, row_of(c["rows"][r % c["rows"].size()])));
    const auto outputs = (*predictor)->predict_batch(batch, {});
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    ASSERT_EQ(outputs->size(), batch.size());
    for (size_t r = 0; r < batch.size(); ++r)
      expect_same_bits((*outputs)[r], (*predictor)->predict(batch[r], {}).value());
  }
}

}  // namespace
}  // namespace pome::testing
