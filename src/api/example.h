// Inputs made up for a description.
#pragma once

#include <cstdint>
#include <functional>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::api {

/// Where elements come from, by their index.
struct ExampleNumbers {
  std::function<double(int64_t)> reals;
  std::function<int64_t(int64_t)> wholes;   // of integer arrays
  std::function<uint8_t(int64_t)> samples;  // of pictures: red, green, blue in turn
};

/// A value for each input: arrays and pictures out of `numbers`, empty texts and dictionaries.
/// Optional dictionaries and sequences are left out. Errors: kUnsupported for a type that no
/// example can be made for, with the input's place.
Result<FeatureProvider> example_inputs(const ModelDescription& description,
                                       const ExampleNumbers& numbers);

}  // namespace pome::api
