// Configurations as graphs: the three writings of nodes, nesting, and what is wrong with some.
#include "convert/keras/graph.h"

#include <gtest/gtest.h>

#include "convert/keras/names.h"
#include "convert/keras/nodes.h"
#include "convert/keras/translate.h"
#include "tests/support/evaluate.h"

namespace pome::keras {
namespace {

/// Parses, checks and translates a configuration of layers without weights.
Result<translate::Converted> translate_json(const std::string& text,
                                            const std::string& version = "2.4.0") {
  auto json = parse_json(text);
  if (!json.ok()) return std::move(json).error();
  auto source = parse_source(*json, version, "tensorflow");
  if (!source.ok()) return std::move(source).error();
  if (Status status = check_supported(*source); !status.ok()) return std::move(status).error();
  ConvertOptions options;
  options.image_inputs = std::vector<std::string>();
  return translate_source(*source, options, false);
}

std::string error_of(const std::string& text, const std::string& version = "2.4.0") {
  const auto converted = translate_json(text, version);
  return converted.ok() ? "" : converted.error().to_string();
}

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "\"" << part << "\" is not in: " << text;
}

std::string input_layer(const std::string& name, const std::string& shape = "[null, 3]") {
  return R"({"class_name": "InputLayer", "name": ")" + name + R"(", "inbound_nodes": [],
             "config": {"name": ")" +
         name + R"(", "batch_input_shape": )" + shape + "}}";
}

std::string layer(const std::string& class_name, const std::string& name, const std::string& nodes,
                  const std::string& config = "") {
  return R"({"class_name": ")" + class_name + R"(", "name": ")" + name +
         R"(", "config": {"name": ")" + name + "\"" + (config.empty() ? "" : ", " + config) +
         R"(}, "inbound_nodes": )" + nodes + "}";
}

std::string model(const std::string& layers, const std::string& inputs, const std::string& outputs,
                  const std::string& class_name = "Functional") {
  return R"({"class_name": ")" + class_name +
         R"(", "name": "m", "config": {"name": "m", "layers": [)" + layers +
         R"(], "input_layers": )" + inputs + R"(, "output_layers": )" + outputs + "}}";
}

/// Evaluates a translated program of one input and one output.
std::vector<float> run(const translate::Converted& converted, std::vector<float> values) {
  const ir::Function& main = *converted.program->function("main");
  testing::Tensors inputs;
  const auto& input = *main.body.inputs()[0];
  inputs.emplace(input.name(), testing::tensor(input.shape(), values));
  auto outputs = testing::evaluate(main, inputs);
  EXPECT_TRUE(outputs.ok()) << outputs.error().to_string();
  if (!outputs.ok()) return {};
  const auto view = outputs->begin()->second.view();
  return {view.as<float>(), view.as<float>() + view.elements()};
}

// ---- Nodes.

TEST(Nodes, ThreeWritingsOfOneCall) {
  const char* writings[] = {
      R"([[["x", 0, 0], ["y", 2, 1]]])", R"([[["x", 0, 0, {}], ["y", 2, 1, {}]]])",
      R"([{"args": [[{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}},
                     {"class_name": "__keras_tensor__", "config": {"keras_history": ["y", 2, 1]}}]],
           "kwargs": {}}])"};
  for (const char* text : writings) {
    const auto calls = parse_calls(Json::parse(text));
    ASSERT_TRUE(calls.ok());
    ASSERT_EQ(calls->size(), 1u);
    std::vector<Reference> found;
    for (const Operand& arg : (*calls)[0].args)
      for_each_tensor(arg, [&](const Reference& r) { found.push_back(r); });
    ASSERT_EQ(found.size(), 2u) << text;
    EXPECT_EQ(found[0].layer, "x");
    EXPECT_EQ(found[1].layer, "y");
    EXPECT_EQ(found[1].node, 2);
    EXPECT_EQ(found[1].tensor, 1);
  }
}

