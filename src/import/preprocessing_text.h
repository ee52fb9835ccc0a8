// What happens to a network's pictures before its first layer, in words.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "format/model_fwd.h"

namespace pome::import {

/// A number for each of red, green and blue; of a gray picture the first counts.
using Channels = std::array<double, 3>;

/// scale * value + bias in words: "red, green and blue x 0.5 - 1", each channel for itself where
/// they differ, "gray values as they are" where nothing changes.
std::string picture_formula(bool gray, const Channels& scale, const Channels& bias);

/// Per entry of a neural network's preprocessing, in order: the name of the input ("" for the only
/// picture) and the formula, e.g. "red, green and blue x 0.0078431 - 1". Empty for other models: an
/// ML program's are ops.
std::vector<std::pair<std::string, std::string>> preprocessing_of(
    const CoreML::Specification::Model& model);

}  // namespace pome::import
