// Feature values out of JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::cli {

/// A value as the feature takes it: numbers, texts, nested lists of numbers (arrays), lists of
/// texts or whole numbers (sequences), objects (dictionaries; keys that are numbers where the
/// feature wants those). Errors name what was found and what the feature takes; they have no place.
Result<FeatureValue> value_from_json(const FeatureDescription& feature, const nlohmann::json& j);

/// The same for text that is to be JSON.
Result<FeatureValue> value_from_json_text(const FeatureDescription& feature,
                                          const std::string& text);

/// An array of the element type that the feature declares.
Result<FeatureValue> array_of(const FeatureDescription& feature, std::vector<int64_t> shape,
                              const std::vector<double>& values);

}  // namespace pome::cli
