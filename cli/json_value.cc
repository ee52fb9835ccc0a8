#include "json_value.h"

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace pome::cli {
namespace {

/// Walks nested lists: shape from the first elements, every other list must agree. null is NaN.
bool flatten(const nlohmann::json& j, size_t depth, std::vector<int64_t>& shape,
             std::vector<double>& values) {
  if (j.is_number() || j.is_boolean() || j.is_null()) {
    values.push_back(j.is_null()      ? NAN
                     : j.is_boolean() ? (j.get<bool>() ? 1 : 0)
                                      : j.get<double>());
    return depth == shape.size();
  }
  if (!j.is_array() || depth >= 16) return false;
  if (depth == shape.size()) {
    if (!values.empty()) return false;
    shape.push_back(static_cast<int64_t>(j.size()));
  }
  if (shape[depth] != static_cast<int64_t>(j.size())) return false;
  for (const auto& element : j)
    if (!flatten(element, depth + 1, shape, values)) return false;
  return true;
}

Error does_not_fit(const FeatureDescription& feature, const nlohmann::json& j) {
  return Error(ErrorCode::kTypeMismatch, "the JSON is of type " + std::string(j.type_name()) +
                                             ", input " + quoted(feature.name) + " takes " +
                                             feature.type_text());
}

Result<FeatureValue> dictionary_from(const FeatureDescription& feature, const nlohmann::json& j) {
  if (!j.is_object()) return does_not_fit(feature, j);
  StringDictionary by_text;
  Int64Dictionary by_number;
  for (const auto& [key, value] : j.items()) {
    if (!value.is_number() && !value.is_null())
      return Error(ErrorCode::kInvalidFormat, "value of " + quoted(key) + " is no number");
    const double number = value.is_null() ? NAN : value.get<double>();
    int64_t position = 0;
    const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), position);
    if (feature.int64_keys && (code != std::errc() || end != key.data() + key.size())) {
      return Error(ErrorCode::kInvalidFormat,
                   "the key " + quoted(key) + " is no whole number; input " + quoted(feature.name) +
                       " takes " + feature.type_text());
    }
    by_number[position] = number;
    by_text[key] = number;
  }
  return feature.int64_keys ? FeatureValue(std::move(by_number)) : FeatureValue(std::move(by_text));
}

template <typename T>
Result<FeatureValue> sequence_from(const FeatureDescription& feature, const nlohmann::json& j) {
  std::vector<T> list;
  for (const auto& element : j) {
    const bool fits =
        std::is_same_v<T, std::string> ? element.is_string() : element.is_number_integer();
    if (!fits) return does_not_fit(feature, element);
    list.push_back(element.get<T>());
  }
  return FeatureValue(std::move(list));
}

Result<FeatureValue> numbers_from(const FeatureDescription& feature, const nlohmann::json& j) {
  std::vector<int64_t> shape;
  std::vector<double> values;
  if (!flatten(j, 0, shape, values)) {
    return Error(ErrorCode::kInvalidFormat,
                 "the lists are of unequal lengths or hold something else than numbers");
  }
  if (shape.empty()) shape = {1};
  return array_of(feature, std::move(shape), values);
}

}  // namespace

Result<FeatureValue> array_of(const FeatureDescription& feature, std::vector<int64_t> shape,
                              const std::vector<double>& values) {
  const auto type = feature.type == FeatureType::kMultiArray ? feature.multi_array.data_type
                                                             : MultiArrayDataType::kFloat32;
  auto array = MultiArray::create(type, std::move(shape));
  if (!array.ok()) return std::move(array).error();
  for (size_t i = 0; i < values.size(); ++i) array->set(static_cast<int64_t>(i), values[i]);
  return FeatureValue(*std::move(array));
}

Result<FeatureValue> value_from_json(const FeatureDescription& feature, const nlohmann::json& j) {
  switch (feature.type) {
    case FeatureType::kDictionary:
      return dictionary_from(feature, j);
    case FeatureType::kSequence:
      if (!j.is_array()) return does_not_fit(feature, j);
      return feature.int64_keys ? sequence_from<int64_t>(feature, j)
                                : sequence_from<std::string>(feature, j);
    case FeatureType::kString:
      if (!j.is_string()) return does_not_fit(feature, j);
      return FeatureValue(j.get<std::string>());
    case FeatureType::kInt64:
      if (j.is_number_integer()) return FeatureValue(j.get<int64_t>());
      [[fallthrough]];
    case FeatureType::kDouble:
      if (j.is_null()) return FeatureValue(std::nan(""));
      if (!j.is_number()) return does_not_fit(feature, j);
      return FeatureValue(j.get<double>());
    default:
      return numbers_from(feature, j);
  }
}

Result<FeatureValue> value_from_json_text(const FeatureDescription& feature,
                                          const std::string& text) {
  const nlohmann::json j = nlohmann::json::parse(text, nullptr, false);
  if (j.is_discarded()) return Error(ErrorCode::kInvalidFormat, "this is no JSON");
  return value_from_json(feature, j);
}

}  // namespace pome::cli
