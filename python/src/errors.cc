#include "errors.h"

#include "text.h"

namespace pome::python {

namespace nb = nanobind;

void raise(const Error& error, Flavor flavor) {
  const nb::object text = to_str(error.to_string());
  if (flavor == Flavor::kCoremltools) {
    PyErr_SetObject(PyExc_RuntimeError, text.ptr());
    throw nb::python_error();
  }
  nb::list places;
  for (const std::string& place : error.places()) places.append(to_str(place));
  const nb::object exception = nb::module_::import_("pome._errors")
                                   .attr("make")(to_str(to_string(error.code())),
                                                 to_str(error.message()), nb::tuple(places), text);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
  throw nb::python_error();
}

}  // namespace pome::python