TEST(Nodes, ConstantsAndKeywords) {
  const auto calls = parse_calls(Json::parse(
      R"([["_CONSTANT_VALUE", -1, 3.0, {"y": ["conv", 0, 0], "name": null, "axes": [1, 2, 3]}]])"));
  ASSERT_TRUE(calls.ok());
  const Call& call = (*calls)[0];
  EXPECT_EQ(call.args[0].constant, 3.0);
  EXPECT_EQ(call.kwargs.find("y")->second.tensor.layer, "conv");
  EXPECT_EQ(call.kwargs.find("axes")->second.kind, Operand::Kind::kConstant);
}

TEST(Nodes, PortsAreTriplesListsOrObjects) {
  EXPECT_EQ(parse_ports(Json::parse(R"(["x", 0, 0])"))->size(), 1u);
  EXPECT_EQ(parse_ports(Json::parse(R"([["x", 0, 0], ["y", 0, 1]])"))->size(), 2u);
  const auto named = parse_ports(Json::parse(R"({"left": ["x", 0, 0]})"));
  EXPECT_EQ((*named)[0].key, "left");
  EXPECT_FALSE(parse_ports(Json::parse("3")).ok());
}

TEST(Names, SnakeCase) {
  EXPECT_EQ(snake_case("Conv2D"), "conv2d");
  EXPECT_EQ(snake_case("Conv2DTranspose"), "conv2d_transpose");
  EXPECT_EQ(snake_case("BatchNormalization"), "batch_normalization");
  EXPECT_EQ(snake_case("PReLU"), "p_re_lu");
  EXPECT_EQ(snake_case("ReLU"), "re_lu");
  EXPECT_EQ(snake_case("ELU"), "elu");
  EXPECT_EQ(snake_case("SeparableConv2D"), "separable_conv2d");
  EXPECT_EQ(snake_case("DepthwiseConv2D"), "depthwise_conv2d");
  EXPECT_EQ(snake_case("GlobalAveragePooling2D"), "global_average_pooling2d");
  EXPECT_EQ(snake_case("LeakyRelu"), "leaky_relu");
  EXPECT_EQ(snake_case("LSTM"), "lstm");
}

// ---- Graphs.

TEST(Graph, LayersMayStandInAnyOrder) {
  const auto converted = translate_json(model(
      layer("Add", "sum", R"([[["b", 0, 0, {}], ["a", 0, 0, {}]]])") + "," +
          layer("Activation", "b", R"([[["a", 0, 0, {}]]])", R"("activation": "relu")") + "," +
          layer("Activation", "a", R"([[["x", 0, 0, {}]]])", R"("activation": "linear")") + "," +
          input_layer("x"),
      R"([["x", 0, 0]])", R"([["sum", 0, 0]])"));
  ASSERT_TRUE(converted.ok()) << converted.error().to_string();
  EXPECT_EQ(run(*converted, {-1, 0, 2}), (std::vector<float>{-1, 0, 4}));
}

TEST(Graph, SharedLayerIsCalledTwice) {
  const auto converted = translate_json(
      model(input_layer("x") + "," +
                layer("LeakyReLU", "twice", R"([[["x", 0, 0, {}]], [["twice", 0, 0, {}]]])",
                      R"("alpha": 0.5)"),
            R"([["x", 0, 0]])", R"([["twice", 1, 0]])"));
  ASSERT_TRUE(converted.ok()) << converted.error().to_string();
  EXPECT_EQ(run(*converted, {-4, 0, 2}), (std::vector<float>{-1, 0, 2}));
  EXPECT_EQ(converted->description.outputs[0].name, "twice");
}

