// ML programs that remember: loaded from bytes, predicted with a State.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "export/export.h"
#include "feature/state_buffers.h"
#include "format/proto/model.pb.h"
#include "ir/parser.h"
#include "pome/model.h"

namespace pome {
namespace {

namespace spec = CoreML::Specification;

FeatureDescription array(const std::string& name, std::vector<int64_t> shape,
                         MultiArrayDataType type, FeatureType kind = FeatureType::kMultiArray) {
  FeatureDescription feature;
  feature.name = name;
  feature.type = kind;
  feature.multi_array.data_type = type;
  feature.multi_array.shape = std::move(shape);
  return feature;
}

/// The message of an ML program: `(inputs) { ops } -> (outputs);` of ios18.
spec::Model message_of(const std::string& function, const ModelDescription& description) {
  auto program = ir::parse("program(1.3)\n{\nfunc main<ios18>" + function + "\n}");
  EXPECT_TRUE(program.ok()) << program.error().to_string();
  if (!program.ok()) return {};
  auto exported = exporter::to_mil({**program, description, {}, false});
  EXPECT_TRUE(exported.ok()) << exported.error().to_string();
  return exported.ok() ? *exported->model : spec::Model();
}

Result<Model> load(const spec::Model& message, const ModelConfiguration& configuration = {}) {
  const std::string bytes = message.SerializeAsString();
  return Model::load(std::as_bytes(std::span(bytes)), {}, configuration);
}

constexpr auto kHalf = MultiArrayDataType::kFloat16;
constexpr auto kFloat = MultiArrayDataType::kFloat32;

/// y = total + x, which is also what total becomes.
spec::Model accumulator(MultiArrayDataType type, int64_t size = 2) {
  ModelDescription description;
  description.inputs = {array("x", {size}, type)};
  description.outputs = {array("y", {size}, type)};
  description.states = {array("total", {size}, type, FeatureType::kState)};
  const std::string tensor = std::string("tensor<") + (type == kHalf ? "fp16" : "fp32") + ", [" +
                             std::to_string(size) + "]>";
  return message_of("(" + tensor + " x, state<" + tensor + "> total) {\n" + tensor +
                        " old = read_state(input = total);\n" + tensor +
                        " y = add(x = old, y = x);\n" +
                        "write_state(data = y, input = total);\n} -> (y);",
                    description);
}

MultiArray of(const std::vector<float>& values) {
  return MultiArray::from_floats({static_cast<int64_t>(values.size())}, values).value();
}

std::vector<float> predicted(const Model& model, const std::vector<float>& x, State& state) {
  auto out = model.predict({{"x", of(x)}}, state);
  EXPECT_TRUE(out.ok()) << out.error().to_string();
  return out.ok() ? (*out)["y"].multi_array().to_floats() : std::vector<float>();
}

using Floats = std::vector<float>;

TEST(States, EachRemembersWhatItsOwnPredictionsWrote) {
  for (const auto type : {kHalf, kFloat}) {
    auto model = load(accumulator(type));
    ASSERT_TRUE(model.ok()) << model.error().to_string();
    auto first = model->make_state();
    auto second = model->make_state();
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_EQ(predicted(*model, {1, 10}, *first), (Floats{1, 10}));
    EXPECT_EQ(predicted(*model, {2, 20}, *first), (Floats{3, 30}));
    EXPECT_EQ(predicted(*model, {0.5, 0}, *second), (Floats{0.5, 0}));
    EXPECT_EQ(predicted(*model, {3, 30}, *first), (Floats{6, 60}));
    EXPECT_EQ(first->read("total")->to_floats(), (Floats{6, 60}));
    EXPECT_EQ(second->read("total")->to_floats(), (Floats{0.5, 0}));
    EXPECT_EQ(first->read("total")->type(), type);
  }
}

TEST(States, AHalfIsRoundedWhereItIsStored) {
  auto model = load(accumulator(kHalf, 1));
  ASSERT_TRUE(model.ok());
  auto state = model->make_state();
  ASSERT_TRUE(state.ok());
  // 2048 + 1 is no half: 2048 and 2050 are.
  EXPECT_EQ(predicted(*model, {2048}, *state), Floats{2048});
  EXPECT_EQ(predicted(*model, {1}, *state), Floats{2048});
  EXPECT_EQ(predicted(*model, {3}, *state), Floats{2052});  // 2051 lies between: to even
}

TEST(States, AreWrittenAndReadFromOutside) {
  auto model = load(accumulator(kFloat));
  ASSERT_TRUE(model.ok());
  auto state = model->make_state();
  ASSERT_TRUE(state.ok());
  ASSERT_EQ(state->features().size(), 1u);
  EXPECT_EQ(state->features()[0].type_text(), "State of MultiArray (Float32, 2)");
  ASSERT_TRUE(state->write("total", of({5, 7})).ok());
  EXPECT_EQ(predicted(*model, {1, 1}, *state), (Floats{6, 8}));
  MultiArray doubles = MultiArray::create(MultiArrayDataType::kFloat64, {2}).value();
  doubles.set(1, -2.5);
  ASSERT_TRUE(state->write("total", doubles).ok());
  EXPECT_EQ(state->read("total")->to_floats(), (Floats{0, -2.5}));
  const Error name = state->read("totel").error();
  EXPECT_EQ(name.code(), ErrorCode::kUnknownName);
  EXPECT_NE(name.to_string().find("Did you mean \"total\""), std::string::npos) << name.to_string();
  const Error shape = state->write("total", of({1, 2, 3})).error();
  EXPECT_EQ(shape.code(), ErrorCode::kShapeMismatch);
  EXPECT_EQ(shape.to_string(), "state \"total\": the array has shape [3], the state takes [2]");
}

TEST(States, TheLastRowsOfASequence) {
  ModelDescription description;
  description.inputs = {array("x", {1, 2}, kFloat)};
  description.outputs = {array("mean", {2}, kFloat), array("seen", {4, 2}, kFloat)};
  description.states = {array("rows", {4, 2}, kFloat, FeatureType::kState),
                        array("count", {1}, kFloat, FeatureType::kState)};
  auto model = load(message_of(
      R"((tensor<fp32, [1, 2]> x, state<tensor<fp32, [4, 2]>> rows, state<tensor<fp32, [1]>> count) {
      tensor<fp32, [4, 2]> old = read_state(input = rows);
      tensor<fp32, [3, 2]> kept = slice_by_index(begin = tensor<int32, [2]>([1, 0]), end = tensor<int32, [2]>([4, 2]), x = old);
      tensor<fp32, [4, 2]> now = concat(axis = int32(0), interleave = bool(false), values = (kept, x));
      write_state(data = now, input = rows);
      tensor<fp32, [4, 2]> seen = read_state(input = rows);
      tensor<fp32, [1]> n = read_state(input = count);
      tensor<fp32, [1]> n1 = add(x = n, y = fp32(1));
      tensor<fp32, [1]> n4 = minimum(x = n1, y = fp32(4));
      tensor<fp32, [1]> n2 = coreml_update_state(state = count, value = n4);
      tensor<fp32, [2]> sum = reduce_sum(axes = tensor<int32, [1]>([0]), keep_dims = bool(false), x = seen);
      tensor<fp32, [2]> mean = real_div(x = sum, y = n2);
    } -> (mean, seen);)",
      description));
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  auto state = model->make_state();
  ASSERT_TRUE(state.ok());
  std::vector<Floats> rows;
  for (int i = 0; i < 9; ++i) {
    rows.push_back({static_cast<float>(i * i), 1.f / static_cast<float>(i + 1)});
    const auto x = MultiArray::from_floats({1, 2}, rows.back()).value();
    auto out = model->predict({{"x", x}}, *state);
    ASSERT_TRUE(out.ok()) << out.error().to_string();
    const size_t first = rows.size() < 4 ? 0 : rows.size() - 4;
    for (size_t c = 0; c < 2; ++c) {
      double sum = 0;
      for (size_t r = first; r < rows.size(); ++r) sum += rows[r][c];
      EXPECT_NEAR((*out)["mean"].multi_array().at(static_cast<int64_t>(c)),
                  sum / static_cast<double>(rows.size() - first), 1e-6 * std::abs(sum));
      EXPECT_EQ((*out)["seen"].multi_array().at(6 + static_cast<int64_t>(c)), rows.back()[c]);
    }
  }
}

