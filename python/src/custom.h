// Custom layers and models that are Python classes.
#pragma once

#include <nanobind/nanobind.h>

#include "pome/model_configuration.h"

namespace pome::python {

/// Registers Python callables: {"ClassName": factory}, or None. A layer's factory is called with a
/// CustomLayerSource and gives an object with output_shapes(input_shapes) and evaluate(inputs); a
/// model's is called with a CustomModelSource and gives an object with predict(inputs). Exceptions
/// of theirs end the load or the prediction as an Error. Needs the GIL; what is registered takes it
/// for itself, from any thread.
void register_custom(const nanobind::object& layers, const nanobind::object& models,
                     ModelConfiguration& configuration);

/// CustomLayerSource and CustomModelSource.
void bind_custom(nanobind::module_& m);

}  // namespace pome::python
