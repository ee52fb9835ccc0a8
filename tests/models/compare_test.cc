// compare(): outputs side by side, and the first op that departs.
#include "pome/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "api/departure.h"
#include "export/export.h"
#include "ir/parser.h"
#include "tests/pipeline/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;

/// x [3] -> exp "e" -> times `factor` "t" -> log "y".
spec::Model chain(float factor) {
  spec::Model model = model_with({{"x", vector(3)}}, {{"y", vector(3)}});
  model.set_specificationversion(4);
  auto* n = model.mutable_neuralnetwork();
  n->set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
  const auto add = [&](const char* name, const char* from) {
    auto* layer = n->add_layers();
    layer->set_name(name);
    layer->add_input(from);
    layer->add_output(name);
    return layer;
  };
  auto* exp = add("e", "x")->mutable_unary();
  exp->set_type(spec::UnaryFunctionLayerParams::EXP);
  exp->set_scale(1);
  add("t", "e")->mutable_activation()->mutable_linear()->set_alpha(factor);
  auto* log = add("y", "t")->mutable_unary();
  log->set_type(spec::UnaryFunctionLayerParams::LOG);
  log->set_scale(1);
  return model;
}

/// total = total + x, y = total * factor.
spec::Model adder(const std::string& factor) {
  const auto array = [](const std::string& name, FeatureType kind) {
    FeatureDescription feature;
    feature.name = name;
    feature.type = kind;
    feature.multi_array.data_type = MultiArrayDataType::kFloat16;
    feature.multi_array.shape = {3};
    return feature;
  };
  ModelDescription description;
  description.inputs = {array("x", FeatureType::kMultiArray)};
  description.outputs = {array("y", FeatureType::kMultiArray)};
  description.states = {array("total", FeatureType::kState)};
  const std::string type = "tensor<fp16, [3]>";
  const auto program =
      ir::parse("program(1.3)\n{\nfunc main<ios18>(" + type + " x, state<" + type + "> total) {\n" +
                type + " old = read_state(input = total);\n" + type +
                " sum = add(x = old, y = x);\n" + "write_state(data = sum, input = total);\n" +
                type + " y = mul(x = sum, y = fp16(" + factor + "));\n} -> (y);\n}");
  EXPECT_TRUE(program.ok()) << program.error().to_string();
  const auto exported = exporter::to_mil({**program, description, {}, false});
  EXPECT_TRUE(exported.ok()) << exported.error().to_string();
  return *exported->model;
}

