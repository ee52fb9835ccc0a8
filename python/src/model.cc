#include "model.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "custom.h"
#include "errors.h"
#include "loaded_model.h"
#include "model_state.h"
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
plan_cache_size: compiled forms kept for other shapes of flexible inputs.
instruction_budget: operations that control flow may run in one prediction; LimitExceededError beyond.
custom_layers, custom_models: classes by the names that the file has for them: {"Swish": Swish}. A
layer's is called with a CustomLayerSource and has output_shapes(input_shapes) -> list of shapes, and
evaluate(inputs) -> array or list of arrays, float32; a model's is called with a CustomModelSource
and has predict(inputs: dict) -> dict. Nothing is ever loaded from the model's folder.
linked_models: the folder of the models that a linkedModel names; nothing outside of it is opened.

Raises NotFoundError, InvalidModelError (damaged, or no Core ML model), UnsupportedError (a layer or
op that is not supported, named with its place), LimitExceededError.)";

constexpr const char* kPredictDoc =
    R"(One prediction, or one for each dict of a list (then a list comes back).

inputs: values by input name: int, float, str; dict for dictionaries; list for sequences and arrays;
anything NumPy takes, of the shape that description.inputs declares (contiguous float16, float32,
float64, int32 and int8 arrays are read where they lie, others are converted first); PIL pictures of
any size, which crop_and_scale fits: "scaleFill" stretches, "centerCrop" and "scaleFit" keep the
aspect. Optional inputs may be left out or None.
state: of a stateful model, what make_state() gave; the prediction reads and changes it, and leaves it
as it was where it raises. With a state inputs is one dict.

Returns every output by name: int, float, str, dict {label: float}, list, numpy.ndarray (fresh
memory, C-contiguous), PIL.Image.Image.

Raises MissingInputError, UnknownNameError, TypeMismatchError, ShapeMismatchError and
InvalidArgumentError, which name the input, what came and what is wanted.)";

constexpr const char* kFromBytesDoc =
    R"(A model from memory: the bytes of an .mlmodel (or of a package's model file), and the weight
files that it refers to, {"weights/weight.bin": bytes}. The rest as Model().)";

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

/// What the constructors share, in the order of their arguments.
struct Options {
  ComputeUnits units = ComputeUnits::kAll;
  std::string function_name;
  int threads = 0;
  std::optional<uint64_t> memory_limit;
  bool emulate_float16 = false;
  int plan_cache_size = ModelConfiguration().plan_cache_size;
  int64_t instruction_budget = ModelConfiguration().instruction_budget;
  nb::object custom_layers = nb::none();
  nb::object custom_models = nb::none();
  std::optional<std::filesystem::path> linked_models;
};

ModelConfiguration configured(const Options& options) {
  if (options.threads < 0) {
    raise(Error(ErrorCode::kInvalidArgument,
                "threads is 0 or more, not " + std::to_string(options.threads)));
  }
  ModelConfiguration configuration;
  configuration.compute_units = options.units;
  configuration.function_name = options.function_name;
  configuration.threads = options.threads;
  if (options.memory_limit) configuration.memory_limit = *options.memory_limit;
  configuration.emulate_float16 = options.emulate_float16;
  configuration.plan_cache_size = options.plan_cache_size;
  configuration.instruction_budget = options.instruction_budget;
  configuration.linked_model_search_path = options.linked_models.value_or("");
  register_custom(options.custom_layers, options.custom_models, configuration);
  return configuration;
}

LoadedModel load(const std::filesystem::path& path, const ModelConfiguration& configuration,
                 Flavor flavor) {
  Result<Model> model = [&] {
    const nb::gil_scoped_release free;
    return Model::load(path, configuration);
  }();
  return LoadedModel(unwrap(std::move(model), flavor), flavor);
}

std::span<const std::byte> span_of(const nb::bytes& bytes) {
  return {reinterpret_cast<const std::byte*>(bytes.c_str()), bytes.size()};
}

LoadedModel load_bytes(const nb::bytes& specification, const nb::dict& weights,
                       const ModelConfiguration& configuration, Flavor flavor) {
  WeightBlobs blobs;
  for (auto [name, blob] : weights) {
    const auto bytes = span_of(nb::cast<nb::bytes>(blob));
    blobs[nb::cast<std::string>(name)].assign(bytes.begin(), bytes.end());
  }
  Result<Model> model = [&] {
    const nb::gil_scoped_release free;
    return Model::load(span_of(specification), blobs, configuration);
  }();
  return LoadedModel(unwrap(std::move(model), flavor), flavor);
}

Options for_function(ComputeUnits units, const std::string& function_name) {
  const nb::module_ registered = nb::module_::import_("pome._libcoremlpython");
  Options options;
  options.custom_layers = registered.attr("custom_layers");
  options.custom_models = registered.attr("custom_models");
  options.units = units;
  options.function_name = function_name;
  return options;
}

