#include "feature/check_inputs.h"

#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "feature/find_input.h"

namespace pome {
namespace {

bool is_whole(double v) { return std::abs(v) <= 9007199254740992.0 && std::trunc(v) == v; }

bool takes(const FeatureDescription& feature, const FeatureValue& value) {
  const FeatureType type = value.type();
  if (feature.type == FeatureType::kDouble && type == FeatureType::kInt64) return true;
  if (feature.type == FeatureType::kInt64 && type == FeatureType::kDouble)
    return is_whole(value.number());
  return type == feature.type;
}

}  // namespace

std::vector<std::string> names_of(const std::vector<FeatureDescription>& features) {
  std::vector<std::string> names;
  for (const FeatureDescription& f : features) names.push_back(f.name);
  return names;
}

Status check_names(const ModelDescription& description, const FeatureProvider& inputs) {
  for (const auto& [name, value] : inputs) {
    if (description.input(name) != nullptr) continue;
    const auto names = names_of(description.inputs);
    return Error(ErrorCode::kUnknownName, "the model has no input " + quoted(name) + "; it takes " +
                                              quoted_list(names) + "." + did_you_mean(name, names));
  }
  return {};
}

Error missing_input(const ModelDescription& description, const FeatureDescription& feature,
                    const FeatureProvider& inputs) {
  Status names = check_names(description, inputs);
  if (!names.ok()) return std::move(names).error();
  return Error(ErrorCode::kMissingInput,
               "input " + quoted(feature.name) + " is missing; give " + feature.type_text());
}

Error wrong_type(const FeatureDescription& feature, const FeatureValue& value) {
  std::string advice;
  if (feature.type == FeatureType::kMultiArray && value.type() == FeatureType::kImage)
    advice = " Give numbers, e.g. a .npy file, or convert the model with an image input.";
  return Error(ErrorCode::kTypeMismatch,
               "the value is of type " + std::string(to_string(value.type())) +
                   ", the input takes " + feature.type_text() + "." + advice);
}

Status check_inputs(const ModelDescription& description, const FeatureProvider& inputs) {
  size_t present = 0;
  FindInput find(inputs);
  for (const FeatureDescription& feature : description.inputs) {
    const FeatureValue* value = find(feature.name);
    if (value == nullptr && feature.optional) continue;
    if (value == nullptr) return missing_input(description, feature, inputs);
    ++present;
    if (!takes(feature, *value))
      return wrong_type(feature, *value).at("input " + quoted(feature.name));
  }
  return inputs.size() > present ? check_names(description, inputs) : Status();
}

}  // namespace pome
