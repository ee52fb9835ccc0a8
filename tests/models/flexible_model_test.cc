// Models whose inputs take several shapes, that have several functions, or that say impossible
// things of either.
#include <gtest/gtest.h>

#include "api/factory.h"
#include "tests/import/mil/messages.h"

namespace pome::testing {
namespace {

namespace spec = CoreML::Specification;

Result<std::unique_ptr<Predictor>> load(const spec::Model& model,
                                        const ModelConfiguration& configuration = {}) {
  api::ModelSource source;
  source.model = std::make_shared<spec::Model>(model);
  return api::make_predictor(source, configuration);
}

std::string load_error(const spec::Model& model, const ModelConfiguration& configuration = {}) {
  const auto predictor = load(model, configuration);
  return predictor.ok() ? "loads" : predictor.error().to_string();
}

MultiArray ramp(const std::vector<int64_t>& shape) {
  MultiArray a = MultiArray::create(MultiArrayDataType::kFloat32, shape).value();
  for (int64_t i = 0; i < a.size(); ++i) a.set(i, static_cast<double>(i) - 2);
  return a;
}

void add_range(spec::Model& model, uint64_t lower, int64_t upper) {
  auto* range = model.mutable_description()
                    ->mutable_input(0)
                    ->mutable_type()
                    ->mutable_multiarraytype()
                    ->mutable_shaperange()
                    ->add_sizeranges();
  range->set_lowerbound(lower);
  range->set_upperbound(upper);
}

/// y = relu(x), x [1...8, 3].
MilModel ranged_program() {
  MilModel m({-1, 3});
  auto* array =
      m.model.mutable_description()->mutable_input(0)->mutable_type()->mutable_multiarraytype();
  array->set_shape(0, 2);
  add_range(m.model, 1, 8);
  add_range(m.model, 3, 3);
  m.add("relu", "y", tensor_type(mil::FLOAT32, {-1, 3}), {{"x", "x"}});
  m.set_output("y");
  return m;
}

TEST(FlexibleModels, AProgramTakesItsRange) {
  const auto predictor = load(ranged_program().model);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  for (const int64_t rows : {2, 1, 8, 5}) {
    const auto outputs = (*predictor)->predict({{"x", ramp({rows, 3})}}, {});
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    const MultiArray& y = (*outputs)["y"].multi_array();
    EXPECT_EQ(y.shape(), (std::vector<int64_t>{rows, 3}));
    for (int64_t i = 0; i < y.size(); ++i)
      EXPECT_EQ(y.at(i), std::max(static_cast<double>(i) - 2, 0.0));
  }
  const auto outside = (*predictor)->predict({{"x", ramp({9, 3})}}, {});
  ASSERT_FALSE(outside.ok());
  EXPECT_EQ(outside.error().code(), ErrorCode::kShapeMismatch);
  EXPECT_EQ(outside.error().to_string(),
            "input \"x\": the array has shape [9,3], the input takes [1...8,3]");
}

/// y = 2 x of the old world, x [2], enumerated or not.
spec::Model old_network() {
  spec::Model model;
  model.set_specificationversion(3);
  const auto describe = [](spec::FeatureDescription* f, const char* name) {
    f->set_name(name);
    auto* array = f->mutable_type()->mutable_multiarraytype();
    array->set_datatype(spec::ArrayFeatureType::FLOAT32);
    array->add_shape(2);
  };
  describe(model.mutable_description()->add_input(), "x");
  describe(model.mutable_description()->add_output(), "y");
  auto* layer = model.mutable_neuralnetwork()->add_layers();
  layer->set_name("twice");
  layer->add_input("x");
  layer->add_output("y");
  layer->mutable_activation()->mutable_linear()->set_alpha(2);
  return model;
}

TEST(FlexibleModels, OldNetworksTakeSequencesAndBatches) {
  const auto predictor = load(old_network());
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{2}, {1, 2}, {3, 2}, {5, 1, 2}, {4, 3, 2}, {2}}) {
    const MultiArray x = ramp(shape);
    const auto outputs = (*predictor)->predict({{"x", x}}, {});
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    const MultiArray& y = (*outputs)["y"].multi_array();
    ASSERT_EQ(y.size(), x.size());
    for (int64_t i = 0; i < y.size(); ++i) EXPECT_EQ(y.at(i), 2 * x.at(i));
  }
}

TEST(FlexibleModels, EnumeratedShapesAreTakenAndOthersNamed) {
  spec::Model model = old_network();
  auto* shapes = model.mutable_description()
                     ->mutable_input(0)
                     ->mutable_type()
                     ->mutable_multiarraytype()
                     ->mutable_enumeratedshapes();
  for (const int64_t n : {2, 4, 6}) shapes->add_shapes()->add_shape(n);
  const auto predictor = load(model);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  for (const int64_t n : {2, 4, 6})
    EXPECT_TRUE((*predictor)->predict({{"x", ramp({n})}}, {}).ok()) << n;
  const auto outside = (*predictor)->predict({{"x", ramp({5})}}, {});
  ASSERT_FALSE(outside.ok());
  EXPECT_EQ(outside.error().to_string(),
            "input \"x\": the array has shape [5], the input takes [2], [4] or [6], also with "
            "[Batch] or [Seq,Batch] in front");
}

