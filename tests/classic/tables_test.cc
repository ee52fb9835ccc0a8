// Recommenders and Bayesian probit regressors against their formulas in NumPy and SciPy
// (tools/goldens/classic_tables.py).
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/classic/learned.h"
#include "tests/support/feature_json.h"

namespace pome::testing {
namespace {

using nlohmann::json;

json predictions_of(const std::string& name) {
  return json::parse(std::ifstream(POME_SOURCE_DIR "/tests/data/classic/tables/" + name + ".json"),
                     nullptr, false);
}

spec::Model table(const std::string& name) { return read_model("tables/" + name + ".mlmodel"); }

double score_of(const FeatureValue& scores, const json& item) {
  if (item.is_string()) return scores.dictionary().at(item.get<std::string>());
  return scores.int64_dictionary().at(item.get<int64_t>());
}

TEST(Recommender, ScoresAndOrder) {
  for (const std::string name : {"recommender_texts", "recommender_numbers"}) {
    const auto predictor = make_predictor(table(name));
    ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
    const json predictions = predictions_of(name);
    ASSERT_GE(predictions.size(), 7u);
    for (const json& p : predictions) {
      SCOPED_TRACE(p.dump());
      const auto outputs = (*predictor)->predict(features_of(p["inputs"]), {});
      ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
      const json& list = p["list"];
      if (name == "recommender_texts") {
        EXPECT_EQ((*outputs)["list"].string_sequence(), list.get<std::vector<std::string>>());
        EXPECT_EQ((*outputs)["scores"].dictionary().size(), list.size());
      } else {
        EXPECT_EQ((*outputs)["list"].int64_sequence(), list.get<std::vector<int64_t>>());
        EXPECT_EQ((*outputs)["scores"].int64_dictionary().size(), list.size());
      }
      for (size_t i = 0; i < list.size(); ++i)
        EXPECT_NEAR(score_of((*outputs)["scores"], list[i]), p["scores"][i].get<double>(), 1e-12);
    }
  }
}

TEST(Recommender, ItemsThatAreNotKnownAreLeftOut) {
  const auto predictor = make_predictor(table("recommender_texts"));
  ASSERT_TRUE(predictor.ok());
  const FeatureProvider one = {{"items", StringDictionary{{"bread", 1}}}, {"k", 2}};
  const FeatureProvider other = {{"items", StringDictionary{{"bread", 1}, {"moon", 9}}}, {"k", 2}};
  EXPECT_EQ((*predictor)->predict(one, {}).value()["list"].string_sequence(),
            (*predictor)->predict(other, {}).value()["list"].string_sequence());
}

TEST(Recommender, BadInputs) {
  const auto predictor = make_predictor(table("recommender_texts"));
  ASSERT_TRUE(predictor.ok());
  const auto error = [&](const FeatureProvider& inputs) {
    const auto outputs = (*predictor)->predict(inputs, {});
    return outputs.ok() ? "" : outputs.error().to_string();
  };
  EXPECT_NE(error({{"items", Int64Dictionary{{1, 1}}}}).find("called by text"), std::string::npos);
  EXPECT_NE(error({{"items", StringDictionary{}}, {"k", -1}}).find("negative"), std::string::npos);
  EXPECT_NE(error({{"items", StringDictionary{{"bread", NAN}}}}).find("not a finite"),
            std::string::npos);
}

void expect_text(const std::string& got, const std::string& part) {
  EXPECT_NE(got.find(part), std::string::npos) << got;
}

TEST(HostileRecommender, Tables) {
  const auto about = [](const std::function<void(spec::ItemSimilarityRecommender&)>& change) {
    spec::Model model = table("recommender_texts");
    change(*model.mutable_itemsimilarityrecommender());
    return complaint(model);
  };
  expect_text(about([](auto& r) { r.mutable_itemitemsimilarities(0)->set_itemid(1ull << 60); }),
              "item 1152921504606846976: there are 6 items");
  expect_text(about([](auto& r) {
                r.mutable_itemitemsimilarities(0)->mutable_similaritemlist(0)->set_itemid(6);
              }),
              "item 0: it is like item 6");
  expect_text(about([](auto& r) { r.mutable_itemitemsimilarities(0)->set_itemid(1); }),
              "stand twice");
  expect_text(about([](auto& r) { r.mutable_itemstringids()->set_vector(0, "bread"); }),
              "the item id \"bread\" stands twice");
  expect_text(about([](auto& r) { r.mutable_itemint64ids()->add_vector(1); }), "both texts and");
  expect_text(
      about([](auto& r) { r.mutable_itemitemsimilarities(2)->set_itemscoreadjustment(NAN); }),
      "item 2: its adjustment is not a finite number");
  expect_text(about([](auto& r) {
                r.clear_itemitemsimilarities();
                r.clear_itemstringids();
              }),
              "knows no items");
  expect_text(about([](auto& r) { r.set_iteminputfeaturename("a\x1b[2J"); }), "\\x1b");
  expect_text(about([](auto& r) { r.clear_recommendeditemscoreoutputfeaturename(); }),
              "output \"scores\"");
}

TEST(BayesianProbit, Formulas) {
  const auto predictor = make_predictor(table("bayesian"));
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  const json predictions = predictions_of("bayesian");
  ASSERT_EQ(predictions.size(), 4u);
  for (const json& p : predictions) {
    const auto outputs = (*predictor)->predict(features_of(p["inputs"]), {});
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    for (const auto& [name, want] : p["outputs"].items())
      EXPECT_NEAR((*outputs)[name].number(), want.get<double>(), 1e-14) << name;
  }
}

/// Pairs of feature and value say the same as a value for each feature.
TEST(BayesianProbit, Pairs) {
  const auto predictor = make_predictor(table("bayesian"));
  ASSERT_TRUE(predictor.ok());
  const auto predict = [&](std::vector<int64_t> shape, const json& values) {
    return (*predictor)->predict({{"x", array_of(std::move(shape), values)}}, {});
  };
  EXPECT_EQ(predict({3}, {2, 1, 0}).value()["mean"].number(),
            predict({3, 2}, {0, 2, 1, 1, 2, 0}).value()["mean"].number());
  EXPECT_FALSE(predict({4}, {0, 0, 0, 0}).ok());
  EXPECT_FALSE(predict({3}, {0.5, 0, 0}).ok());
  EXPECT_FALSE(predict({3}, {-1, 0, 0}).ok());
  EXPECT_FALSE(predict({3}, {nullptr, 0, 0}).ok());
}

/// Many samples have the mean and the spread that they are drawn with; truncated ones stay inside.
TEST(BayesianProbit, Samples) {
  spec::Model model = table("bayesian");
  auto* message = model.mutable_bayesianprobitregressor();
  message->set_sampledprobabilityoutputfeaturename("pessimistic");
  message->clear_pessimisticprobabilityoutputfeaturename();
  message->clear_optimisminputfeaturename();
  message->set_samplingtruncationinputfeaturename("optimism");
  const auto predictor = make_predictor(model);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  double least = 1;
  double most = 0;
  for (int i = 0; i < 2000; ++i) {
    const FeatureProvider inputs = {{"x", array_of({3}, {0, 1, 2})}, {"optimism", 0.5}};
    const double p = (*predictor)->predict(inputs, {}).value()["pessimistic"].number();
    least = std::min(least, p);
    most = std::max(most, p);
  }
  // Phi of the mean -0.169 and half a standard deviation of 1.01 on either side.
  EXPECT_NEAR(least, 0.2503, 0.003);
  EXPECT_NEAR(most, 0.6314, 0.003);
  EXPECT_GE(least, 0.2501);
  EXPECT_LE(most, 0.6316);
}

TEST(HostileBayesianProbit, Tables) {
  const auto about = [](const std::function<void(spec::BayesianProbitRegressor&)>& change) {
    spec::Model model = table("bayesian");
    change(*model.mutable_bayesianprobitregressor());
    return complaint(model);
  };
  expect_text(about([](auto& b) { b.mutable_bias()->set_precision(0); }), "precision be above 0");
  expect_text(about([](auto& b) { b.set_numberoffeatures(2); }), "feature 2: the model says");
  expect_text(
      about([](auto& b) { b.mutable_features(0)->mutable_weights(1)->set_featurevalue(0); }),
      "feature 0: its value 0 stands twice");
  expect_text(about([](auto& b) { b.set_regressioninputfeaturename("optimism"); }),
              "must be described as a MultiArray");
  expect_text(about([](auto& b) { b.clear_meanoutputfeaturename(); }), "output \"mean\"");
}

}  // namespace
}  // namespace pome::testing