class CompareModels : public ::testing::Test {
 protected:
  fs::path write(const std::string& name, const spec::Model& model) {
    std::ofstream file(folder_.path() / name, std::ios::binary);
    EXPECT_TRUE(model.SerializeToOstream(&file));
    return folder_.path() / name;
  }
  static FeatureProvider input(std::vector<float> values) {
    return {{"x", MultiArray::from_floats({3}, values).value()}};
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(CompareModels, AModelIsWhatItIs) {
  const auto path = write("a.mlmodel", chain(2));
  const std::vector<FeatureProvider> inputs = {input({0, 1, 2}), input({3, -1, 0})};
  const auto c = compare(path, path, inputs);
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  EXPECT_TRUE(c->within);
  ASSERT_EQ(c->outputs.size(), 1u);
  EXPECT_EQ(c->outputs[0].max_absolute, 0);
  EXPECT_TRUE(std::isinf(c->outputs[0].psnr));
  EXPECT_FALSE(c->first.has_value());
}

TEST_F(CompareModels, TheFirstOpThatDepartsIsNamed) {
  const auto path = write("a.mlmodel", chain(4));
  const auto other = write("b.mlmodel", chain(2));
  const std::vector<FeatureProvider> inputs = {input({0, 1, 2})};
  const auto c = compare(path, other, inputs);
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  EXPECT_FALSE(c->within);
  // log 4e^x - log 2e^x = log 2 everywhere; the reference reaches log 2 + 2.
  EXPECT_NEAR(c->outputs[0].max_absolute, std::log(2), 1e-5);
  EXPECT_NEAR(c->outputs[0].max_relative, std::log(2) / (std::log(2) + 2), 1e-5);
  const double mean = std::log(2) * std::log(2);
  EXPECT_NEAR(c->outputs[0].psnr, 10 * std::log10(std::pow(std::log(2) + 2, 2) / mean), 1e-3);
  EXPECT_TRUE(c->outputs[0].argmax_agrees);
  ASSERT_TRUE(c->first.has_value()) << c->no_first_reason;
  EXPECT_EQ(c->first->op, "t");
  EXPECT_NEAR(c->first->difference.max_relative, 1, 1e-5);  // twice as much
  ASSERT_EQ(c->first->inputs.size(), 1u);
  EXPECT_EQ(c->first->inputs[0].name, "e");
  EXPECT_NEAR(c->first->inputs[0].max, std::exp(2), 1e-4);
  EXPECT_EQ(c->matched_values, 2);
}

TEST_F(CompareModels, SmallWindowsFindTheSame) {
  const auto load = [&](float factor) {
    spec::Model model = chain(factor);
    auto shared = std::make_shared<spec::Model>(model);
    api::TraceableModel t;
    t.source = {shared, {}};
    t.description.model_type = "neuralNetwork";
    FeatureDescription x;
    x.name = "x";
    x.type = FeatureType::kMultiArray;
    x.multi_array.shape = {3};
    t.description.inputs = {x};
    x.name = "y";
    t.description.outputs = {x};
    return t;
  };
  for (const uint64_t bytes : {uint64_t{1}, uint64_t{12}, uint64_t{24}, uint64_t{1000}}) {
    const auto found = api::find_departure(load(4), load(2), input({0, 1, 2}), 1e-3, bytes);
    ASSERT_TRUE(found.ok()) << found.error().to_string();
    ASSERT_TRUE(found->first.has_value()) << bytes;
    EXPECT_EQ(found->first->op, "t") << bytes;
    EXPECT_EQ(found->first->position, 1) << bytes;
    const auto same = api::find_departure(load(2), load(2), input({0, 1, 2}), 1e-3, bytes);
    ASSERT_TRUE(same.ok()) << same.error().to_string();
    EXPECT_FALSE(same->first.has_value());
    EXPECT_EQ(same->matched, 3) << bytes;
  }
}

TEST_F(CompareModels, Float16OverflowsWhereItWouldOnADevice) {
  const auto path = write("a.mlmodel", chain(1));
  const std::vector<FeatureProvider> inputs = {input({0, 1, 12.4f})};  // e^12.4 = 242,802 > 65,504
  CompareOptions options;
  options.emulate_float16 = true;
  options.tolerance = 0.01;
  const auto c = compare(path, path, inputs, options);
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  EXPECT_FALSE(c->within);
  ASSERT_TRUE(c->first.has_value()) << c->no_first_reason;
  EXPECT_EQ(c->first->op, "e");
  EXPECT_NE(c->first->reason.find("input \"x\" reaches 12.4"), std::string::npos)
      << c->first->reason;
  EXPECT_NE(c->first->reason.find("1 element of the result is not finite: float16 ends at 65504"),
            std::string::npos)
      << c->first->reason;
  // Within its range float16 has 11 bits.
  const auto fine = compare(path, path, std::vector{input({0, 1, 2})}, options);
  ASSERT_TRUE(fine.ok()) << fine.error().to_string();
  EXPECT_TRUE(fine->within);
  EXPECT_GT(fine->outputs[0].max_absolute, 0);
  EXPECT_LT(fine->outputs[0].max_relative, 0x1p-9);
}

TEST_F(CompareModels, RecordsMayHoldIntermediateValues) {
  const auto path = write("a.mlmodel", chain(2));
  const auto array = [](std::vector<float> v) { return MultiArray::from_floats({3}, v).value(); };
  const std::vector<float> e = {std::exp(0.f), std::exp(1.f), std::exp(2.f)};
  FeatureProvider record = {
      {"e", array(e)}, {"t", array({2 * e[0], 2 * e[1], 2 * e[2] + 1})}, {"y", array({0, 0, 0})}};
  const auto c = compare(path, record, input({0, 1, 2}));
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  EXPECT_FALSE(c->within);
  ASSERT_TRUE(c->first.has_value()) << c->no_first_reason;
  EXPECT_EQ(c->first->op, "t");
  EXPECT_NEAR(c->first->difference.max_absolute, 1, 1e-5);
}

TEST_F(CompareModels, WithoutACommonNameNothingIsCompared) {
  const auto path = write("a.mlmodel", chain(2));
  const FeatureProvider record = {
      {"p", MultiArray::from_floats({1}, std::vector<float>{0}).value()},
      {"q", MultiArray::from_floats({1}, std::vector<float>{0}).value()}};
  const auto c = compare(path, record, input({0, 1, 2}));
  ASSERT_FALSE(c.ok());
  EXPECT_NE(c.error().message().find("\"y\", and \"p\" and \"q\""), std::string::npos)
      << c.error().to_string();
}

TEST_F(CompareModels, OtherModelsHaveNoOpsToLookInto) {
  const auto path = write("a.mlmodel", scaler("x", number(), "y", number(), 0, 2));
  const auto other = write("b.mlmodel", scaler("x", number(), "y", number(), 0, 3));
  const auto c = compare(path, other, std::vector<FeatureProvider>{{{"x", 1.0}}});
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  EXPECT_FALSE(c->within);
  EXPECT_NE(c->no_first_reason.find("of types scaler and scaler"), std::string::npos)
      << c->no_first_reason;
  CompareOptions options;
  options.emulate_float16 = true;
  EXPECT_EQ(
      compare(path, other, std::vector<FeatureProvider>{{{"x", 1.0}}}, options).error().code(),
      ErrorCode::kUnsupported);
}

TEST(RandomInputs, FollowTheirSeed) {
  ModelDescription d;
  FeatureDescription x;
  x.name = "x";
  x.type = FeatureType::kMultiArray;
  x.multi_array.shape = {2, 50};
  d.inputs = {x};
  x.name = "photo";
  x.type = FeatureType::kImage;
  x.image.width = 5;
  x.image.height = 4;
  d.inputs.push_back(x);
  const auto a = random_inputs(d, 3).value();
  const auto b = random_inputs(d, 3).value();
  const auto c = random_inputs(d, 4).value();
  EXPECT_EQ(a["x"].multi_array().to_floats(), b["x"].multi_array().to_floats());
  EXPECT_NE(a["x"].multi_array().to_floats(), c["x"].multi_array().to_floats());
  double low = 1, high = -1;
  for (const float v : a["x"].multi_array().to_floats()) {
    low = std::min<double>(low, v);
    high = std::max<double>(high, v);
  }
  EXPECT_GE(low, -1);
  EXPECT_LT(low, -0.8);
  EXPECT_LT(high, 1);
  EXPECT_GT(high, 0.8);
  EXPECT_EQ(a["photo"].image().width(), 5);
}

TEST_F(CompareModels, StatesGoOnFromInputToInput) {
  const auto path = write("a.mlmodel", adder("2"));
  const std::vector<FeatureProvider> inputs = {input({0, 0, 0}), input({1, 2, 3})};
  const auto same = compare(path, path, inputs);
  ASSERT_TRUE(same.ok()) << same.error().to_string();
  EXPECT_TRUE(same->within);
  // Zeros are the same with any factor: the second input departs, and from other states.
  const auto other = write("b.mlmodel", adder("2.5"));
  const auto c = compare(path, other, inputs);
  ASSERT_TRUE(c.ok()) << c.error().to_string();
  EXPECT_FALSE(c->within);
  EXPECT_FALSE(c->first.has_value());
  EXPECT_NE(c->no_first_reason.find("depart at input 1"), std::string::npos) << c->no_first_reason;
  // 6 * 2 against 6 * 2.5: what the first input left behind counts.
  const std::vector<FeatureProvider> twice = {input({3, 3, 3}), input({3, 3, 3})};
  const auto first = compare(path, other, twice);
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  EXPECT_EQ(first->outputs[0].max_absolute, 3);
  ASSERT_TRUE(first->first.has_value()) << first->no_first_reason;
  EXPECT_EQ(first->first->kind, "mul");
}

TEST_F(CompareModels, AnEmulatedModelWithStatesTakesOneInput) {
  const auto path = write("a.mlmodel", adder("2"));
  const std::vector<FeatureProvider> inputs = {input({1, 2, 3}), input({1, 2, 3})};
  CompareOptions options;
  options.emulate_float16 = true;
  const auto one = compare(path, path, std::span(inputs).first(1), options);
  ASSERT_TRUE(one.ok()) << one.error().to_string();
  EXPECT_TRUE(one->within);
  const auto two = compare(path, path, inputs, options);
  ASSERT_FALSE(two.ok());
  EXPECT_NE(two.error().message().find("keeps the state \"total\""), std::string::npos)
      << two.error().to_string();
}

TEST_F(CompareModels, AnErrorAtOneOfSeveralInputsIsToldInFull) {
  const auto path = write("a.mlmodel", chain(2));
  const std::vector<FeatureProvider> inputs = {input({0, 1, 2}), FeatureProvider{}};
  const auto c = compare(path, path, inputs);
  ASSERT_FALSE(c.ok());
  EXPECT_NE(c.error().message().find("\"x\""), std::string::npos) << c.error().to_string();
  EXPECT_NE(c.error().to_string().find("input 1"), std::string::npos) << c.error().to_string();
}

}  // namespace
}  // namespace pome::testing