TEST(FlexibleModels, AMissingOptionalInputIsItsDefault) {
  spec::Model model = old_network();
  model.set_specificationversion(5);
  auto* type = model.mutable_description()->mutable_input(0)->mutable_type();
  type->set_isoptional(true);
  type->mutable_multiarraytype()->set_floatdefaultvalue(1.5);
  const auto predictor = load(model);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  const auto outputs = (*predictor)->predict(FeatureProvider(), {});
  ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
  EXPECT_EQ((*outputs)["y"].multi_array().to_floats(), (std::vector<float>{3, 3}));
}

TEST(HostileShapes, AreErrorsAtLoad) {
  MilModel backwards = ranged_program();
  auto* ranges = backwards.model.mutable_description()
                     ->mutable_input(0)
                     ->mutable_type()
                     ->mutable_multiarraytype()
                     ->mutable_shaperange();
  ranges->mutable_sizeranges(0)->set_lowerbound(9);
  EXPECT_NE(load_error(backwards.model).find("the range 9 to 8 holds nothing"), std::string::npos);

  spec::Model overflowing = old_network();
  auto* array =
      overflowing.mutable_description()->mutable_input(0)->mutable_type()->mutable_multiarraytype();
  array->clear_shape();
  for (int i = 0; i < 3; ++i) array->add_shape(int64_t{1} << 40);
  EXPECT_NE(load_error(overflowing).find("overflows 64 bits"), std::string::npos);

  spec::Model large = old_network();
  large.mutable_description()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_multiarraytype()
      ->set_shape(0, int64_t{1} << 50);
  const auto refused = load(large);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::kLimitExceeded) << refused.error().to_string();

  // A range may be as wide as it likes: what counts is what comes.
  spec::Model wide = old_network();
  add_range(wide, 1, -1);
  const auto predictor = load(wide);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  EXPECT_TRUE((*predictor)->predict({{"x", ramp({1000})}}, {}).ok());
}

/// main: y = relu(x); other: y = -x, each described.
spec::Model two_functions() {
  MilModel m({2, 3});
  spec::Model& model = m.model;
  model.set_specificationversion(9);
  m.add("relu", "y", tensor_type(mil::FLOAT32, {2, 3}), {{"x", "x"}});
  m.body->add_outputs("y");
  auto& functions = *model.mutable_mlprogram()->mutable_functions();
  functions["other"] = functions.at("main");
  auto& body = functions["other"].mutable_block_specializations()->at("CoreML5");
  body.mutable_operations(0)->set_type("sign");
  const spec::FeatureDescription x = model.description().input(0);
  model.mutable_description()->clear_input();
  for (const char* name : {"main", "other"}) {
    auto* f = model.mutable_description()->add_functions();
    f->set_name(name);
    *f->add_input() = x;
    auto* y = f->add_output();
    y->set_name("y");
    y->mutable_type()->mutable_multiarraytype()->set_datatype(spec::ArrayFeatureType::FLOAT32);
  }
  model.mutable_description()->set_defaultfunctionname("main");
  return model;
}

TEST(Functions, TheConfigurationPicksOne) {
  const MultiArray x = ramp({2, 3});
  ModelConfiguration configuration;
  const auto last = [&](const char* function) {
    configuration.function_name = function;
    const auto predictor = load(two_functions(), configuration);
    EXPECT_TRUE(predictor.ok()) << predictor.error().to_string();
    const auto outputs = (*predictor)->predict({{"x", x}}, {});
    EXPECT_TRUE(outputs.ok()) << outputs.error().to_string();
    return (*outputs)["y"].multi_array().at(5);
  };
  EXPECT_EQ(last(""), 3);
  EXPECT_EQ(last("main"), 3);
  EXPECT_EQ(last("other"), 1);
  configuration.function_name = "othr";
  const std::string text = load_error(two_functions(), configuration);
  EXPECT_NE(
      text.find("no function \"othr\"; it has \"main\" and \"other\". Did you mean \"other\"?"),
      std::string::npos)
      << text;
}

TEST(Functions, WhatIsWrongInOneDoesNotTouchTheOther) {
  spec::Model model = two_functions();
  auto& functions = *model.mutable_mlprogram()->mutable_functions();
  functions["other"].mutable_block_specializations()->at("CoreML5").mutable_operations(0)->set_type(
      "no_such_op");
  EXPECT_EQ(load_error(model), "loads");
  ModelConfiguration configuration;
  configuration.function_name = "other";
  EXPECT_NE(load_error(model, configuration).find("no_such_op"), std::string::npos);
}

}  // namespace
}  // namespace pome::testing
