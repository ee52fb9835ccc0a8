#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model.h"
#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "text.h"

namespace pome::python {

namespace nb = nanobind;

namespace {

using Range = std::pair<int64_t, std::optional<int64_t>>;

Range range_of(const SizeRange& range) {
  return {range.lower, range.upper < 0 ? std::nullopt : std::optional<int64_t>(range.upper)};
}

bool is_array(const FeatureDescription& f) {
  return f.type == FeatureType::kMultiArray || f.type == FeatureType::kState;
}

std::vector<int64_t> shape_of(const FeatureDescription& f) {
  return is_array(f) ? f.multi_array.shape : std::vector<int64_t>();
}

std::vector<Range> shape_ranges_of(const FeatureDescription& f) {
  std::vector<Range> ranges;
  for (const SizeRange& range : f.multi_array.ranges) ranges.push_back(range_of(range));
  return ranges;
}

std::optional<std::string> data_type_of(const FeatureDescription& f) {
  if (!is_array(f)) return std::nullopt;
  return std::string(to_string(f.multi_array.data_type));
}

std::optional<std::pair<int64_t, int64_t>> size_of(const FeatureDescription& f) {
  if (f.type != FeatureType::kImage) return std::nullopt;
  return std::pair(f.image.width, f.image.height);
}

std::optional<std::string> color_of(const FeatureDescription& f) {
  if (f.type != FeatureType::kImage) return std::nullopt;
  return std::string(to_string(f.image.color));
}

nb::str repr_of(const FeatureDescription& f) {
  return to_str(f.name + " : " + f.type_text() + (f.optional ? "?" : ""));
}

void list_into(std::string& text, const char* title, const std::vector<FeatureDescription>& list) {
  if (list.empty()) return;
  text += std::string(title) + ":\n";
  for (const FeatureDescription& f : list) {
    text += "  " + f.name + " : " + f.type_text() + (f.optional ? " (optional)" : "");
    if (!f.short_description.empty()) text += "  " + f.short_description;
    text += "\n";
  }
}

nb::str model_repr(const ModelDescription& d) {
  std::string text = d.model_type.empty() ? "model" : d.model_type;
  text += ", specification version " + std::to_string(d.specification_version) + "\n";
  list_into(text, "Inputs", d.inputs);
  list_into(text, "Outputs", d.outputs);
  list_into(text, "States", d.states);
  text.pop_back();
  return to_str(text);
}

void bind_feature(nb::module_& m) {
  nb::class_<FeatureDescription>(m, "FeatureDescription", "One input, output or state.")
      .def_ro("name", &FeatureDescription::name, "The name in the dict of inputs or outputs.")
      .def_ro("short_description", &FeatureDescription::short_description,
              "What its author says of it; may be \"\".")
      .def_ro("type", &FeatureDescription::type, "What kind of value it is.")
      .def_ro("optional", &FeatureDescription::optional, "True when the input may be left out.")
      .def_prop_ro("type_text", &FeatureDescription::type_text,
                   "\"MultiArray (Float32, 1 x 3)\", \"Image (Color 224 x 224)\": Xcode's way.")
      .def_prop_ro("shape", &shape_of,
                   "The default shape of an array, outermost extent first; [] for others.")
      .def_prop_ro(
          "data_type", &data_type_of,
          "\"float32\", \"float64\", \"float16\", \"int32\", \"int8\"; None for what is no "
          "array.")
      .def_prop_ro(
          "enumerated_shapes", [](const FeatureDescription& f) { return f.multi_array.enumerated; },
          "The shapes that are taken, where they are enumerated.")
      .def_prop_ro("shape_ranges", &shape_ranges_of,
                   "(lowest, highest) of each extent, both allowed, where the shape is flexible; "
                   "highest None is no bound.")
      .def_prop_ro("size", &size_of, "(width, height) of a picture in pixels; None for others.")
      .def_prop_ro(
          "enumerated_sizes", [](const FeatureDescription& f) { return f.image.enumerated; },
          "The (width, height) that are taken, where they are enumerated.")
      .def_prop_ro("color", &color_of, "The colour layout of a picture; None for others.")
      .def_ro("int64_keys", &FeatureDescription::int64_keys,
              "True for dictionaries and sequences of integers, False for texts.")
      .def("__repr__", &repr_of);
}

void bind_metadata(nb::module_& m) {
  nb::class_<ModelMetadata>(m, "ModelMetadata", "Author, licence and the like.")
      .def_ro("short_description", &ModelMetadata::short_description,
              "What the model does, in its author's words.")
      .def_ro("version", &ModelMetadata::version, "The author's own version text.")
      .def_ro("author", &ModelMetadata::author, "Who made it.")
      .def_ro("license", &ModelMetadata::license, "Under which terms.")
      .def_ro("user_defined", &ModelMetadata::user_defined, "Further texts by name: a dict.");
  nb::class_<FunctionDescription>(m, "FunctionDescription",
                                  "What one function of an ML program takes and gives.")
      .def_ro("name", &FunctionDescription::name, "What Model(function_name=...) takes.")
      .def_ro("inputs", &FunctionDescription::inputs,
              "What it takes: a list of FeatureDescription.")
      .def_ro("outputs", &FunctionDescription::outputs,
              "What it gives: a list of FeatureDescription.")
      .def_ro("states", &FunctionDescription::states,
              "Buffers that live from one prediction to the next.")
      .def_ro("predicted_feature_name", &FunctionDescription::predicted_feature_name,
              "The output with a classifier's label; \"\" for others.")
      .def_ro("predicted_probabilities_name", &FunctionDescription::predicted_probabilities_name,
              "The output with a classifier's probabilities; \"\" for others.");
}

void bind_enums(nb::module_& m) {
  nb::enum_<ComputeUnits>(m, "ComputeUnits",
                          "Where a model may run. Only the CPU exists; the others run there too.")
      .value("ALL", ComputeUnits::kAll)
      .value("CPU_ONLY", ComputeUnits::kCpuOnly)
      .value("CPU_AND_GPU", ComputeUnits::kCpuAndGpu)
      .value("CPU_AND_NE", ComputeUnits::kCpuAndNeuralEngine);
  nb::enum_<FeatureType>(m, "FeatureType", "The kinds of features Core ML knows.")
      .value("INVALID", FeatureType::kInvalid)
      .value("INT64", FeatureType::kInt64)
      .value("DOUBLE", FeatureType::kDouble)
      .value("STRING", FeatureType::kString)
      .value("IMAGE", FeatureType::kImage)
      .value("MULTI_ARRAY", FeatureType::kMultiArray)
      .value("DICTIONARY", FeatureType::kDictionary)
      .value("SEQUENCE", FeatureType::kSequence)
      .value("STATE", FeatureType::kState);
}

}  // namespace

void bind_description(nb::module_& m) {
  bind_enums(m);
  bind_feature(m);
  bind_metadata(m);
  nb::class_<ModelDescription>(m, "ModelDescription", "Everything a model says of itself.")
      .def_ro("inputs", &ModelDescription::inputs,
              "What predict() takes: a list of FeatureDescription.")
      .def_ro("outputs", &ModelDescription::outputs,
              "What predict() gives, in this order: a list of FeatureDescription.")
      .def_ro("states", &ModelDescription::states,
              "Buffers that live from one prediction to the next.")
      .def_ro("predicted_feature_name", &ModelDescription::predicted_feature_name,
              "The output with a classifier's label or a regressor's value; \"\" for others.")
      .def_ro("predicted_probabilities_name", &ModelDescription::predicted_probabilities_name,
              "The output with a classifier's probabilities; \"\" for others.")
      .def_ro("metadata", &ModelDescription::metadata,
              "Author, licence and the like: a ModelMetadata.")
      .def_ro("specification_version", &ModelDescription::specification_version,
              "1 to 10: the version of the format that it needs.")
      .def_ro("model_type", &ModelDescription::model_type,
              "\"neuralNetworkClassifier\", \"mlProgram\", ...: as the format names it.")
      .def_ro("class_labels", &ModelDescription::class_labels,
              "A classifier's labels, texts or integers; None for others.")
      .def_ro("updatable", &ModelDescription::updatable, "True when the model may be trained on.")
      .def_ro("training_inputs", &ModelDescription::training_inputs,
              "What an updatable model is trained with.")
      .def_ro("functions", &ModelDescription::functions,
              "Of a multi-function ML program: a list of FunctionDescription; [] for others.")
      .def_ro("default_function_name", &ModelDescription::default_function_name,
              "The function that Model() loads where none is named; may be \"\".")
      .def("__repr__", &model_repr);
}

}  // namespace pome::python
