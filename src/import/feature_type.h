// One feature: message -> FeatureDescription.
#pragma once

#include "pome/model_description.h"
#include "pome/result.h"

namespace CoreML::Specification {
class FeatureDescription;
}

namespace pome::import {

/// Reads name, text and type of a feature. An output may leave its shape or size open; an input
/// may not. Errors as read_description(), without the feature's name.
Result<FeatureDescription> read_feature(const CoreML::Specification::FeatureDescription& message,
                                        bool is_input);

}  // namespace pome::import
