#include "import/mil/import_mil.h"

#include <gtest/gtest.h>

#include "import/description.h"
#include "tests/import/mil/messages.h"

namespace pome::import {
namespace {

using namespace testing;  // NOLINT: the builders of messages

Result<ImportedModel> import(const MilModel& m) {
  Result<ModelDescription> description = read_description(m.model);
  if (!description) return std::move(description).error();
  return import_mil(m.model, format::WeightFiles(), *std::move(description));
}

std::string error_of(const MilModel& m) {
  const auto imported = import(m);
  return imported ? "" : imported.error().to_string();
}

void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

const mil::ValueType kX = tensor_type(mil::FLOAT32, {2, 3});

/// x -> relu -> y.
MilModel relu_model(const mil::ValueType& declared = kX) {
  MilModel m;
  m.add("relu", "y", declared, {{"x", "x"}});
  m.set_output("y");
  return m;
}

TEST(ImportMil, ReadsAProgram) {
  MilModel m;
  m.add_const("one", floats_value({1, 3}, {1, 2, 3}));
  m.add("add", "sum", kX, {{"x", "x"}, {"y", "one"}});
  m.set_output("sum");
  const auto imported = import(m);
  ASSERT_TRUE(imported) << imported.error().to_string();
  const ir::Block& body = imported->program->function("main")->body;
  ASSERT_EQ(body.ops().size(), 2u);
  const ir::Op& add = *body.ops().back();
  EXPECT_EQ(add.place(), "the_sum (add)");
  EXPECT_EQ(add.input("x"), body.inputs()[0].get());
  EXPECT_EQ(add.constant("y")->to_floats(), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(body.outputs()[0], add.output());
}

TEST(ImportMil, DeclaredTypesMustAgree) {
  EXPECT_EQ(error_of(relu_model()), "");
  EXPECT_EQ(error_of(relu_model(tensor_type(mil::FLOAT32, {-1, 3}))), "");
  expect_contains(error_of(relu_model(tensor_type(mil::FLOAT32, {2, 4}))),
                  "main / the_y (relu): the output \"y\" is declared as tensor<fp32, [2, 4]>, the "
                  "operation gives tensor<fp32, [2, 3]>");
  EXPECT_NE(error_of(relu_model(tensor_type(mil::FLOAT16, {2, 3}))), "");
  EXPECT_NE(error_of(relu_model(tensor_type(mil::FLOAT32, {2, 3, 1}))), "");
}

TEST(ImportMil, WhatIsUnknownIsNamedWithItsPlace) {
  MilModel m;
  m.add("frobnicate", "y", kX, {{"x", "x"}});
  m.set_output("y");
  EXPECT_EQ(import(m).error().code(), ErrorCode::kUnsupported);
  expect_contains(error_of(m), "main / the_y (frobnicate): ");
  MilModel missing;
  missing.add("relu", "y", kX, {{"x", "nowhere"}});
  expect_contains(error_of(missing), "no value has the name \"nowhere\" here");
  MilModel parameter;
  parameter.add("relu", "y", kX, {{"x", "x"}, {"z", "x"}});
  expect_contains(error_of(parameter), "parameter \"z\" is unknown");
  MilModel hostile;
  hostile.add("evil\n\x1b[31m", "y", kX, {});
  expect_contains(error_of(hostile), "\"evil\\x0a\\x1b[31m\"");
}

TEST(ImportMil, NamesAreUniqueAndOrdered) {
  MilModel twice = relu_model();
  twice.add("relu", "y", kX, {{"x", "x"}});
  expect_contains(error_of(twice), "\"y\" stands twice");
  MilModel input;
  input.add("relu", "x", kX, {{"x", "x"}});
  expect_contains(error_of(input), "\"x\" stands twice");
  MilModel self;
  self.add("relu", "y", kX, {{"x", "y"}});
  expect_contains(error_of(self), "no value has the name \"y\" here");
  MilModel nameless;
  nameless.add("relu", "", kX, {{"x", "x"}});
  expect_contains(error_of(nameless), "has no name");
}

TEST(ImportMil, FunctionsAndOpsets) {
  MilModel m = relu_model();
  m.function->set_opset("CoreML6");
  expect_contains(error_of(m), "it has no body for that");
  m.function->set_opset("CoreML4");
  EXPECT_EQ(import(m).error().code(), ErrorCode::kUnsupported);
  MilModel version = relu_model();
  version.model.mutable_mlprogram()->set_version(2);
  EXPECT_EQ(import(version).error().code(), ErrorCode::kUnsupported);
  MilModel none = relu_model();
  none.model.mutable_mlprogram()->clear_functions();
  expect_contains(error_of(none), "no function");
  MilModel other = relu_model();
  auto& functions = *other.model.mutable_mlprogram()->mutable_functions();
  functions["other"] = functions["main"];
  functions.erase("main");
  expect_contains(error_of(other), "no function \"main\"");
}

TEST(ImportMil, FeaturesMustFitTheProgram) {
  MilModel m = relu_model();
  auto* array =
      m.model.mutable_description()->mutable_input(0)->mutable_type()->mutable_multiarraytype();
  array->set_shape(1, 4);
  expect_contains(error_of(m),
                  "main / input \"x\": the feature is a MultiArray (Float32, 2 x 4), the program "
                  "has a tensor<fp32, [2, 3]>");
  array->set_shape(1, 3);
  array->set_datatype(CoreML::Specification::ArrayFeatureType::INT32);
  EXPECT_NE(error_of(m), "");
  MilModel renamed = relu_model();
  renamed.model.mutable_description()->mutable_output(0)->set_name("z");
  expect_contains(error_of(renamed), "output \"z\": the program has no output of that name");
  renamed = relu_model();
  renamed.model.mutable_description()->mutable_input(0)->set_name("z");
  expect_contains(error_of(renamed), "input \"z\": the program has no input of that name");
  MilModel fewer = relu_model();
  fewer.model.mutable_description()->clear_input();
  expect_contains(error_of(fewer), "takes 1 inputs, the model declares 0");
}

TEST(ImportMil, FlexibleShapesNeedUnknownExtents) {
  MilModel m({-1, 3});
  m.add("relu", "y", tensor_type(mil::FLOAT32, {-1, 3}), {{"x", "x"}});
  m.set_output("y");
  auto* array =
      m.model.mutable_description()->mutable_input(0)->mutable_type()->mutable_multiarraytype();
  array->set_shape(0, 1);
  auto* range = array->mutable_shaperange();
  for (const auto& [lower, upper] : {std::pair{1, -1}, {3, 3}}) {
    auto* r = range->add_sizeranges();
    r->set_lowerbound(static_cast<uint64_t>(lower));
    r->set_upperbound(upper);
  }
  EXPECT_EQ(error_of(m), "");
  range->mutable_sizeranges(1)->set_upperbound(5);
  EXPECT_NE(error_of(m), "");
}

TEST(ImportMil, ConstantsAreHeldToTheirOutput) {
  MilModel m;
  m.add_const("c", floats_value({2}, {1, 2}));
  *m.body->mutable_operations(0)->mutable_outputs(0)->mutable_type() =
      tensor_type(mil::FLOAT32, {3});
  expect_contains(error_of(m), "declared as tensor<fp32, [3]>");
  MilModel empty;
  empty.add("const", "c", kX, {});
  expect_contains(error_of(empty), "no attribute \"val\"");
}

TEST(ImportMil, BlocksBelongToFewKinds) {
  MilModel m;
  m.add("relu", "y", kX, {{"x", "x"}}).add_blocks();
  m.set_output("y");
  expect_contains(error_of(m), "this kind takes none");
}

TEST(ImportMil, DeepBlocksAreRefused) {
  MilModel m = relu_model();
  mil::Block* block = m.body;
  for (int i = 0; i < 70; ++i) {
    mil::Operation& op =
        MilModel::add_to(*block, "relu", "y" + std::to_string(i), kX, {{"x", "x"}});
    block = op.add_blocks();
  }
  EXPECT_EQ(import(m).error().code(), ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace pome::import
