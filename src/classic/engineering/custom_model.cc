// CustomModel: evaluated by code of the caller's, registered by class name.
#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "base/user_code.h"
#include "classic/engineering/makers.h"
#include "feature/find_input.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

std::string who(const std::string& class_name) { return "the custom model " + quoted(class_name); }

class CustomEvaluator final : public Evaluator {
 public:
  CustomEvaluator(std::string class_name, std::vector<FeatureDescription> wanted,
                  std::unique_ptr<CustomModel> model)
      : class_name_(std::move(class_name)), wanted_(std::move(wanted)), model_(std::move(model)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(FeatureProvider made,
                call_user_code(who(class_name_), [&] { return model_->predict(inputs); }));
    FindInput find(made);
    for (const FeatureDescription& output : wanted_) {
      const FeatureValue* value = find(output.name);
      if (value == nullptr) {
        return Error(ErrorCode::kInvalidArgument, "the custom model " + quoted(class_name_) +
                                                      " made no output " + quoted(output.name));
      }
      if (value->type() != output.type) {
        return Error(ErrorCode::kTypeMismatch, "the custom model " + quoted(class_name_) +
                                                   " made " + quoted(output.name) + " of type " +
                                                   std::string(to_string(value->type())) +
                                                   ", described is " + output.type_text());
      }
      outputs.set(output.name, *value);
    }
    return {};
  }

 private:
  std::string class_name_;
  std::vector<FeatureDescription> wanted_;
  std::unique_ptr<CustomModel> model_;
};

using ParameterValue = spec::CustomModel::CustomModelParamValue;

Result<CustomParameter> parameter_of(const ParameterValue& value) {
  switch (value.value_case()) {
    case ParameterValue::kDoubleValue:
      return CustomParameter(value.doublevalue());
    case ParameterValue::kStringValue:
      return CustomParameter(value.stringvalue());
    case ParameterValue::kIntValue:
      return CustomParameter(int64_t{value.intvalue()});
    case ParameterValue::kLongValue:
      return CustomParameter(int64_t{value.longvalue()});
    case ParameterValue::kBoolValue:
      return CustomParameter(value.boolvalue());
    case ParameterValue::kBytesValue: {
      const auto bytes = std::as_bytes(std::span(value.bytesvalue()));
      return CustomParameter(std::vector<std::byte>(bytes.begin(), bytes.end()));
    }
    default:
      return Error(ErrorCode::kInvalidModel, "the parameter has no value");
  }
}

}  // namespace

EvaluatorResult make_custom_model(const Source& source) {
  const spec::CustomModel& message = source.model->custommodel();
  const auto& registered = source.configuration.custom_models;
  const auto found = registered.find(message.classname());
  if (found == registered.end()) {
    std::vector<std::string> names;
    for (const auto& [name, factory] : registered) names.push_back(name);
    return Error(ErrorCode::kUnsupported,
                 "the model is evaluated by code of its author's, class " +
                     quoted(message.classname()) +
                     "; register it in ModelConfiguration::custom_models. Registered are " +
                     quoted_list(names) + "." + did_you_mean(message.classname(), names));
  }
  CustomModelSource made_from{message.classname(), source.description, {}};
  for (const auto& [name, value] : message.parameters()) {
    Result<CustomParameter> parameter = parameter_of(value);
    if (!parameter.ok()) return std::move(parameter).error().at("parameter " + quoted(name));
    made_from.parameters.emplace(name, *std::move(parameter));
  }
  POME_ASSIGN(std::unique_ptr<CustomModel> model,
              call_user_code(who(message.classname()), [&] { return found->second(made_from); }));
  if (model == nullptr) {
    return Error(ErrorCode::kInvalidArgument,
                 "what makes the custom model " + quoted(message.classname()) + " made none");
  }
  return EvaluatorResult(std::make_unique<CustomEvaluator>(
      message.classname(), source.description.outputs, std::move(model)));
}

}  // namespace pome::classic
