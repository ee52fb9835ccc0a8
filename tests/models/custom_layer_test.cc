// Layers whose code is the caller's own, in networks of five axes and of any number.
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/pipeline/models.h"

namespace pome::testing {
namespace {

using Shapes = std::vector<std::vector<int64_t>>;

/// y = scale * x + weights[c] (broadcast from the last axis), and the sum of x as a second output
/// where the layer has two; or what `mode` says.
class Affine final : public CustomLayer {
 public:
  explicit Affine(const CustomLayerSource& source)
      : scale_(std::get<double>(source.parameters.at("scale"))), weights_(source.weights) {
    const auto mode = source.parameters.find("mode");
    if (mode != source.parameters.end()) mode_ = std::get<std::string>(mode->second);
  }

  Result<Shapes> output_shapes(const Shapes& inputs) const override {
    if (mode_ == "throw in shapes") throw std::runtime_error("no shapes");
    if (mode_ == "negative") return Shapes{{1, 1, -3, 1, 1}};
    if (mode_ == "huge") return Shapes{{1, 1, INT64_MAX, INT64_MAX, 4}};
    if (mode_ == "two outputs") return Shapes{inputs[0], inputs[0]};
    if (mode_ == "with sum") return Shapes{inputs[0], std::vector<int64_t>(inputs[0].size(), 1)};
    if (mode_ == "four axes") return Shapes{{1, 3, 1, 1}};
    return Shapes{inputs[0]};
  }

  Status evaluate(std::span<const CustomInput> inputs,
                  std::span<const CustomOutput> outputs) const override {
    if (mode_ == "throw") throw std::runtime_error("out of \x1b[2Jluck");
    if (mode_ == "error") return Error(ErrorCode::kInvalidArgument, "not today");
    float sum = 0;
    for (size_t i = 0; i < inputs[0].values.size(); ++i) {
      const double bias =
          weights_.empty() ? 0 : weights_[0].at(static_cast<int64_t>(i) % weights_[0].size());
      outputs[0].values[i] = static_cast<float>(scale_ * inputs[0].values[i] + bias);
      sum += inputs[0].values[i];
    }
    if (outputs.size() > 1) outputs[1].values[0] = sum;
    return {};
  }

