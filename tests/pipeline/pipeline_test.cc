// Pipelines: what a part sees, what stands between parts, and what is refused.
#include <gtest/gtest.h>

#include "tests/pipeline/models.h"

namespace pome::testing {
namespace {

MultiArray array(std::vector<double> values, std::vector<int64_t> shape = {}) {
  if (shape.empty()) shape = {static_cast<int64_t>(values.size())};
  MultiArray made = MultiArray::create(MultiArrayDataType::kFloat64, shape).value();
  for (size_t i = 0; i < values.size(); ++i) made.set(static_cast<int64_t>(i), values[i]);
  return made;
}

/// x -> a = x + 1 -> x = 10 a -> y = x + a: a name made twice, and one read twice.
spec::Model chain() {
  spec::Model sum = model_with({{"a", number()}, {"x", number()}}, {{"v", vector(2)}});
  for (const char* name : {"x", "a"}) {
    auto* column = sum.mutable_featurevectorizer()->add_inputlist();
    column->set_inputcolumn(name);
    column->set_inputdimensions(1);
  }
  return pipeline_of(model_with({{"x", number()}}, {{"v", vector(2)}, {"a", number()}}),
                     {scaler("x", number(), "a", number(), 1, 1),
                      scaler("a", number(), "x", number(), 0, 10), sum},
                     {"plus", "times", "join"});
}

TEST(Pipeline, LaterPartsSeeTheLatestOfEachName) {
  const auto p = load(chain());
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const auto out = (*p)->predict({{"x", 2.0}}, {});
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  EXPECT_EQ((*out)["v"].multi_array().at(0), 30);
  EXPECT_EQ((*out)["v"].multi_array().at(1), 3);
  EXPECT_EQ((*out)["a"].number(), 3);
  EXPECT_EQ(out->entries()[0].first, "v");  // the description's order
}

TEST(Pipeline, NumbersBecomeWhatTheNextPartTakes) {
  const auto p = load(pipeline_of(
      model_with({{"x", number()}}, {{"y", whole()}}),
      {scaler("x", number(), "a", whole(), 1, 1), scaler("a", vector(1), "b", vector(1), 0, 2),
       scaler("b", number(), "y", number(), 0, 1)}));
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const auto out = (*p)->predict({{"x", 4.0}}, {});
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  EXPECT_EQ((*out)["y"].int64(), 10);
}

TEST(Pipeline, NoFractionBecomesAnInt64) {
  spec::Model map = model_with({{"a", whole()}}, {{"y", text()}});
  (*map.mutable_categoricalmapping()->mutable_int64tostringmap()->mutable_map())[3] = "three";
  const auto p =
      load(pipeline_of(model_with({{"x", number()}}, {{"y", text()}}),
                       {scaler("x", number(), "a", number(), 1, 1), map}, {"plus", "name"}));
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  EXPECT_EQ((*p)->predict({{"x", 2.0}}, {}).value()["y"].string(), "three");
  const auto out = (*p)->predict({{"x", 2.5}}, {});
  ASSERT_FALSE(out.ok());
  EXPECT_TRUE(says(out.error().to_string(), {"\"name\" (categoricalMapping)", "\"a\"", "Int64"}));
}

TEST(Pipeline, ArraysTakeTheShapeThatANetworkWants) {
  spec::Model network = model_with({{"a", vector(4)}}, {{"y", vector(4)}});
  auto* layer = network.mutable_neuralnetwork()->add_layers();
  layer->set_name("relu");
  layer->add_input("a");
  layer->add_output("y");
  layer->mutable_activation()->mutable_relu();
  spec::FeatureType square = vector(2);
  square.mutable_multiarraytype()->add_shape(2);
  const auto p = load(pipeline_of(model_with({{"x", square}}, {{"y", vector(4)}}),
                                  {scaler("x", square, "a", square, -1, 1), network}));
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const auto out = (*p)->predict({{"x", array({0, 1, 2, 3}, {2, 2})}}, {});
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  EXPECT_EQ((*out)["y"].multi_array().at(0), 0);
  EXPECT_EQ((*out)["y"].multi_array().at(3), 2);
}

TEST(Pipeline, OptionalInputsGoThroughWhereGiven) {
  spec::Model impute = model_with({{"x", optional(number())}}, {{"y", number()}});
  impute.mutable_imputer()->set_imputeddoublevalue(7);
  const auto p = load(pipeline_of(
      model_with({{"x", optional(number())}}, {{"y", number()}, {"x", number()}}), {impute}));
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const auto without = (*p)->predict({}, {});
  ASSERT_TRUE(without.ok()) << without.error().to_string();
  EXPECT_EQ((*without)["y"].number(), 7);
  EXPECT_EQ(without->find("x"), nullptr);
  EXPECT_EQ((*p)->predict({{"x", 2.0}}, {}).value()["y"].number(), 2);
}

TEST(Pipeline, ErrorsNameThePart) {
  const auto p = load(pipeline_of(model_with({{"x", text()}}, {{"y", vector(2)}}),
                                  {encoder("x", "y", {"a", "b"})}, {"encode"}));
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const auto out = (*p)->predict({{"x", "c\x1b[2J"}}, {});
  ASSERT_FALSE(out.ok());
  EXPECT_TRUE(says(out.error().to_string(), {"\"encode\" (oneHotEncoder)", "c\\x1b[2J", "2 cat"}));
}

TEST(Pipeline, BatchesOfManyRowsAreTheRows) {
  const auto p = load(
      pipeline_of(model_with({{"x", text()}, {"n", number()}}, {{"y", vector(2)}, {"m", number()}}),
                  {encoder("x", "y", {"a", "b"}), scaler("n", number(), "m", number(), 1, 1)}));
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  std::vector<FeatureProvider> batch;
  for (int i = 0; i < 1200; ++i) batch.push_back({{"x", i % 3 ? "a" : "b"}, {"n", double(i)}});
  const auto out = (*p)->predict_batch(batch, {});
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  ASSERT_EQ(out->size(), batch.size());
  for (size_t i = 0; i < batch.size(); ++i) {
    EXPECT_EQ((*out)[i]["m"].number(), static_cast<double>(i) + 1);
    EXPECT_EQ((*out)[i]["y"].multi_array().at(1), i % 3 ? 0 : 1);
  }
  batch[700].set("x", "nobody");
  const auto bad = (*p)->predict_batch(batch, {});
  ASSERT_FALSE(bad.ok());
  EXPECT_TRUE(says(bad.error().to_string(), {"element 700 of the batch", "nobody"}));
}

TEST(Pipeline, PlanAndProfileAreTheParts) {
  const auto p = load(chain());
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const ComputePlan plan = (*p)->compute_plan();
  ASSERT_EQ(plan.steps.size(), 3u);
  EXPECT_EQ(plan.steps[1].ops[0], "times/scaler");
  const auto profile = (*p)->profile({{"x", 2.0}}, 3, {});
  ASSERT_TRUE(profile.ok()) << profile.error().to_string();
  ASSERT_EQ(profile->steps.size(), 3u);
  EXPECT_GT(profile->steps[0].milliseconds, 0);
}

TEST(Pipeline, InputsThatNobodyMakes) {
  EXPECT_TRUE(says(refusal(pipeline_of(model_with({{"speed", number()}}, {{"y", number()}}),
                                       {scaler("sped", number(), "y", number(), 0, 1)})),
                   {"part 0 (scaler)", "\"sped\"", "Did you mean \"speed\"?"}));
  EXPECT_TRUE(says(refusal(pipeline_of(model_with({{"x", number()}}, {{"z", number()}}),
                                       {scaler("x", number(), "y", number(), 0, 1)})),
                   {"output \"z\"", "\"x\" and \"y\""}));
  // A part does not see what later ones make.
  EXPECT_TRUE(says(refusal(pipeline_of(model_with({{"x", number()}}, {{"b", number()}}),
                                       {scaler("b", number(), "a", number(), 0, 1),
                                        scaler("x", number(), "b", number(), 0, 1)})),
                   {"part 0 (scaler)", "\"b\""}));
}

TEST(Pipeline, TypesThatNeverFit) {
  EXPECT_TRUE(says(refusal(pipeline_of(model_with({{"x", number()}}, {{"y", vector(1)}}),
                                       {encoder("x", "y", {"a"})})),
                   {"part 0", "\"x\"", "Double", "String"}));
}

TEST(Pipeline, CountsThatDisagree) {
  spec::Model empty = model_with({{"x", number()}}, {{"x", number()}});
  empty.mutable_pipeline();
  EXPECT_TRUE(says(refusal(empty), {"no parts"}));
  EXPECT_TRUE(says(refusal(pipeline_of(model_with({{"x", number()}}, {{"y", number()}}),
                                       {scaler("x", number(), "y", number(), 0, 1)}, {"a", "b"})),
                   {"2 names", "1 parts"}));
}

TEST(Pipeline, ApplesPartsAreNamed) {
  spec::Model print = model_with({{"x", text()}}, {{"y", text()}});
  print.mutable_visionfeatureprint()->mutable_scene()->set_version(
      spec::CoreMLModels::VisionFeaturePrint::Scene::SCENE_VERSION_1);
  EXPECT_TRUE(says(refusal(pipeline_of(model_with({{"x", text()}}, {{"y", text()}}), {print})),
                   {"part 0 (visionFeaturePrint)", "Apple's systems", "no weights", "Instead"}));
}

spec::Model nested(int depth) {
  const spec::Model outer = model_with({{"x", number()}}, {{"x", number()}});
  spec::Model model = pipeline_of(outer, {scaler("x", number(), "x", number(), 1, 1)});
  for (int i = 1; i < depth; ++i) {
    spec::Model around = outer;
    around.mutable_pipelineregressor()->mutable_pipeline()->add_models()->Swap(&model);
    model = std::move(around);
  }
  return model;
}

TEST(Pipeline, SixteenDeepAndNoDeeper) {
  const auto p = load(nested(16));
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  EXPECT_EQ((*p)->predict({{"x", 1.0}}, {}).value()["x"].number(), 2);
  const auto deeper = load(nested(17));
  ASSERT_FALSE(deeper.ok());
  EXPECT_EQ(deeper.error().code(), ErrorCode::kLimitExceeded);
}

TEST(Pipeline, AThousandDeepIsOverTheLimit) {
  const auto p = load(nested(1000));
  ASSERT_FALSE(p.ok());
  EXPECT_EQ(p.error().code(), ErrorCode::kLimitExceeded) << p.error().to_string();
}

}  // namespace
}  // namespace pome::testing
