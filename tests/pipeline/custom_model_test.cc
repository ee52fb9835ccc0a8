// Models whose code is the caller's own.
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/pipeline/models.h"

namespace pome::testing {
namespace {

/// y = factor * x, or what `mode` says.
class Multiply final : public CustomModel {
 public:
  explicit Multiply(const CustomModelSource& source)
      : factor_(std::get<double>(source.parameters.at("factor"))),
        mode_(std::get<std::string>(source.parameters.at("mode"))) {}

  Result<FeatureProvider> predict(const FeatureProvider& inputs) const override {
    if (mode_ == "throw") throw std::runtime_error("out of \x1b[2Jluck");
    if (mode_ == "throw a number") throw 3;
    if (mode_ == "nothing") return FeatureProvider();
    if (mode_ == "text") return FeatureProvider{{"y", "text"}};
    return FeatureProvider{{"y", factor_ * inputs["x"].number()}};
  }

 private:
  double factor_;
  std::string mode_;
};

ModelConfiguration registered() {
  ModelConfiguration configuration;
  configuration.custom_models["Multiply"] =
      [](const CustomModelSource& source) -> Result<std::unique_ptr<CustomModel>> {
    if (!source.parameters.count("factor"))
      return Error(ErrorCode::kInvalidModel, "a factor is wanted");
    return std::unique_ptr<CustomModel>(std::make_unique<Multiply>(source));
  };
  configuration.custom_models["Null"] = [](const CustomModelSource&) {
    return Result<std::unique_ptr<CustomModel>>(nullptr);
  };
  return configuration;
}

spec::Model custom(const std::string& class_name, const std::string& mode = "") {
  spec::Model model = model_with({{"x", number()}}, {{"y", number()}});
  model.set_specificationversion(3);
  model.mutable_custommodel()->set_classname(class_name);
  auto& parameters = *model.mutable_custommodel()->mutable_parameters();
  parameters["factor"].set_doublevalue(3);
  parameters["mode"].set_stringvalue(mode);
  parameters["bytes"].set_bytesvalue("abc");
  parameters["whole"].set_longvalue(-4);
  parameters["flag"].set_boolvalue(true);
  return model;
}

std::string prediction_error(const std::string& mode) {
  const auto p = load(custom("Multiply", mode), registered());
  EXPECT_TRUE(p.ok());
  const auto out = (*p)->predict({{"x", 2.0}}, {});
  EXPECT_FALSE(out.ok());
  return out.ok() ? "" : out.error().to_string();
}

TEST(CustomModel, PredictsAloneAndInAPipeline) {
  const auto alone = load(custom("Multiply"), registered());
  ASSERT_TRUE(alone.ok()) << alone.error().to_string();
  EXPECT_EQ((*alone)->predict({{"x", 2.0}}, {}).value()["y"].number(), 6);
  const auto p = load(pipeline_of(model_with({{"x", number()}}, {{"z", number()}}),
                                  {custom("Multiply"), scaler("y", number(), "z", number(), 1, 1)}),
                      registered());
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  EXPECT_EQ((*p)->predict({{"x", 2.0}}, {}).value()["z"].number(), 7);
}

TEST(CustomModel, AnUnregisteredClassIsNamed) {
  EXPECT_TRUE(says(refusal(custom("Multipli"), registered()),
                   {"\"Multipli\"", "\"Multiply\" and \"Null\"", "Did you mean \"Multiply\"?"}));
  EXPECT_TRUE(says(refusal(custom("Multiply")), {"\"Multiply\"", "Registered are none"}));
}

TEST(CustomModel, WhatItsCodeDoesWrongIsAnError) {
  EXPECT_TRUE(says(prediction_error("throw"), {"\"Multiply\"", "out of \\x1b[2Jluck"}));
  EXPECT_TRUE(says(prediction_error("throw a number"), {"\"Multiply\"", "exception"}));
  EXPECT_TRUE(says(prediction_error("nothing"), {"\"Multiply\"", "\"y\""}));
  EXPECT_TRUE(says(prediction_error("text"), {"\"y\"", "String", "Double"}));
  EXPECT_TRUE(says(refusal(custom("Null"), registered()), {"\"Null\"", "made none"}));
  spec::Model without = custom("Multiply");
  without.mutable_custommodel()->mutable_parameters()->erase("factor");
  EXPECT_TRUE(says(refusal(without, registered()), {"a factor is wanted"}));
}

}  // namespace
}  // namespace pome::testing
