// Where a function meets the features that the model declares.
#pragma once

#include <vector>

#include "ir/program.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::import {

/// Holds a function of an ML program to its features: every input and state by name with an
/// element type and shape that can be the feature's, every output feature among the outputs of the
/// body. Errors (kInvalidModel) name the feature and both types.
Status check_border(const ir::Function& function, const std::vector<FeatureDescription>& inputs,
                    const std::vector<FeatureDescription>& outputs,
                    const std::vector<FeatureDescription>& states);

}  // namespace pome::import
