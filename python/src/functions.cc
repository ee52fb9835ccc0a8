#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <string>

#include "errors.h"
#include "model.h"
#include "pome/compile.h"
#include "pome/inspect.h"
#include "pome/version.h"
#include "text.h"

namespace pome::python {

namespace nb = nanobind;

namespace {

ModelInfo inspect_model(const std::filesystem::path& path) {
  auto info = [&] {
    const nb::gil_scoped_release free;
    return inspect(path);
  }();
  return unwrap(std::move(info));
}

std::vector<Complaint> validate_model(const std::filesystem::path& path) {
  auto complaints = [&] {
    const nb::gil_scoped_release free;
    return validate(path);
  }();
  return unwrap(std::move(complaints));
}

void compile(const std::filesystem::path& source, const std::filesystem::path& destination) {
  Status status = [&] {
    const nb::gil_scoped_release free;
    return compile_model(source, destination);
  }();
  unwrap(std::move(status));
}

void bind_info(nb::module_& m) {
  nb::class_<ModelInfo>(m, "ModelInfo", "What a model file says of itself, runnable or not.")
      .def_ro("description", &ModelInfo::description, "What the model takes and gives.")
      .def_ro("container", &ModelInfo::container, "\".mlmodel\", \".mlpackage\", \".mlmodelc\".")
      .def_ro("bytes", &ModelInfo::bytes, "Size of the file or folder.")
      .def_ro("operations", &ModelInfo::operations,
              "Kinds of layers or ops with their counts, most frequent first.")
      .def_ro("weights", &ModelInfo::weights,
              "Element types of the weights with their numbers of values.")
      .def_ro("availability", &ModelInfo::availability, "\"iOS 11, macOS 10.13\".")
      .def_ro("runnable", &ModelInfo::runnable, "Whether this version of Pome runs it.")
      .def_ro("not_runnable_reason", &ModelInfo::not_runnable_reason,
              "Why not; \"\" for what runs.");
  nb::class_<Complaint>(m, "Complaint", "One thing that is wrong with a model, and where.")
      .def_ro("message", &Complaint::message, "What is wrong.")
      .def_ro("places", &Complaint::places, "Where, from the outermost to the innermost.")
      .def("__repr__", [](const Complaint& c) {
        std::string text;
        for (const std::string& place : c.places) text += place + ": ";
        return to_str(text + c.message);
      });
}

}  // namespace

void bind_functions(nb::module_& m) {
  bind_info(m);
  m.def("inspect", &inspect_model, nb::arg("path"),
        "Reads a model without running it. Raises as Model() does, but a model that is valid and "
        "only cannot be run here has runnable False and a reason.");
  m.def("validate", &validate_model, nb::arg("path"),
        "Everything that is wrong with a model file; [] when nothing is. Raises where it cannot be "
        "read at all or is no model.");
  m.def("compile_model", &compile, nb::arg("source"), nb::arg("destination"),
        "Makes the folder `destination` (.mlmodelc) of a model: Model() opens it, it may be moved "
        "and copied, and networks have model.mil in it, their program as MIL text.");
  m.def(
      "isa_in_use", [] { return to_str(isa_in_use()); }, nb::sig("def isa_in_use() -> str"),
      "The instruction set that kernels use on this machine.");
}

}  // namespace pome::python