TEST(States, OfAProgramThatIsInterpreted) {
  ModelDescription description;
  description.inputs = {array("x", {4}, kFloat)};
  description.outputs = {array("y", {1}, kFloat)};
  description.states = {array("s", {1}, kFloat, FeatureType::kState)};
  // The sum of the indices of what is not zero: how many there are is data.
  auto model = load(message_of(R"((tensor<fp32, [4]> x, state<tensor<fp32, [1]>> s) {
      tensor<int32, [?, 1]> found = non_zero(x = x);
      tensor<fp32, [?, 1]> numbers = cast(dtype = string("fp32"), x = found);
      tensor<fp32, [1]> sum = reduce_sum(axes = tensor<int32, [1]>([0]), keep_dims = bool(false), x = numbers);
      tensor<fp32, [1]> old = read_state(input = s);
      tensor<fp32, [1]> y = add(x = old, y = sum);
      write_state(data = y, input = s);
    } -> (y);)",
                               description));
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  auto state = model->make_state();
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(predicted(*model, {1, 0, 0, 1}, *state), Floats{3});
  EXPECT_EQ(predicted(*model, {0, 0, 5, 7}, *state), Floats{8});
  EXPECT_EQ(predicted(*model, {0, 0, 0, 0}, *state), Floats{8});
}

