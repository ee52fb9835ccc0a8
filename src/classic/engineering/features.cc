#include "classic/engineering/features.h"

#include <cmath>
#include <string>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "classic/feature_row.h"
#include "classic/number_output.h"

namespace pome::classic {

Result<OneToOne> OneToOne::create(const ModelDescription& description) {
  if (description.inputs.size() != 1 || description.outputs.size() != 1) {
    return Error(ErrorCode::kInvalidModel,
                 "the model describes " + std::to_string(description.inputs.size()) +
                     " inputs and " + std::to_string(description.outputs.size()) + " outputs; a " +
                     description.model_type + " has one of each");
  }
  return OneToOne{description.inputs[0], description.outputs[0]};
}

Result<const FeatureValue*> OneToOne::value(const FeatureProvider& inputs) const {
  const FeatureValue* value = inputs.find(input.name);
  if (value == nullptr)
    return Error(ErrorCode::kMissingInput, "input " + quoted(input.name) + " is missing");
  return value;
}

std::optional<int64_t> described_count(const FeatureDescription& feature) {
  if (feature.type == FeatureType::kInt64 || feature.type == FeatureType::kDouble) return 1;
  const MultiArrayConstraint& array = feature.multi_array;
  if (feature.type != FeatureType::kMultiArray || array.shape.empty() ||
      !array.enumerated.empty() || !array.ranges.empty())
    return std::nullopt;
  std::optional<int64_t> count = 1;
  for (const int64_t extent : array.shape) {
    count = checked_mul(*count, extent);
    if (!count) break;
  }
  return count;
}

Result<std::vector<double>> numbers_of(const FeatureValue& value) {
  const auto* array = value.get_if<MultiArray>();
  std::vector<double> numbers(array != nullptr ? static_cast<size_t>(array->size()) : 1);
  POME_TRY(read_numbers(value, numbers));
  return numbers;
}

Result<int64_t> whole_number_of(const FeatureValue& value) {
  if (const auto* v = value.get_if<int64_t>()) return *v;
  const auto* v = value.get_if<double>();
  if (v == nullptr) {
    return Error(ErrorCode::kTypeMismatch, "the value is of type " +
                                               std::string(to_string(value.type())) +
                                               ", a whole number is wanted");
  }
  // 2^63 itself is no int64.
  if (std::trunc(*v) != *v || *v < -9223372036854775808.0 || *v >= 9223372036854775808.0) {
    return Error(ErrorCode::kInvalidArgument,
                 "the value is " + std::to_string(*v) + ", a whole number is wanted");
  }
  return static_cast<int64_t>(*v);
}

Status write_numbers(const FeatureDescription& output, std::span<const double> numbers,
                     FeatureProvider& outputs) {
  POME_ASSIGN(const NumberOutput target, NumberOutput::create(output, numbers.size()));
  return target.write(numbers, outputs);
}

Error wrong_feature(const FeatureDescription& feature, const char* direction, const char* wanted) {
  return Error(ErrorCode::kInvalidModel,
               "the feature is " + feature.type_text() + ", expected is " + wanted)
      .at(std::string(direction) + " " + quoted(feature.name));
}

}  // namespace pome::classic
