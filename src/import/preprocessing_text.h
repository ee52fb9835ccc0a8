// What happens to a network's pictures before its first layer, in words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "format/model_fwd.h"

namespace pome::import {

/// "red x 0.5 - 1" of scale * value + bias; "red as they are" where that changes nothing.
std::string formula_text(const std::string& channels, double scale, double bias);

/// Per entry of a neural network's preprocessing, in order: the name of the input ("" for the only
/// picture) and the formula, e.g. "red, green and blue x 0.0078431 - 1". Empty for other models: an
/// ML program's are ops.
std::vector<std::pair<std::string, std::string>> preprocessing_of(
    const CoreML::Specification::Model& model);

}  // namespace pome::import
