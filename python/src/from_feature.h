// Features as Python values.
#pragma once

#include <nanobind/nanobind.h>

#include "errors.h"
#include "pome/feature_value.h"

namespace pome::python {

/// int, float, str, dict, list, numpy.ndarray (which takes over the array's memory without a copy)
/// or PIL.Image. Raises ImportError for a picture where Pillow is missing. Needs the GIL.
nanobind::object from_feature(FeatureValue value, Flavor flavor);

/// A NumPy array over the memory of `array`, its only owner. `copied` tells when it had to be
/// copied first, because others read it too.
nanobind::object from_multi_array(MultiArray array, Flavor flavor);

}  // namespace pome::python