/// The public constructors; `A` are the types of Options' members.
template <class... A>
struct Constructors {
  static void init(LoadedModel* self, const std::filesystem::path& path, A... arguments) {
    const Options options{std::move(arguments)...};
    new (self) LoadedModel(load(path, configured(options), Flavor::kPome));
  }

  static LoadedModel from_bytes(const nb::bytes& specification, const nb::dict& weights,
                                A... arguments) {
    const Options options{std::move(arguments)...};
    return load_bytes(specification, weights, configured(options), Flavor::kPome);
  }
};

using ModelConstructors =
    Constructors<ComputeUnits, std::string, int, std::optional<uint64_t>, bool, int, int64_t,
                 nb::object, nb::object, std::optional<std::filesystem::path>>;

LoadedModel coremltools(const std::filesystem::path& path, ComputeUnits units,
                        const std::string& function_name) {
  return load(path, configured(for_function(units, function_name)), Flavor::kCoremltools);
}

LoadedModel coremltools_from_bytes(const nb::bytes& specification, const nb::dict& weights,
                                   ComputeUnits units, const std::string& function_name) {
  return load_bytes(specification, weights, configured(for_function(units, function_name)),
                    Flavor::kCoremltools);
}

nb::object predict(const LoadedModel& self, const nb::object& inputs, const nb::object& state,
                   const std::string& crop_and_scale) {
  const PredictionOptions options = options_of(crop_and_scale, self.flavor());
  if (!state.is_none()) {
    if (!PyDict_Check(inputs.ptr())) {
      raise(Error(ErrorCode::kTypeMismatch,
                  "with a state a dict of inputs by name is wanted; a value of type " +
                      type_name(inputs.ptr()) + " came"),
            self.flavor());
    }
    return self.predict(nb::borrow<nb::dict>(inputs), options, &state_of(state, self.flavor()));
  }
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

nb::dict predict_with_state(const LoadedModel& self, const nb::dict& inputs,
                            const nb::object& state) {
  return self.predict(inputs, {}, &state_of(state, self.flavor()));
}

nb::list predict_batch(const LoadedModel& self, const nb::list& batch) {
  return self.predict(batch, {});
}

ModelState make_state(const LoadedModel& self) {
  return {unwrap(self.model().make_state(), self.flavor()), self.flavor()};
}

}  // namespace

void bind_model(nb::module_& m) {
  nb::class_<LoadedModel> model(m, "Model", kModelDoc);
  model
      .def("__init__", &ModelConstructors::init, nb::arg("path"), nb::kw_only(),
           nb::arg("compute_units") = ComputeUnits::kAll, nb::arg("function_name") = "",
           nb::arg("threads") = 0, nb::arg("memory_limit") = nb::none(),
           nb::arg("emulate_float16") = false,
           nb::arg("plan_cache_size") = ModelConfiguration().plan_cache_size,
           nb::arg("instruction_budget") = ModelConfiguration().instruction_budget,
           nb::arg("custom_layers") = nb::none(), nb::arg("custom_models") = nb::none(),
           nb::arg("linked_models") = nb::none())
      .def_static("from_bytes", &ModelConstructors::from_bytes, kFromBytesDoc,
                  nb::arg("specification"), nb::arg("weights") = nb::dict(), nb::kw_only(),
                  nb::arg("compute_units") = ComputeUnits::kAll, nb::arg("function_name") = "",
                  nb::arg("threads") = 0, nb::arg("memory_limit") = nb::none(),
                  nb::arg("emulate_float16") = false,
                  nb::arg("plan_cache_size") = ModelConfiguration().plan_cache_size,
                  nb::arg("instruction_budget") = ModelConfiguration().instruction_budget,
                  nb::arg("custom_layers") = nb::none(), nb::arg("custom_models") = nb::none(),
                  nb::arg("linked_models") = nb::none())
      .def_static("_coremltools", &coremltools)
      .def_static("_coremltools_from_bytes", &coremltools_from_bytes)
      .def("predict", &predict, kPredictDoc, nb::arg("inputs").none(),
           nb::arg("state") = nb::none(), nb::kw_only(), nb::arg("crop_and_scale") = "scaleFill")
      .def("_predict", &predict_fast, nb::arg("inputs"))
      .def("_predict_with_state", &predict_with_state, nb::arg("inputs"), nb::arg("state"))
      .def("_predict_batch", &predict_batch, nb::arg("batch"))
      .def("make_state", &make_state,
           "A fresh state of a stateful model, all zeros, for predict(); without buffers for other "
           "models. Raises LimitExceededError over the memory limit.")
      .def_prop_ro(
          "description", [](const LoadedModel& self) { return self.model().description(); },
          "What the model takes and gives: a ModelDescription.")
      .def(
          "compute_plan", [](const LoadedModel& self) { return self.model().compute_plan(); },
          "What runs where: a ComputePlan, one step a kernel.")
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
