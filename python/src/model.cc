#include "model.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "errors.h"
#include "loaded_model.h"
#include "text.h"

namespace pome::python {

namespace nb = nanobind;

namespace {

constexpr const char* kModelDoc =
    R"(A Core ML model, loaded and compiled, ready to predict.

Immutable; predict() may be called from many threads at once, and releases the GIL while the model
runs.

path: an .mlmodel file, an .mlpackage folder, or an .mlmodelc folder that Pome compiled.
compute_units: where it may run; only the CPU exists, the others run there too.
function_name: the function of a multi-function ML program; "" is the default one.
threads: threads that share one prediction; 0 is one for each CPU the process may use.
memory_limit: bytes that loading and running the model may allocate in all; None is 4 GiB.
emulate_float16: round to float16 after each float16 op, as Apple's GPU and Neural Engine do; slow.

Raises NotFoundError, InvalidModelError (damaged, or no Core ML model), UnsupportedError (a layer or
op that is not supported, named with its place), LimitExceededError.)";

constexpr const char* kPredictDoc =
    R"(One prediction, or one for each dict of a list (then a list comes back).

inputs: values by input name: int, float, str; dict for dictionaries; list for sequences and arrays;
anything NumPy takes, of the shape that description.inputs declares (contiguous float16, float32,
float64, int32 and int8 arrays are read where they lie, others are converted first); PIL pictures of
any size, which crop_and_scale fits: "scaleFill" stretches, "centerCrop" and "scaleFit" keep the
aspect. Optional inputs may be left out or None.

Returns every output by name: int, float, str, dict {label: float}, list, numpy.ndarray (fresh
memory, C-contiguous), PIL.Image.Image.

Raises MissingInputError, UnknownNameError, TypeMismatchError, ShapeMismatchError and
InvalidArgumentError, which name the input, what came and what is wanted.)";

PredictionOptions options_of(const std::string& crop_and_scale, Flavor flavor) {
  PredictionOptions options;
  if (crop_and_scale == "centerCrop") {
    options.crop_and_scale = CropAndScale::kCenterCrop;
  } else if (crop_and_scale == "scaleFit") {
    options.crop_and_scale = CropAndScale::kScaleFit;
  } else if (crop_and_scale != "scaleFill") {
    raise(Error(ErrorCode::kInvalidArgument,
                "crop_and_scale is \"centerCrop\", \"scaleFit\" or \"scaleFill\", not \"" +
                    crop_and_scale + "\""),
          flavor);
  }
  return options;
}

void load(LoadedModel* self, const std::filesystem::path& path, ComputeUnits units,
          const std::string& function_name, int threads, std::optional<uint64_t> memory_limit,
          bool emulate_float16, bool coremltools) {
  ModelConfiguration configuration;
  configuration.compute_units = units;
  configuration.function_name = function_name;
  configuration.threads = threads;
  if (memory_limit) configuration.memory_limit = *memory_limit;
  configuration.emulate_float16 = emulate_float16;
  const Flavor flavor = coremltools ? Flavor::kCoremltools : Flavor::kPome;
  if (threads < 0) {
    raise(
        Error(ErrorCode::kInvalidArgument, "threads is 0 or more, not " + std::to_string(threads)),
        flavor);
  }
  Result<Model> model = [&] {
    const nb::gil_scoped_release free;
    return Model::load(path, configuration);
  }();
  new (self) LoadedModel(unwrap(std::move(model), flavor), flavor);
}

nb::object predict(const LoadedModel& self, const nb::object& inputs, const nb::object& state,
                   const std::string& crop_and_scale) {
  if (!state.is_none()) {
    raise(Error(ErrorCode::kUnsupported, "predictions with a state are not supported yet"),
          self.flavor());
  }
  const PredictionOptions options = options_of(crop_and_scale, self.flavor());
  if (PyDict_Check(inputs.ptr())) return self.predict(nb::borrow<nb::dict>(inputs), options);
  if (PyList_Check(inputs.ptr())) return self.predict(nb::borrow<nb::list>(inputs), options);
  if (PyTuple_Check(inputs.ptr())) return self.predict(nb::list(inputs), options);
  raise(Error(ErrorCode::kTypeMismatch,
              "a dict of inputs by name, or a list of dicts, is wanted; "
              "a value of type " +
                  type_name(inputs.ptr()) + " came"),
        self.flavor());
}

nb::dict predict_fast(const LoadedModel& self, const nb::dict& inputs) {
  return self.predict(inputs, {});
}

nb::list predict_batch(const LoadedModel& self, const nb::list& batch) {
  return self.predict(batch, {});
}

nb::object make_state(const LoadedModel& self) {
  const auto& states = self.model().description().states;
  raise(Error(ErrorCode::kUnsupported, states.empty() ? "the model has no state"
                                                      : "models with states are not supported yet"),
        self.flavor());
}

}  // namespace

void bind_model(nb::module_& m) {
  nb::class_<LoadedModel>(m, "Model", kModelDoc)
      .def(
          "__init__", &load, nb::arg("path"), nb::kw_only(),
          nb::arg("compute_units") = ComputeUnits::kAll, nb::arg("function_name") = "",
          nb::arg("threads") = 0, nb::arg("memory_limit") = nb::none(),
          nb::arg("emulate_float16") = false, nb::arg("_coremltools") = false,
          nb::sig("def __init__(self, path: str | os.PathLike[str], *, compute_units: ComputeUnits "
                  "= ComputeUnits.ALL, function_name: str = '', threads: int = 0, memory_limit: "
                  "int | None = None, emulate_float16: bool = False, _coremltools: bool = False) "
                  "-> None"))
      .def("predict", &predict, kPredictDoc, nb::arg("inputs"), nb::arg("state") = nb::none(),
           nb::kw_only(), nb::arg("crop_and_scale") = "scaleFill",
           nb::sig("@typing.overload\ndef predict(self, inputs: collections.abc.Mapping[str, "
                   "typing.Any]) -> dict[str, typing.Any]"))
      .def("_predict", &predict_fast, nb::arg("inputs"))
      .def("_predict_batch", &predict_batch, nb::arg("batch"))
      .def("make_state", &make_state,
           "A fresh state of a stateful model, for predict(). Raises UnsupportedError: states are "
           "not supported yet.")
      .def_prop_ro(
          "description", [](const LoadedModel& self) { return self.model().description(); },
          "What the model takes and gives: a ModelDescription.")
      .def_prop_ro(
          "functions",
          [](const LoadedModel& self) {
            nb::list names;
            for (const auto& f : self.model().description().functions) names.append(to_str(f.name));
            return names;
          },
          nb::sig("def functions(self) -> list[str]"),
          "Names of a multi-function ML program's functions; empty for other models.");
}

}  // namespace pome::python
