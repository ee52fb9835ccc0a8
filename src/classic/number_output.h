// An output of numbers: a Double, an Int64 or a MultiArray.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::classic {

/// How `count` numbers go into one output. Immutable; any thread.
class NumberOutput {
 public:
  /// A MultiArray gets the described element type and the described shape (where that is left open
  /// or counts otherwise than `count`: [count]); a Double or an Int64 takes one number. Errors
  /// (kInvalidModel): another type; one number described and `count` of them to be written.
  static Result<NumberOutput> create(const FeatureDescription& output, size_t count);

  /// The only output of a regressor: predicted_feature_name, or the only one. Errors
  /// (kInvalidModel): no such output, further outputs, and as above, with the output's name.
  static Result<NumberOutput> of_regressor(const ModelDescription& description, size_t count);

  /// Sets the output. Numbers are rounded to an Int64 to nearest even, and as MultiArray::set()
  /// rounds. Requires numbers.size() == count. kOutOfMemory.
  Status write(std::span<const double> numbers, FeatureProvider& outputs) const;

 private:
  NumberOutput() = default;
  std::string name_;
  FeatureType type_ = FeatureType::kDouble;
  MultiArrayDataType element_ = MultiArrayDataType::kFloat64;
  std::vector<int64_t> shape_;
};

}  // namespace pome::classic
