#include <nanobind/nanobind.h>

#include "custom.h"
#include "model.h"
#include "model_state.h"

NB_MODULE(_native, m) {
  m.doc() = "Pome's library for Python; import pome instead.";
  pome::python::bind_description(m);
  pome::python::bind_plan(m);
  pome::python::bind_custom(m);
  pome::python::bind_state(m);
  pome::python::bind_model(m);
  pome::python::bind_functions(m);
}
