// Every real .mlmodel file predicts, or is refused for a reason that lies with Apple; what was
// recorded of those that are no networks is matched. (Networks: predict_test.cc.)
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "pome/inspect.h"
#include "pome/model.h"
#include "tests/support/reference_case.h"
#include "tests/support/test_data.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Types that only Apple's systems run.
const std::set<std::string> kApple = {"visionFeaturePrint", "audioFeaturePrint", "textClassifier",
                                      "wordTagger",         "gazetteer",         "wordEmbedding",
                                      "serializedModel"};

/// True when the error says that one of those types is the reason.
bool is_apples(const Error& error) {
  return error.code() == ErrorCode::kUnsupported &&
         std::any_of(kApple.begin(), kApple.end(), [&](const std::string& type) {
           return error.message().find(type + " model runs on Apple's systems only") !=
                  std::string::npos;
         });
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".mlmodel" && entry.path().parent_path().filename() != "bad")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(AllModels, PredictOrAreApples) {
  const fs::path folder = test_data("models/mlmodel");
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there";
  int predicting = 0;
  int apples = 0;
  for (const fs::path& file : files_below(folder)) {
    SCOPED_TRACE(file.string());
    const auto model = Model::load(file);
    if (!model.ok()) {
      EXPECT_TRUE(is_apples(model.error())) << model.error().to_string();
      ++apples;
      const auto info = inspect(file);
      ASSERT_TRUE(info.ok()) << info.error().to_string();
      EXPECT_FALSE(info->runnable);
      EXPECT_FALSE(info->description.inputs.empty());
      continue;
    }
    const auto inputs = model->example_inputs();
    ASSERT_TRUE(inputs.ok()) << inputs.error().to_string();
    const auto outputs = model->predict(*inputs);
    // A category that an example cannot guess is the caller's error, not the model's.
    EXPECT_TRUE(outputs.ok() || outputs.error().code() == ErrorCode::kInvalidArgument)
        << outputs.error().to_string();
    ++predicting;
  }
  std::printf("%d predict, %d are Apple's\n", predicting, apples);
  EXPECT_EQ(apples, 2);
  EXPECT_EQ(predicting, 21);
}

TEST(AllModels, WhatIsNoModelIsRefused) {
  const fs::path folder = test_data("models/mlmodel/bad");
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there";
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto model = Model::load(entry.path());
    ASSERT_FALSE(model.ok()) << entry.path();
    EXPECT_EQ(model.error().code(), ErrorCode::kInvalidFormat) << model.error().to_string();
  }
}

FeatureValue value_of(const json& j, const FeatureDescription& feature, const fs::path& folder) {
  if (j.is_number() && feature.type == FeatureType::kInt64) return j.get<int64_t>();
  if (j.is_number()) return j.get<double>();
  if (j.is_array()) return j.get<std::vector<std::string>>();
  if (j.is_object()) return j.get<StringDictionary>();
  const std::string text = j.get<std::string>();
  if (feature.type == FeatureType::kString) return text;
  if (text == "nan") return std::nan("");
  const RecordedArray array = read_npy(folder / text).value();
  MultiArray values =
      MultiArray::create(MultiArrayDataType::kFloat64, {array.shape.begin(), array.shape.end()})
          .value();
  for (size_t i = 0; i < array.values.size(); ++i)
    values.set(static_cast<int64_t>(i), array.values[i]);
  return values;
}

std::map<std::string, double> by_text(const FeatureValue& value) {
  if (const auto* d = value.get_if<StringDictionary>()) return {d->begin(), d->end()};
  std::map<std::string, double> entries;
  for (const auto& [key, number] : value.int64_dictionary()) entries[std::to_string(key)] = number;
  return entries;
}

struct Tolerance {
  double abs, rel;
  void expect(double got, double want) const {
    EXPECT_LE(std::abs(got - want), abs + rel * std::abs(want)) << got << ", recorded is " << want;
  }
};

/// Equal scores may come in any order: only the scores are compared, largest first.
std::vector<double> sorted_values(const std::map<std::string, double>& entries) {
  std::vector<double> values;
  for (const auto& [key, number] : entries) values.push_back(number);
  std::sort(values.rbegin(), values.rend());
  return values;
}

void expect_value(const FeatureValue& got, const json& want, const Tolerance& near, bool ties) {
  if (want.is_string()) {
    EXPECT_EQ(got.string(), want.get<std::string>());
  } else if (want.is_number()) {
    const auto* whole = got.get_if<int64_t>();
    near.expect(whole != nullptr ? static_cast<double>(*whole) : got.number(), want.get<double>());
  } else if (want.is_array()) {
    EXPECT_EQ(got.string_sequence().size(), want.size());
  } else if (ties) {
    const auto scores = sorted_values(by_text(got));
    const auto recorded = sorted_values(want.get<std::map<std::string, double>>());
    ASSERT_EQ(scores.size(), recorded.size());
    for (size_t i = 0; i < scores.size(); ++i) near.expect(scores[i], recorded[i]);
  } else {
    const auto entries = by_text(got);
    ASSERT_EQ(entries.size(), want.size());
    for (const auto& [key, number] : want.items()) {
      SCOPED_TRACE(key);
      ASSERT_TRUE(entries.count(key));
      near.expect(entries.at(key), number.get<double>());
    }
  }
}

/// Predicts every recorded case of a model; the number of cases.
int expect_cases(const Model& model, const json& root, const fs::path& folder) {
  const Tolerance near{root["tolerance"].value("abs", 0.0), root["tolerance"].value("rel", 0.0)};
  for (size_t i = 0; i < root["inputs"].size(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    FeatureProvider inputs;
    for (const auto& [name, value] : root["inputs"][i].items()) {
      const FeatureDescription* feature = model.description().input(name);
      if (feature == nullptr) {
        ADD_FAILURE() << "the model has no input " << name;
        return 0;
      }
      inputs.set(name, value_of(value, *feature, folder));
    }
    const auto outputs = model.predict(inputs);
    EXPECT_TRUE(outputs.ok()) << outputs.error().to_string();
    if (!outputs.ok()) return 0;
    for (const auto& [name, want] : root["expected"][i].items()) {
      SCOPED_TRACE(name);
      const FeatureValue* got = outputs->find(name);
      EXPECT_NE(got, nullptr);
      if (got != nullptr) expect_value(*got, want, near, root.contains("candidates"));
    }
  }
  return static_cast<int>(root["inputs"].size());
}

TEST(AllModels, PredictWhatWasRecorded) {
  const fs::path folder = test_data("reference");
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there";
  int models = 0;
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!fs::exists(entry.path() / "case.json")) continue;
    const json root = json::parse(std::ifstream(entry.path() / "case.json"));
    const fs::path file = folder / ".." / root["model"].get<std::string>();
    SCOPED_TRACE(file.string());
    if (file.extension() != ".mlmodel") continue;
    const auto model = Model::load(file);
    ASSERT_TRUE(model.ok()) << model.error().to_string();
    if (model->description().model_type.starts_with("neuralNetwork")) continue;
    cases += expect_cases(*model, root, entry.path());
    ++models;
  }
  std::printf("%d models, %d cases\n", models, cases);
  EXPECT_EQ(models, 12);
}

}  // namespace
}  // namespace pome::testing