TEST(States, OneThatOnlyGivesAndOneThatOnlyTakes) {
  ModelDescription description;
  description.inputs = {array("x", {2}, kFloat)};
  description.outputs = {array("y", {2}, kFloat)};
  description.states = {array("given", {2}, kFloat, FeatureType::kState),
                        array("taken", {2}, kFloat, FeatureType::kState),
                        array("fixed", {2}, kFloat, FeatureType::kState)};
  auto model = load(message_of(
      R"((tensor<fp32, [2]> x, state<tensor<fp32, [2]>> given, state<tensor<fp32, [2]>> taken, state<tensor<fp32, [2]>> fixed) {
      tensor<fp32, [2]> y = read_state(input = given);
      write_state(data = x, input = taken);
      write_state(data = tensor<fp32, [2]>([3, 4]), input = fixed);
    } -> (y);)",
      description));
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  auto state = model->make_state();
  ASSERT_TRUE(state.ok() && state->write("given", of({8, 9})).ok());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(predicted(*model, {1, 2}, *state), (Floats{8, 9}));
  EXPECT_EQ(state->read("given")->to_floats(), (Floats{8, 9}));
  EXPECT_EQ(state->read("taken")->to_floats(), (Floats{1, 2}));
  EXPECT_EQ(state->read("fixed")->to_floats(), (Floats{3, 4}));
}

/// A part of a pipeline that looks at the state meanwhile.
class Curious final : public CustomModel {
 public:
  explicit Curious(std::optional<State>& state) : state_(state) {}
  Result<FeatureProvider> predict(const FeatureProvider& inputs) const override {
    const auto seen = state_->read("total");
    EXPECT_TRUE(!seen.ok() && seen.error().code() == ErrorCode::kInvalidArgument);
    EXPECT_FALSE(state_->write("total", of({1, 1})).ok());
    FeatureProvider out;
    out.set("x", inputs["given"]);
    return out;
  }

 private:
  std::optional<State>& state_;
};

TEST(States, OfAPipelineAndForOneAtATime) {
  spec::Model whole;
  const spec::Model part = accumulator(kFloat);
  whole.set_specificationversion(9);
  *whole.mutable_description() = part.description();
  whole.mutable_description()->mutable_input(0)->set_name("given");
  spec::Model* curious = whole.mutable_pipeline()->add_models();
  curious->set_specificationversion(1);
  *curious->mutable_description()->add_input() = whole.description().input(0);
  *curious->mutable_description()->add_output() = part.description().input(0);
  curious->mutable_custommodel()->set_classname("Curious");
  *whole.mutable_pipeline()->add_models() = part;
  std::optional<State> state;
  ModelConfiguration configuration;
  configuration.custom_models["Curious"] =
      [&](const CustomModelSource&) -> Result<std::unique_ptr<CustomModel>> {
    return std::unique_ptr<CustomModel>(std::make_unique<Curious>(state));
  };
  auto model = load(whole, configuration);
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  state = model->make_state().value();
  for (const float sum : {1.f, 2.f, 3.f}) {
    auto out = model->predict({{"given", of({1, -1})}}, *state);
    ASSERT_TRUE(out.ok()) << out.error().to_string();
    EXPECT_EQ((*out)["y"].multi_array().to_floats(), (Floats{sum, -sum}));
  }
  EXPECT_EQ(state->read("total")->to_floats(), (Floats{3, -3}));
  EXPECT_EQ(model->predict({{"given", of({1, 1})}}).error().code(), ErrorCode::kMissingInput);
}