 private:
  double scale_;
  std::string mode_;
  std::vector<MultiArray> weights_;
};

ModelConfiguration registered() {
  ModelConfiguration configuration;
  configuration.custom_layers["Affine"] =
      [](const CustomLayerSource& source) -> Result<std::unique_ptr<CustomLayer>> {
    return std::unique_ptr<CustomLayer>(std::make_unique<Affine>(source));
  };
  configuration.custom_layers["Null"] = [](const CustomLayerSource&) {
    return Result<std::unique_ptr<CustomLayer>>(nullptr);
  };
  return configuration;
}

/// x -> custom -> relu -> y.
spec::Model network(const std::string& class_name, double scale, const std::string& mode = "",
                    bool exact = false) {
  spec::Model model = model_with({{"x", vector(3)}}, {{"y", vector(3)}});
  model.set_specificationversion(exact ? 4 : 2);
  auto* n = model.mutable_neuralnetwork();
  if (exact) n->set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
  auto* layer = n->add_layers();
  layer->set_name("mine");
  layer->add_input("x");
  layer->add_output("a");
  layer->mutable_custom()->set_classname(class_name);
  auto& parameters = *layer->mutable_custom()->mutable_parameters();
  parameters["scale"].set_doublevalue(scale);
  if (!mode.empty()) parameters["mode"].set_stringvalue(mode);
  auto* weights = layer->mutable_custom()->add_weights();
  for (const float w : {1.f, -20.f, 3.f}) weights->add_floatvalue(w);
  auto* relu = n->add_layers();
  relu->set_name("relu");
  relu->add_input("a");
  relu->add_output("y");
  relu->mutable_activation()->mutable_relu();
  return model;
}

MultiArray x123() { return MultiArray::from_floats({3}, std::vector<float>{1, 2, 3}).value(); }

void expect_y(const Result<std::unique_ptr<Predictor>>& p, std::vector<float> want) {
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const auto out = (*p)->predict({{"x", x123()}}, {});
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  EXPECT_EQ((*out)["y"].multi_array().to_floats(), want);
}

TEST(CustomLayer, RunsInBothWorlds) {
  expect_y(load(network("Affine", 2), registered()), {3, 0, 9});
  expect_y(load(network("Affine", 2, "", true), registered()), {3, 0, 9});
}

TEST(CustomLayer, TwoOfOneClassAreTwoObjects) {
  spec::Model model = network("Affine", 2);
  auto* second = model.mutable_neuralnetwork()->add_layers();
  *second = model.neuralnetwork().layers(0);
  second->set_name("mine too");
  second->set_input(0, "y");
  second->set_output(0, "z");
  (*second->mutable_custom()->mutable_parameters())["scale"].set_doublevalue(10);
  model.mutable_description()->mutable_output(0)->set_name("z");
  const auto p = load(model, registered());
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const auto out = (*p)->predict({{"x", x123()}}, {});
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  EXPECT_EQ((*out)["z"].multi_array().to_floats(), (std::vector<float>{31, -20, 93}));
}

/// y = x, then three times y = custom(y), in a loop.
spec::Model loop_network() {
  spec::Model model = network("Affine", 2, "", true);
  spec::NeuralNetworkLayer custom = model.neuralnetwork().layers(0);
  auto* n = model.mutable_neuralnetwork();
  n->clear_layers();
  const auto copy = [](spec::NeuralNetwork& to, const char* from, const char* name) {
    auto* layer = to.add_layers();
    layer->set_name(std::string("copy ") + from);
    layer->add_input(from);
    layer->add_output(name);
    layer->mutable_copy();
  };
  copy(*n, "x", "y");
  auto* loop = n->add_layers();
  loop->set_name("loop");
  loop->mutable_loop()->set_maxloopiterations(3);
  auto* body = loop->mutable_loop()->mutable_bodynetwork();
  custom.set_input(0, "y");
  *body->add_layers() = custom;
  copy(*body, "a", "y");
  return model;
}

TEST(CustomLayer, RunsInALoop) { expect_y(load(loop_network(), registered()), {15, -124, 45}); }

TEST(CustomLayer, ErrorsInALoopNameTheIteration) {
  spec::Model model = loop_network();
  auto* body = model.mutable_neuralnetwork()->mutable_layers(1)->mutable_loop();
  (*body->mutable_bodynetwork()->mutable_layers(0)->mutable_custom()->mutable_parameters())["mode"]
      .set_stringvalue("error");
  const auto p = load(model, registered());
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const auto out = (*p)->predict({{"x", x123()}}, {});
  ASSERT_FALSE(out.ok());
  EXPECT_NE(out.error().to_string().find("not today"), std::string::npos)
      << out.error().to_string();
  EXPECT_NE(out.error().to_string().find("iteration 1"), std::string::npos)
      << out.error().to_string();
}

TEST(CustomLayer, MayHaveSeveralOutputs) {
  spec::Model model = network("Affine", 2, "with sum");
  model.mutable_neuralnetwork()->mutable_layers(0)->add_output("sum");
  auto* output = model.mutable_description()->add_output();
  output->set_name("sum");
  output->mutable_type()->mutable_multiarraytype()->set_datatype(spec::ArrayFeatureType::FLOAT32);
  const auto p = load(model, registered());
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  const auto out = (*p)->predict({{"x", x123()}}, {});
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  EXPECT_EQ((*out)["sum"].multi_array().at(0), 6);
}

TEST(CustomLayer, AnUnregisteredClassIsNamed) {
  EXPECT_TRUE(says(
      refusal(network("Afine", 2), registered()),
      {"\"mine\" (custom)", "\"Afine\"", "\"Affine\" and \"Null\"", "Did you mean \"Affine\"?"}));
  EXPECT_TRUE(says(refusal(network("Affine", 2)), {"\"Affine\"", "Registered are none"}));
}

TEST(CustomLayer, WhatItsCodeDoesWrongIsAnErrorAtLoad) {
  const auto refused = [](const char* mode) {
    return refusal(network("Affine", 2, mode), registered());
  };
  EXPECT_TRUE(says(refused("throw in shapes"), {"\"mine\" (custom)", "\"Affine\"", "no shapes"}));
  EXPECT_TRUE(says(refused("negative"), {"\"mine\" (custom)", "-3"}));
  EXPECT_TRUE(says(refused("huge"), {"\"mine\" (custom)", "64 bits"}));
  EXPECT_TRUE(says(refused("two outputs"), {"\"mine\" (custom)", "2 outputs", "1"}));
  EXPECT_TRUE(says(refused("four axes"), {"\"mine\" (custom)", "4 axes", "Seq, Batch"}));
  EXPECT_TRUE(says(refusal(network("Null", 2), registered()), {"\"Null\"", "made none"}));
  spec::Model without = network("Affine", 2);
  without.mutable_neuralnetwork()->mutable_layers(0)->mutable_custom()->clear_parameters();
  EXPECT_TRUE(says(refusal(without, registered()), {"\"Affine\"", "threw an exception"}));
}

TEST(CustomLayer, WhatItsCodeDoesWrongIsAnErrorOfThePrediction) {
  for (const auto& [mode, words] :
       {std::pair{"throw", "out of \\x1b[2Jluck"}, std::pair{"error", "not today"}}) {
    const auto p = load(network("Affine", 2, mode), registered());
    ASSERT_TRUE(p.ok()) << p.error().to_string();
    const auto out = (*p)->predict({{"x", x123()}}, {});
    ASSERT_FALSE(out.ok());
    EXPECT_TRUE(says(out.error().to_string(), {words, "mine"}));
  }
}

}  // namespace
}  // namespace pome::testing
