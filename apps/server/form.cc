#include "apps/server/form.h"

#include <charconv>
#include <cmath>

namespace pome::app {
namespace {

/// Elements of an array of one shape only that can be typed in; 0 otherwise.
int64_t typed_elements(const MultiArrayConstraint& array) {
  if (array.shape.empty()) return 0;
  int64_t count = 1;
  for (int64_t extent : array.shape) {
    if (extent < 1 || extent > Field::kMaxElements) return 0;
    count *= extent;
    if (count > Field::kMaxElements) return 0;
  }
  return count;
}

/// How many numbers are typed for it; negative when it cannot be typed in.
int64_t typed_count(const FeatureDescription& feature) {
  switch (feature.type) {
    case FeatureType::kInt64:
    case FeatureType::kDouble:
      return 1;
    case FeatureType::kString:
      return 0;
    case FeatureType::kMultiArray: {
      const int64_t count = typed_elements(feature.multi_array);
      return count > 0 ? count : -1;
    }
    default:
      return -1;
  }
}

/// Of a text of the page, no more than a message needs.
std::string shown(std::string_view text) {
  return "\"" + std::string(text.substr(0, 40)) + (text.size() > 40 ? "..." : "") + "\"";
}

Error no_number(const Field& field, std::string_view found) {
  return Error(ErrorCode::kInvalidArgument,
               shown(found) + " is no " +
                   (field.feature.type == FeatureType::kInt64 ? "whole number" : "number") +
                   "; write it like " + (field.feature.type == FeatureType::kInt64 ? "3" : "0.25"))
      .at(field.feature.name);
}

bool is_gap(char c) { return c == ' ' || c == ',' || c == ';' || c == '\t' || c == '\n'; }

Result<std::vector<double>> parse_numbers(const Field& field, std::string_view text) {
  std::vector<double> numbers;
  size_t i = 0;
  for (;;) {
    while (i < text.size() && is_gap(text[i])) ++i;
    if (i == text.size()) return numbers;
    size_t end = i;
    while (end < text.size() && !is_gap(text[end])) ++end;
    double value = 0;
    const auto [stop, code] = std::from_chars(text.data() + i, text.data() + end, value);
    if (code != std::errc() || stop != text.data() + end || !std::isfinite(value))
      return no_number(field, text.substr(i, end - i));
    numbers.push_back(value);
    i = end;
  }
}

}  // namespace

Result<Form> Form::of(const ModelDescription& description) {
  Form form;
  for (const FeatureDescription& input : description.inputs) {
    if (input.type == FeatureType::kImage && !form.has_picture) {
      form.has_picture = true;
      form.picture = input;
      continue;
    }
    const int64_t count = typed_count(input);
    if (count >= 0) {
      form.fields.push_back({input, count});
    } else if (!input.optional) {
      return Error(ErrorCode::kUnsupported,
                   "the model needs the input \"" + input.name + "\" (" + input.type_text() +
                       "), which the page cannot give: it gives one picture, numbers, texts and "
                       "arrays of up to 256 numbers. Use `pome predict --input " +
                       input.name + "=FILE`");
    }
  }
  if (!description.states.empty()) {
    return Error(ErrorCode::kUnsupported,
                 "the model has a state from one prediction to the next, which the page cannot "
                 "keep");
  }
  return form;
}

Result<FeatureValue> parse_field(const Field& field, std::string_view text) {
  if (field.feature.type == FeatureType::kString) return FeatureValue(std::string(text));
  auto numbers = parse_numbers(field, text);
  if (!numbers.ok()) return std::move(numbers).error();
  if (static_cast<int64_t>(numbers->size()) != field.count) {
    return Error(ErrorCode::kInvalidArgument, "there are " + std::to_string(numbers->size()) +
                                                  " numbers, " + std::to_string(field.count) +
                                                  " are wanted")
        .at(field.feature.name);
  }
  if (field.feature.type == FeatureType::kDouble) return FeatureValue(numbers->front());
  if (field.feature.type == FeatureType::kInt64) {
    const double value = numbers->front();
    if (value != std::floor(value) || std::fabs(value) > 9e15) return no_number(field, text);
    return FeatureValue(static_cast<int64_t>(value));
  }
  auto array =
      MultiArray::create(field.feature.multi_array.data_type, field.feature.multi_array.shape);
  if (!array.ok()) return std::move(array).error();
  for (size_t i = 0; i < numbers->size(); ++i) array->set(static_cast<int64_t>(i), (*numbers)[i]);
  return FeatureValue(*std::move(array));
}

}  // namespace pome::app
