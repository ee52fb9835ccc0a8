#include "classic/number_output.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace pome::classic {
namespace {

bool counts(const std::vector<int64_t>& shape, size_t count) {
  int64_t product = 1;
  for (const int64_t n : shape) product = checked_mul(product, n).value_or(-1);
  return !shape.empty() && product == static_cast<int64_t>(count);
}

int64_t to_int64(double v) {
  if (!(std::abs(v) < 9.2e18)) return v > 0 ? INT64_MAX : v < 0 ? INT64_MIN : 0;
  return static_cast<int64_t>(std::nearbyint(v));
}

}  // namespace

Result<NumberOutput> NumberOutput::create(const FeatureDescription& output, size_t count) {
  NumberOutput result;
  result.name_ = output.name;
  result.type_ = output.type;
  if (output.type == FeatureType::kMultiArray) {
    result.element_ = output.multi_array.data_type;
    result.shape_ = counts(output.multi_array.shape, count)
                        ? output.multi_array.shape
                        : std::vector<int64_t>{static_cast<int64_t>(count)};
    return result;
  }
  if (output.type != FeatureType::kDouble && output.type != FeatureType::kInt64) {
    return Error(ErrorCode::kInvalidModel,
                 "numbers come out here, the output is " + output.type_text())
        .at("output " + quoted(output.name));
  }
  if (count != 1) {
    return Error(ErrorCode::kInvalidModel, std::to_string(count) +
                                               " numbers come out here, the output is " +
                                               output.type_text() + ", which is one")
        .at("output " + quoted(output.name));
  }
  return result;
}

Result<NumberOutput> NumberOutput::of_regressor(const ModelDescription& description, size_t count) {
  const std::string& name = description.predicted_feature_name;
  if (description.outputs.size() != 1) {
    return Error(ErrorCode::kInvalidModel, "a regressor has one output, " +
                                               std::to_string(description.outputs.size()) +
                                               " are described");
  }
  const FeatureDescription& output = description.outputs.front();
  if (!name.empty() && name != output.name) {
    return Error(ErrorCode::kInvalidModel, "the predicted feature is " + quoted(name) +
                                               ", the only output is " + quoted(output.name));
  }
  return create(output, count);
}

Status NumberOutput::write(std::span<const double> numbers, FeatureProvider& outputs) const {
  if (type_ == FeatureType::kDouble) {
    outputs.set(name_, numbers[0]);
    return {};
  }
  if (type_ == FeatureType::kInt64) {
    outputs.set(name_, to_int64(numbers[0]));
    return {};
  }
  POME_ASSIGN(MultiArray array, MultiArray::create(element_, shape_));
  if (element_ == MultiArrayDataType::kFloat64 && !numbers.empty()) {
    std::memcpy(array.mutable_bytes().data(), numbers.data(), numbers.size_bytes());
  } else {
    for (size_t i = 0; i < numbers.size(); ++i) array.set(static_cast<int64_t>(i), numbers[i]);
  }
  outputs.set(name_, std::move(array));
  return {};
}

}  // namespace pome::classic
