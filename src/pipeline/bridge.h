// One part's output becomes another's input: the small differences in type between them. Internal
// to this folder.
#pragma once

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::pipeline {

/// False when a value of the type that `from` describes can never be what `to` takes. Numbers
/// (Int64, Double, MultiArray) may stand for one another, since it depends on the value.
bool may_become(const FeatureDescription& from, const FeatureDescription& to);

/// True when `value` is not yet of the type that `to` takes: a number where a multi-array is
/// wanted, a multi-array of one element where a number is, Int64 for Double and the other way
/// round. `exact_shape`: also an array of the described number of elements in another shape, which
/// networks are particular about.
bool needs_bridge(const FeatureDescription& to, const FeatureValue& value, bool exact_shape);

/// The value as `to` takes it. Errors (kTypeMismatch): it is of another kind, or a fraction where
/// an Int64 is wanted.
Result<FeatureValue> bridge(const FeatureDescription& to, const FeatureValue& value);

}  // namespace pome::pipeline
