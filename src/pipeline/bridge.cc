#include "pipeline/bridge.h"

#include <cmath>
#include <optional>

#include "base/checked.h"
#include "base/try.h"
#include "feature/check_inputs.h"

namespace pome::pipeline {
namespace {

bool is_numeric(FeatureType type) {
  return type == FeatureType::kInt64 || type == FeatureType::kDouble ||
         type == FeatureType::kMultiArray;
}

/// True when `constraint` allows one shape alone.
bool has_one_shape(const MultiArrayConstraint& constraint) {
  return !constraint.shape.empty() && constraint.ranges.empty() && constraint.enumerated.empty();
}

int64_t elements_of(const std::vector<int64_t>& shape) {
  std::optional<int64_t> count = 1;
  for (const int64_t extent : shape) {
    count = checked_mul(*count, extent);
    if (!count) return -1;
  }
  return *count;
}

/// The only number that the value holds.
std::optional<double> number_of(const FeatureValue& value) {
  if (const auto* v = value.get_if<int64_t>()) return static_cast<double>(*v);
  if (const auto* v = value.get_if<double>()) return *v;
  if (const auto* v = value.get_if<MultiArray>(); v != nullptr && v->size() == 1) return v->at(0);
  return std::nullopt;
}

Result<FeatureValue> array_of(const FeatureDescription& to, double number) {
  const bool fits = has_one_shape(to.multi_array) && elements_of(to.multi_array.shape) == 1;
  POME_ASSIGN(MultiArray array,
              MultiArray::create(to.multi_array.data_type,
                                 fits ? to.multi_array.shape : std::vector<int64_t>{1}));
  array.set(0, number);
  return FeatureValue(std::move(array));
}

}  // namespace

bool may_become(const FeatureDescription& from, const FeatureDescription& to) {
  return from.type == to.type || (is_numeric(from.type) && is_numeric(to.type));
}

bool needs_bridge(const FeatureDescription& to, const FeatureValue& value, bool exact_shape) {
  if (value.type() != to.type) return true;
  if (!exact_shape || to.type != FeatureType::kMultiArray || !has_one_shape(to.multi_array))
    return false;
  const MultiArray& array = *value.get_if<MultiArray>();
  return array.shape() != to.multi_array.shape && array.size() == elements_of(to.multi_array.shape);
}

Result<FeatureValue> bridge(const FeatureDescription& to, const FeatureValue& value) {
  if (const auto* array = value.get_if<MultiArray>();
      array != nullptr && to.type == FeatureType::kMultiArray) {
    POME_ASSIGN(MultiArray reshaped,
                MultiArray::from_bytes(array->type(), to.multi_array.shape, array->bytes()));
    return FeatureValue(std::move(reshaped));
  }
  const std::optional<double> number = number_of(value);
  if (number && to.type == FeatureType::kMultiArray) return array_of(to, *number);
  if (number && to.type == FeatureType::kDouble) return FeatureValue(*number);
  // 2^63 itself is no int64.
  if (number && to.type == FeatureType::kInt64 && std::trunc(*number) == *number &&
      *number >= -9223372036854775808.0 && *number < 9223372036854775808.0)
    return FeatureValue(static_cast<int64_t>(*number));
  return wrong_type(to, value);
}

}  // namespace pome::pipeline
