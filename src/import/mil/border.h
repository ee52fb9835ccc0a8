// Where a function meets the features that the model declares.
#pragma once

#include <vector>

#include "feature/input_shapes.h"
#include "ir/program.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::import {

// A function of an ML program is held to its features. Errors (kInvalidModel) name the feature and
// both types.

/// Every input and state by name, with an element type and shape that can be the feature's, and no
/// others.
Status check_inputs(const ir::Function& function, const std::vector<FeatureDescription>& inputs,
                    const std::vector<FeatureDescription>& states);
/// Every output feature among the outputs of the body. With `bound`, the function's inputs were
/// bound to shapes of which the features' need not be those of the outputs: extents may differ.
Status check_outputs(const ir::Function& function, const std::vector<FeatureDescription>& outputs,
                     bool bound);
/// Gives the inputs that `shapes` names these shapes; a scalar stays one. True when that settled an
/// extent that was open. kShapeMismatch, with both shapes, where a known extent differs.
Result<bool> bind_inputs(ir::Function& function, const InputShapes& shapes);

}  // namespace pome::import