std::string nested(const std::string& first, const std::string& second) {
  const std::string inner =
      R"({"class_name": "Functional", "name": "inner", "config": {"name": "inner", "layers": [)" +
      input_layer("i") + "," +
      layer("LeakyReLU", "leak", R"([[["i", 0, 0, {}]]])", R"("alpha": 0.5)") +
      R"(], "input_layers": [["i", 0, 0]], "output_layers": [["leak", 0, 0]]},
         "inbound_nodes": [[["x", 0, 0, {}]], [["inner", )" +
      first + ", 0, {}]]]}";
  return model(input_layer("x") + "," + inner, R"([["x", 0, 0]])",
               R"([["inner", )" + second + ", 0]]");
}

TEST(Graph, CallsOfNestedModelsCountFromZeroOrOne) {
  for (const auto& text : {nested("0", "1"), nested("1", "2")}) {
    const auto converted = translate_json(text);
    ASSERT_TRUE(converted.ok()) << converted.error().to_string();
    EXPECT_EQ(run(*converted, {-4, 0, 2}), (std::vector<float>{-1, 0, 2}));
  }
}

TEST(Graph, OutputMayBeAnInput) {
  const auto converted =
      translate_json(model(input_layer("x"), R"([["x", 0, 0]])", R"([["x", 0, 0]])"));
  ASSERT_TRUE(converted.ok()) << converted.error().to_string();
  EXPECT_EQ(run(*converted, {1, 2, 3}), (std::vector<float>{1, 2, 3}));
  EXPECT_NE(converted->description.outputs[0].name, "x");
  ASSERT_FALSE(converted->notes.empty());
}

// ---- Wrong ones.

TEST(Graph, LoopsAreRefused) {
  expect_contains(
      error_of(model(input_layer("x") + "," +
                         layer("Add", "a", R"([[["x", 0, 0, {}], ["b", 0, 0, {}]]])") + "," +
                         layer("Add", "b", R"([[["a", 0, 0, {}], ["x", 0, 0, {}]]])"),
                     R"([["x", 0, 0]])", R"([["b", 0, 0]])")),
      "a (Add): it waits for its own result");
}

TEST(Graph, DanglingReferencesAreNamed) {
  expect_contains(
      error_of(model(input_layer("x") + "," + layer("Add", "a", R"([[["nobody", 0, 0, {}]]])"),
                     R"([["x", 0, 0]])", R"([["a", 0, 0]])")),
      "\"nobody\" is used but not defined");
  expect_contains(
      error_of(model(input_layer("x") + "," + layer("Add", "a", R"([[["x", 0, 0, {}]]])"),
                     R"([["x", 0, 0]])", R"([["a", 7, 0]])")),
      "call 7 of the layer \"a\"");
  expect_contains(
      error_of(model(input_layer("x") + "," + layer("Add", "a", R"([[["x", 0, 0, {}]]])"),
                     R"([["x", 0, 0]])", R"([["a", 0, 3]])")),
      "output 3 of the layer \"a\"");
  expect_contains(error_of(model(input_layer("x") + "," + input_layer("x"), R"([["x", 0, 0]])",
                                 R"([["x", 0, 0]])")),
                  "two layers of a model are named \"x\"");
}

TEST(Graph, NestingIsBounded) {
  std::string text = R"({"class_name": "Activation", "config": {"name": "a"}})";
  for (int i = 0; i < 40; ++i)
    text = R"({"class_name": "Sequential", "config": {"layers": [)" + text + "]}}";
  expect_contains(error_of(text), "nested more than 32 deep");
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  expect_contains(error_of(R"({"class_name": "Sequential", "config": )" + deep + "}"),
                  "nested 5001 deep");
}

/// Each model calls the one inside it twice: 2^30 calls of one layer.
TEST(Graph, CallsAreCounted) {
  std::string inner = layer("ReLU", "r", "[[[\"i\", 0, 0, {}]]]");
  std::string name = "r";
  for (int i = 0; i < 30; ++i) {
    const std::string outer = "m" + std::to_string(i);
    const std::string out = i == 0 ? "0" : "1";
    inner = R"({"class_name": "Functional", "name": ")" + outer + R"(", "config": {"name": ")" +
            outer + R"(", "layers": [)" + input_layer("i") + "," + inner +
            R"(], "input_layers": [["i", 0, 0]], "output_layers": [[")" + name + R"(", )" + out +
            R"(, 0]]}, "inbound_nodes": [[["i", 0, 0, {}]], [[")" + outer + R"(", 0, 0, {}]]]})";
    name = outer;
  }
  expect_contains(
      error_of(model(input_layer("i") + "," + inner, R"([["i", 0, 0]])", R"([["m29", 1, 0]])")),
      "more than 100000 times");
}

TEST(Graph, SubclassedModelsAreExplained) {
  expect_contains(error_of(R"({"class_name": "MyNet", "config": {}})"), "\"MyNet\"");
  expect_contains(error_of(R"({"class_name": "Functional", "config": {"name": "m"}})"),
                  "subclassing");
}

TEST(Graph, UnbuiltSequentialIsExplained) {
  expect_contains(error_of(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "ReLU", "config": {"name": "r"}}]}})"),
                  "states no input shape");
}

