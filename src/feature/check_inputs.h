// Are all inputs there, known and of the described types?
#pragma once

#include <string>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome {

/// The names of features, in order.
std::vector<std::string> names_of(const std::vector<FeatureDescription>& features);

/// kUnknownName for the first value whose name is no input's; suggests the nearest.
Status check_names(const ModelDescription& description, const FeatureProvider& inputs);

/// The Error for an input that is not there and not optional; a misspelt name among `inputs`
/// explains it better.
Error missing_input(const ModelDescription& description, const FeatureDescription& feature,
                    const FeatureProvider& inputs);

/// The Error for a value of a type that the feature does not take.
Error wrong_type(const FeatureDescription& feature, const FeatureValue& value);

/// Checks names, presence and types of all inputs (an Int64 is taken where a Double is described
/// and the other way round where the Double is whole; a multi-array where numbers are). Shapes are
/// left to those who know them.
Status check_inputs(const ModelDescription& description, const FeatureProvider& inputs);

}  // namespace pome