TEST(States, WhatFailsLeavesThemAsTheyWere) {
  auto model = load(accumulator(kFloat));
  ASSERT_TRUE(model.ok());
  auto state = model->make_state();
  ASSERT_TRUE(state.ok());
  predicted(*model, {1, 2}, *state);
  std::stop_source stop;
  stop.request_stop();
  PredictionOptions options;
  options.cancellation = stop.get_token();
  EXPECT_EQ(model->predict({{"x", of({1, 1})}}, *state, options).error().code(),
            ErrorCode::kCancelled);
  EXPECT_EQ(model->predict({{"x", of({1, 1, 1})}}, *state).error().code(),
            ErrorCode::kShapeMismatch);
  EXPECT_EQ(state->read("total")->to_floats(), (Floats{1, 2}));
}

TEST(States, AModelThatHasThemAsksForOne) {
  auto model = load(accumulator(kFloat));
  ASSERT_TRUE(model.ok());
  const Error error = model->predict({{"x", of({1, 2})}}).error();
  EXPECT_EQ(error.code(), ErrorCode::kMissingInput);
  EXPECT_NE(error.message().find("\"total\""), std::string::npos) << error.message();
  const std::vector<FeatureProvider> batch(2, {{"x", of({1, 2})}});
  EXPECT_EQ(model->predict(batch).error().code(), ErrorCode::kMissingInput);
  EXPECT_TRUE(model->profile({{"x", of({1, 2})}}, 2).ok());
}

TEST(States, OfAnotherModelFitByNameTypeAndSize) {
  auto two = load(accumulator(kFloat, 2));
  auto three = load(accumulator(kFloat, 3));
  auto half = load(accumulator(kHalf, 2));
  auto again = load(accumulator(kFloat, 2));
  ASSERT_TRUE(two.ok() && three.ok() && half.ok() && again.ok());
  auto state = two->make_state();
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(predicted(*two, {1, 2}, *state), (Floats{1, 2}));
  EXPECT_EQ(predicted(*again, {1, 2}, *state), (Floats{2, 4}));
  for (const Model* other : {&*three, &*half}) {
    const FeatureProvider inputs = {{"x", of(other == &*three ? Floats{1, 2, 3} : Floats{1, 2})}};
    const Error error = other->predict(inputs, *state).error();
    EXPECT_EQ(error.code(), ErrorCode::kShapeMismatch);
    EXPECT_NE(error.to_string().find("state \"total\""), std::string::npos) << error.to_string();
  }
  EXPECT_EQ(state->read("total")->to_floats(), (Floats{2, 4}));
}

TEST(States, AreLimitedInSize) {
  const FeatureDescription s = array("s", {1 << 20}, kFloat, FeatureType::kState);
  EXPECT_TRUE(StateBuffers::create({s, s}, 8 << 20).ok());
  const Error over = StateBuffers::create({s, s}, (8 << 20) - 1).error();
  EXPECT_EQ(over.code(), ErrorCode::kLimitExceeded);
  EXPECT_NE(over.to_string().find("state \"s\""), std::string::npos) << over.to_string();
  FeatureDescription huge = s;
  huge.multi_array.shape = {INT64_MAX, INT64_MAX};
  EXPECT_EQ(StateBuffers::create({huge}, UINT64_MAX).error().code(), ErrorCode::kUnsupported);
  spec::Model message = accumulator(kFloat);
  auto* type = message.mutable_description()->mutable_state(0)->mutable_type();
  type->mutable_statetype()->mutable_arraytype()->set_shape(0, INT64_MAX / 8);
  EXPECT_EQ(load(message).error().code(), ErrorCode::kInvalidModel);
}

TEST(States, OfAModelWithoutThemAreEmpty) {
  ModelDescription description;
  description.inputs = {array("x", {2}, kFloat)};
  description.outputs = {array("y", {2}, kFloat)};
  auto model = load(message_of(
      "(tensor<fp32, [2]> x) {\n tensor<fp32, [2]> y = relu(x = x);\n} -> (y);", description));
  ASSERT_TRUE(model.ok());
  auto state = model->make_state();
  ASSERT_TRUE(state.ok());
  EXPECT_TRUE(state->features().empty());
  EXPECT_EQ(predicted(*model, {-1, 1}, *state), (Floats{0, 1}));
  EXPECT_NE(state->read("total").error().message().find("has none"), std::string::npos);
}

}  // namespace
}  // namespace pome
