// The classes of the module, each in its own file.
#pragma once

#include <nanobind/nanobind.h>

namespace pome::python {

/// ComputeUnits, FeatureType, FeatureDescription, ModelDescription and what they hold.
void bind_description(nanobind::module_& m);
/// Model.
void bind_model(nanobind::module_& m);
/// ComputePlan and its steps.
void bind_plan(nanobind::module_& m);
/// inspect(), validate(), convert(), isa_in_use().
void bind_functions(nanobind::module_& m);

}  // namespace pome::python
