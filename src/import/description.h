// What a model says of itself: message -> ModelDescription.
#pragma once

#include "format/model_fwd.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::import {

/// Reads description, metadata, type, labels and specification version of any model, also of types
/// that cannot be run here. A feature without fixed shape gets the default that the format defines:
/// its first enumerated shape, or its lower bounds. Of a multi-function program the default
/// function's features become the model's.
///
/// Errors (kInvalidModel, places name the feature): features without name or type, doubled names,
/// unknown element types or colours, extents that are not positive or overflow, functions that do
/// not exist.
Result<ModelDescription> read_description(const CoreML::Specification::Model& model);

}  // namespace pome::import
