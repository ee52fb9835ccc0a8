#include "pome/typed_model.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"

namespace pome {
namespace {

/// What a class was generated for and no longer is so; what to do.
Error other_model(std::string_view class_name, const std::string& what) {
  return Error(ErrorCode::kInvalidModel,
               what + "; the class " + quoted(class_name) +
                   " was generated for another model. Load that one, or run pome generate again");
}

Status check_features(std::span<const TypedFeature> wanted,
                      const std::vector<FeatureDescription>& found, const std::string& kind,
                      std::string_view class_name) {
  for (const TypedFeature& feature : wanted) {
    const auto same_name = [&](const FeatureDescription& f) { return f.name == feature.name; };
    const auto at = std::find_if(found.begin(), found.end(), same_name);
    if (at == found.end()) {
      return other_model(class_name, "the model has no " + kind + " " + quoted(feature.name));
    }
    if (at->type != feature.type) {
      return other_model(class_name, "the " + kind + " " + quoted(feature.name) + " is " +
                                         at->type_text() + ", " +
                                         std::string(to_string(feature.type)) + " is expected");
    }
  }
  return {};
}

}  // namespace

Status check_typed_features(const Model& model, std::span<const TypedFeature> inputs,
                            std::span<const TypedFeature> outputs, std::string_view class_name) {
  const ModelDescription& description = model.description();
  Status same = check_features(inputs, description.inputs, "input", class_name);
  if (same.ok()) same = check_features(outputs, description.outputs, "output", class_name);
  if (!same.ok()) return same;
  for (const FeatureDescription& f : description.inputs) {
    const auto same_name = [&](const TypedFeature& feature) { return f.name == feature.name; };
    if (!f.optional && std::none_of(inputs.begin(), inputs.end(), same_name)) {
      return other_model(class_name, "the model also wants an input " + quoted(f.name));
    }
  }
  return {};
}

const MultiArray* TypedValues::get_array(std::string_view name, MultiArrayDataType type) {
  const auto* array = get<MultiArray>(name);
  if (array == nullptr || array->type() == type) return array;
  if (status_.ok()) {
    status_ =
        Error(ErrorCode::kTypeMismatch, "the output " + quoted(name) + " has elements of type " +
                                            std::string(to_string(array->type())) + ", " +
                                            std::string(to_string(type)) + " is expected");
  }
  return nullptr;
}

void TypedValues::complain(std::string_view name, const FeatureValue* value) {
  if (!status_.ok()) return;
  status_ = value == nullptr
                ? Error(ErrorCode::kUnknownName, "the model gave no output " + quoted(name))
                : Error(ErrorCode::kTypeMismatch, "the output " + quoted(name) + " is " +
                                                      std::string(to_string(value->type())) +
                                                      ", which is not what the class expects");
}

}  // namespace pome
