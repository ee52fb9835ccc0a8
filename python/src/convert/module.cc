// pome.convert(): a module of its own, so that libpome_convert is loaded by those who convert.
#include "pome/convert.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"

namespace pome::python {

namespace nb = nanobind;

namespace {

ModelMetadata metadata_of(const std::map<std::string, std::string>& texts) {
  ModelMetadata metadata;
  for (const auto& [key, text] : texts) {
    if (key == "short_description") metadata.short_description = text;
    if (key == "version") metadata.version = text;
    if (key == "author") metadata.author = text;
    if (key == "license") metadata.license = text;
  }
  return metadata;
}

ConversionReport run(const std::filesystem::path& source, const std::filesystem::path& destination,
                     const ConvertOptions& options) {
  Result<ConversionReport> report = [&] {
    const nb::gil_scoped_release free;
    return convert(source, destination, options);
  }();
  return unwrap(std::move(report));
}

void bind_options(nb::module_& m) {
  nb::class_<ConvertOptions>(m, "Options")
      .def(nb::init<>())
      .def_rw("source_kind", &ConvertOptions::from)
      .def_rw("class_labels", &ConvertOptions::class_labels)
      .def_rw("predicted_feature_name", &ConvertOptions::predicted_feature_name)
      .def_rw("probabilities_name", &ConvertOptions::probabilities_name)
      .def_rw("input_names", &ConvertOptions::input_names)
      .def_rw("output_names", &ConvertOptions::output_names)
      .def_rw("image_inputs", &ConvertOptions::image_inputs)
      .def_rw("image_scale", &ConvertOptions::image_scale)
      .def_rw("red_bias", &ConvertOptions::red_bias)
      .def_rw("green_bias", &ConvertOptions::green_bias)
      .def_rw("blue_bias", &ConvertOptions::blue_bias)
      .def_rw("gray_bias", &ConvertOptions::gray_bias)
      .def_rw("is_bgr", &ConvertOptions::bgr)
      .def_prop_rw(
          "float16",
          [](const ConvertOptions& o) { return o.precision == ConvertPrecision::kFloat16; },
          [](ConvertOptions& o, bool half) {
            o.precision = half ? ConvertPrecision::kFloat16 : ConvertPrecision::kFloat32;
          })
      .def_rw("input_shapes", &ConvertOptions::input_shapes)
      .def_rw("batch", &ConvertOptions::batch)
      .def_rw("memory_limit", &ConvertOptions::memory_limit)
      .def("set_metadata", [](ConvertOptions& o, const std::map<std::string, std::string>& texts) {
        o.metadata = metadata_of(texts);
      });
}

}  // namespace

}  // namespace pome::python

NB_MODULE(_convert, m) {
  using pome::ConversionReport;
  nanobind::module_::import_("pome._native");  // ModelDescription
  pome::python::bind_options(m);
  nanobind::class_<ConversionReport>(m, "ConversionReport", "What convert() did.")
      .def_ro("source", &ConversionReport::source, "\"Keras 2.4.0 model in HDF5\"")
      .def_ro("description", &ConversionReport::description, "The written model's description.")
      .def_ro("layers", &ConversionReport::layers, "Layers translated.")
      .def_ro("parameters", &ConversionReport::parameters, "Their weights' number of values.")
      .def_ro("notes", &ConversionReport::notes,
              "Sentences to read: which input was taken for a picture, what is not exact.");
  m.def("run", &pome::python::run, nanobind::arg("source"), nanobind::arg("destination"),
        nanobind::arg("options"));
}
