// Inputs that may be left out although their files do not say so.
#pragma once

#include "format/model_fwd.h"
#include "pome/model_description.h"

namespace pome::import {

/// Marks the thresholds that a nonMaximumSuppression model reads as optional: without them it uses
/// its own, and the files that exist say so in words alone. Also where such a model is part of a
/// pipeline and no other part reads the name.
void mark_optional_inputs(const CoreML::Specification::Model& model, ModelDescription& description);

}  // namespace pome::import
