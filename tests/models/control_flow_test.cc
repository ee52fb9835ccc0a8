// Branches and loops of neural networks: against the same loops in Python
// (tools/goldens/nn_control.py), and loops that mean harm.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "api/factory.h"
#include "api/load.h"
#include "format/proto/model.pb.h"
#include "tests/support/evaluate.h"
#include "tests/support/network_case.h"

namespace pome::testing {
namespace {

namespace spec = CoreML::Specification;

FeatureProvider inputs_of(const nlohmann::json& record) {
  FeatureProvider inputs;
  for (const auto& [name, value] : record["inputs"].items()) {
    inputs.set(name, MultiArray::from_floats(value["shape"].get<std::vector<int64_t>>(),
                                             value["data"].get<std::vector<float>>())
                         .value());
  }
  return inputs;
}

class ControlFlow : public ::testing::TestWithParam<NetworkCase> {};

TEST_P(ControlFlow, GivesWhatTheLoopInPythonGives) {
  const auto& record = GetParam().record;
  const auto bytes = GetParam().model();
  const auto file = format::ModelFile::parse(std::as_bytes(std::span<const char>(*bytes)), bytes);
  ASSERT_TRUE(file.ok()) << file.error().to_string();
  auto predictor = api::make_predictor(api::source_of(*file), {});
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  for (int run = 0; run < 2; ++run) {
    const auto outputs = (*predictor)->predict(inputs_of(record), {});
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    for (const auto& [name, value] : record["outputs"].items()) {
      const MultiArray& got = (*outputs)[name].multi_array();
      const auto floats = got.to_floats();
      const auto y = tensor(Shape(std::span<const int64_t>(got.shape())), floats);
      const auto want = read_tensor(value);
      EXPECT_EQ(difference(y.view(), want.view(), GetParam().tolerance(), GetParam().tolerance()),
                "")
          << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Goldens, ControlFlow,
                         ::testing::ValuesIn(read_network_cases("control.json")),
                         [](const auto& test) { return test.param.name(); });

/// A network x -> y of the exact world; `fill` adds layers behind y = x.
std::shared_ptr<spec::Model> network(
    const std::function<void(spec::NeuralNetwork& network)>& fill) {
  auto model = std::make_shared<spec::Model>();
  model->set_specificationversion(4);
  const auto describe = [](spec::FeatureDescription* f, const char* name) {
    f->set_name(name);
    auto* array = f->mutable_type()->mutable_multiarraytype();
    array->set_datatype(spec::ArrayFeatureType::FLOAT32);
    array->add_shape(2);
  };
  describe(model->mutable_description()->add_input(), "x");
  describe(model->mutable_description()->add_output(), "y");
  spec::NeuralNetwork& n = *model->mutable_neuralnetwork();
  n.set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
  auto* copy = n.add_layers();
  copy->set_name("first");
  copy->add_input("x");
  copy->add_output("y");
  copy->mutable_copy();
  fill(n);
  return model;
}

spec::NeuralNetworkLayer* add_layer(spec::NeuralNetwork& n, const char* name) {
  auto* layer = n.add_layers();
  layer->set_name(name);
  return layer;
}

/// y = 2 y for ever.
void loop_without_exit(spec::NeuralNetwork& n) {
  spec::NeuralNetwork& body = *add_layer(n, "forever")->mutable_loop()->mutable_bodynetwork();
  auto* twice = add_layer(body, "twice");
  twice->add_input("y");
  twice->add_output("y");
  twice->mutable_activation()->mutable_linear()->set_alpha(2);
}

Result<std::unique_ptr<Predictor>> load(const std::shared_ptr<spec::Model>& model,
                                        const ModelConfiguration& configuration = {}) {
  api::ModelSource source;
  source.model = model;
  return api::make_predictor(source, configuration);
}

std::string load_error(const std::function<void(spec::NeuralNetwork& network)>& fill) {
  const auto predictor = load(network(fill));
  return predictor.ok() ? "loads" : predictor.error().to_string();
}

const FeatureProvider& two_numbers() {
  static const FeatureProvider inputs = {
      {"x", MultiArray::from_floats({2}, std::vector<float>{1, -1}).value()}};
  return inputs;
}

TEST(HostileControlFlow, ALoopWithoutExitEndsWithItsBudget) {
  ModelConfiguration configuration;
  configuration.instruction_budget = 20'000;
  const auto predictor = load(network(loop_without_exit), configuration);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  const auto result = (*predictor)->predict(two_numbers(), {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kLimitExceeded);
  const std::string text = result.error().to_string();
  EXPECT_NE(text.find("forever (while_loop)"), std::string::npos) << text;
  EXPECT_NE(text.find("20000 operations"), std::string::npos) << text;
}

TEST(HostileControlFlow, ALoopWithoutExitIsCancelledFromAnotherThread) {
  ModelConfiguration configuration;
  configuration.instruction_budget = std::numeric_limits<int64_t>::max();
  const auto predictor = load(network(loop_without_exit), configuration);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  std::stop_source stop;
  PredictionOptions options;
  options.cancellation = stop.get_token();
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop.request_stop();
  });
  const auto result = (*predictor)->predict(two_numbers(), options);
  canceller.join();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kCancelled);
}

TEST(HostileControlFlow, ALoopThatHoardsMemoryEndsWithItsLimit) {
  ModelConfiguration configuration;
  configuration.memory_limit = 1 << 20;
  const auto predictor = load(network([](spec::NeuralNetwork& n) {
                                spec::NeuralNetwork& body =
                                    *add_layer(n, "hoard")->mutable_loop()->mutable_bodynetwork();
                                auto* join = add_layer(body, "join");
                                join->add_input("y");
                                join->add_input("y");
                                join->add_output("y");
                                join->mutable_concatnd()->set_axis(0);
                              }),
                              configuration);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  const auto result = (*predictor)->predict(two_numbers(), {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kLimitExceeded);
  EXPECT_NE(result.error().to_string().find("memory_limit"), std::string::npos)
      << result.error().to_string();
}

TEST(HostileControlFlow, LoopsNestedAThousandDeepAreRefused) {
  const std::string text = load_error([](spec::NeuralNetwork& n) {
    spec::NeuralNetwork* inner = &n;
    for (int i = 0; i < 1000; ++i)
      inner = add_layer(*inner, "nest")->mutable_loop()->mutable_bodynetwork();
    loop_without_exit(*inner);
  });
  EXPECT_NE(text.find("nested more than 64 deep"), std::string::npos) << text.substr(0, 300);
}

TEST(HostileControlFlow, WhatDoesNotFitIsNamed) {
  EXPECT_NE(load_error([](spec::NeuralNetwork& n) {
              add_layer(n, "out")->mutable_loopbreak();
            }).find("\"out\" (loopBreak): the layer stands in no loop"),
            std::string::npos);
  EXPECT_NE(load_error([](spec::NeuralNetwork& n) {
              auto* branch = add_layer(n, "choice");
              branch->add_input("nothing");
              branch->mutable_branch();
            }).find("\"choice\" (branch): \"nothing\" is neither an input"),
            std::string::npos);
  EXPECT_NE(load_error([](spec::NeuralNetwork& n) {
              auto* loop = add_layer(n, "loop")->mutable_loop();
              loop->set_conditionvar("unknown");
            }).find("\"unknown\" is neither an input"),
            std::string::npos);
  // Two numbers are no condition.
  EXPECT_NE(load_error([](spec::NeuralNetwork& n) {
              auto* branch = add_layer(n, "choice");
              branch->add_input("x");
              add_layer(*branch->mutable_branch()->mutable_ifbranch(), "stop")->mutable_loopbreak();
            }).find("\"choice\" (branch)"),
            std::string::npos);
}

TEST(HostileControlFlow, ANameThatOnlyOneBranchMakesIsUnknownBehindIt) {
  const std::string text = load_error([](spec::NeuralNetwork& n) {
    auto* number = add_layer(n, "number");
    number->add_output("one");
    number->mutable_loadconstantnd()->add_shape(1);
    number->mutable_loadconstantnd()->mutable_data()->add_floatvalue(1);
    auto* branch = add_layer(n, "choice");
    branch->add_input("one");
    auto* made = add_layer(*branch->mutable_branch()->mutable_ifbranch(), "make");
    made->add_input("x");
    made->add_output("sometimes");
    made->mutable_copy();
    auto* reader = add_layer(n, "reader");
    reader->add_input("sometimes");
    reader->add_output("y");
    reader->mutable_copy();
  });
  EXPECT_NE(text.find("\"sometimes\" is neither an input"), std::string::npos) << text;
}

}  // namespace
}  // namespace pome::testing
