// What the evaluators of feature engineering share. Internal to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::classic {

/// The input and the output of a model that has one of each.
struct OneToOne {
  FeatureDescription input;
  FeatureDescription output;

  /// Errors (kInvalidModel): another number of inputs or outputs, both counts named.
  static Result<OneToOne> create(const ModelDescription& description);
  /// The input's value. kMissingInput when it is not there.
  Result<const FeatureValue*> value(const FeatureProvider& inputs) const;
};

/// Elements of a multi-array that is described with one shape alone, 1 for Int64 and Double;
/// nothing where any number may come.
std::optional<int64_t> described_count(const FeatureDescription& feature);

/// All numbers of an Int64, Double or MultiArray. kTypeMismatch for others.
Result<std::vector<double>> numbers_of(const FeatureValue& value);
/// An Int64, or a Double without a fraction. kTypeMismatch for others, kInvalidArgument for
/// fractions.
Result<int64_t> whole_number_of(const FeatureValue& value);

/// Writes numbers into an output, however many they are (see NumberOutput).
Status write_numbers(const FeatureDescription& output, std::span<const double> numbers,
                     FeatureProvider& outputs);

/// The Error of a model whose feature is of a type that its kind does not know; `wanted` names
/// those it does.
Error wrong_feature(const FeatureDescription& feature, const char* direction, const char* wanted);

}  // namespace pome::classic