TEST(Graph, AllUnsupportedLayersAreListed) {
  const std::string text = error_of(R"({"class_name": "Sequential", "config": {"layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 3]}},
      {"class_name": "GRU", "config": {"name": "g"}},
      {"class_name": "Lambda", "config": {"name": "l"}},
      {"class_name": "LSTM", "config": {"name": "h"}}]}})");
  expect_contains(text, "g (GRU): the layer class \"GRU\" is not supported");
  expect_contains(text, "2 further layers: \"l\" and \"h\"");
}

TEST(Graph, ParametersAreChecked) {
  const auto one = [](const std::string& entry) {
    return error_of(R"({"class_name": "Sequential", "config": {"layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 8, 8, 3]}}, )" +
                    entry + "]}}");
  };
  expect_contains(one(R"({"class_name": "MaxPooling2D", "config": {"name": "p", "strides": 0}})"),
                  "\"strides\" is \"0\", an integer from 1");
  expect_contains(
      one(R"({"class_name": "MaxPooling2D", "config": {"name": "p", "pool_size": [1, 2, 3]}})"),
      "one integer or two");
  expect_contains(
      one(R"({"class_name": "MaxPooling2D", "config": {"name": "p", "pool_size": 99}})"),
      "p (MaxPooling2D)");
  expect_contains(one(R"({"class_name": "Cropping2D", "config": {"name": "c", "cropping": 4}})"),
                  "leaves nothing");
  expect_contains(
      one(R"({"class_name": "Reshape", "config": {"name": "r", "target_shape": [7, -1]}})"),
      "cannot be given the target_shape [7,?]");
  expect_contains(one(R"({"class_name": "Permute", "config": {"name": "p", "dims": [1, 1, 2]}})"),
                  "an order of the axes 1 to 3");
  expect_contains(one(R"({"class_name": "ReLU", "config": {"name": "r", "max_value": "x"}})"),
                  "\"max_value\"");
  expect_contains(
      one(R"({"class_name": "Resizing", "config": {"name": "r", "height": 4, "width": 4, "interpolation": "lanczos3"}})"),
      "lanczos3");
  expect_contains(
      one(R"({"class_name": "Conv2D", "config": {"name": "c", "filters": 4, "kernel_size": 3}})"),
      "it has 0 weights");
  expect_contains(
      one(R"({"class_name": "Activation", "config": {"name": "a", "activation": "relo"}})"),
      "Did you mean \"relu\"?");
}

TEST(Json, IsBounded) {
  EXPECT_FALSE(parse_json("{\"a\": ").ok());
  EXPECT_FALSE(parse_json("").ok());
  EXPECT_FALSE(parse_json("{\"a\": \"\xff\xfe\"}").ok());
  EXPECT_TRUE(parse_json(R"({"a": "[[[[[[ not brackets \" ]]"})").ok());
  EXPECT_FALSE(parse_json(std::string(kMaxJsonBytes + 1, ' ')).ok());
}

TEST(Json, NestedNumbersMustBeRegular) {
  std::vector<int64_t> dims;
  std::vector<float> values;
  EXPECT_TRUE(flatten_numbers(Json::parse("[[1, 2], [3, 4]]"), dims, values));
  EXPECT_EQ(dims, (std::vector<int64_t>{2, 2}));
  values.clear();
  EXPECT_FALSE(flatten_numbers(Json::parse("[[1, 2], [3]]"), dims, values));
  EXPECT_FALSE(flatten_numbers(Json::parse("[[1, 2], 3]"), dims, values));
  EXPECT_FALSE(flatten_numbers(Json::parse("[]"), dims, values));
  EXPECT_FALSE(flatten_numbers(Json::parse("[\"a\"]"), dims, values));
}

}  // namespace
}  // namespace pome::keras
