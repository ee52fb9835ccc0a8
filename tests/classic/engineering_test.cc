// Feature engineering against scikit-learn and NumPy (tools/goldens/engineering.py).
#include <gtest/gtest.h>

#include <fstream>

#include "pome/model.h"
#include "tests/support/feature_json.h"

namespace pome::testing {
namespace {

const std::filesystem::path kFolder = POME_SOURCE_DIR "/tests/data/classic/engineering";

nlohmann::json cases() { return nlohmann::json::parse(std::ifstream(kFolder / "cases.json")); }

TEST(Engineering, PredictsWhatTheOraclesDo) {
  int predictions = 0;
  for (const auto& c : cases()) {
    SCOPED_TRACE(c["model"].get<std::string>());
    const auto model = Model::load(kFolder / c["model"].get<std::string>());
    ASSERT_TRUE(model.ok()) << model.error().to_string();
    for (const auto& prediction : c["predictions"]) {
      const auto outputs = model->predict(features_of(prediction["inputs"]));
      ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
      EXPECT_EQ(outputs->size(), prediction["outputs"].size());
      for (const auto& [name, want] : prediction["outputs"].items()) {
        SCOPED_TRACE(name);
        const FeatureValue* got = outputs->find(name);
        ASSERT_NE(got, nullptr);
        expect_feature(*got, want, c["tolerance"].get<double>());
      }
      ++predictions;
    }
  }
  EXPECT_GE(predictions, 60);
}

TEST(Engineering, BatchesAreTheirElements) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(c["model"].get<std::string>());
    const auto model = Model::load(kFolder / c["model"].get<std::string>());
    ASSERT_TRUE(model.ok()) << model.error().to_string();
    std::vector<FeatureProvider> batch;
    for (const auto& prediction : c["predictions"])
      batch.push_back(features_of(prediction["inputs"]));
    const auto outputs = model->predict(batch);
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    ASSERT_EQ(outputs->size(), batch.size());
    for (size_t i = 0; i < batch.size(); ++i)
      for (const auto& [name, want] : c["predictions"][i]["outputs"].items())
        expect_feature((*outputs)[i][name], want, c["tolerance"].get<double>());
  }
}

TEST(Engineering, EveryModelShowsItsPlan) {
  for (const auto& c : cases()) {
    const auto model = Model::load(kFolder / c["model"].get<std::string>());
    ASSERT_TRUE(model.ok()) << model.error().to_string();
    EXPECT_FALSE(model->compute_plan().steps.empty());
  }
}

}  // namespace
}  // namespace pome::testing
