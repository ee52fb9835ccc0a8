// Python values as features.
#pragma once

#include <nanobind/nanobind.h>

#include "errors.h"
#include "pome/feature_value.h"

namespace pome::python {

/// The feature that `value` stands for, as `feature` (null where the model has none of that name)
/// wants it:
///  int, bool, float and their NumPy kin -> Int64 or Double; str, bytes -> String; dict ->
///  Dictionary; list, tuple -> Sequence or MultiArray; anything with the buffer protocol or
///  __array__ -> MultiArray; PIL pictures -> Image.
/// Contiguous arrays of float16, float32, float64, int32 and int8 are borrowed: they are kept alive
/// by the value and must not be written to meanwhile. Others are converted: bool and small integers
/// to int32, wide ones to int32 where they fit and else to float64.
/// Errors (kTypeMismatch, kInvalidArgument) say what came and what is wanted, without the input's
/// name. Needs the GIL.
Result<FeatureValue> to_feature(PyObject* value, const FeatureDescription* feature, Flavor flavor);

/// A multi-array of anything that NumPy takes.
Result<MultiArray> to_multi_array(PyObject* value, const FeatureDescription* feature);

/// A PIL picture, told by its members: mode, size, tobytes.
bool is_picture(PyObject* value);
Result<Image> to_image(PyObject* value, Flavor flavor);

/// "a numpy.ndarray, the input takes Double"; the Error for a value of a wrong kind.
Error not_wanted(PyObject* value, const FeatureDescription* feature);

}  // namespace pome::python
