// A state with what Python needs beside it.
#pragma once

#include <nanobind/nanobind.h>

#include "errors.h"
#include "pome/state.h"

namespace pome::python {

/// pome::State and whose habits it follows. Threads: as pome::State.
struct ModelState {
  State state;
  Flavor flavor;
};

/// The state that a Python object is. Raises TypeMismatchError for another object.
State& state_of(const nanobind::object& object, Flavor flavor);

/// State.
void bind_state(nanobind::module_& m);

}  // namespace pome::python
