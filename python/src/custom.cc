#include "custom.h"

#include <nanobind/stl/string.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "errors.h"
#include "from_feature.h"
#include "pome/custom.h"
#include "text.h"
#include "to_feature.h"

namespace pome::python {

namespace nb = nanobind;

namespace {

using Shapes = std::vector<std::vector<int64_t>>;

/// A Python object that threads without the GIL may copy and drop.
class Held {
 public:
  explicit Held(nb::object object)
      : object_(new nb::object(std::move(object)), [](nb::object* o) {
          if (Py_IsInitialized() == 0) return;  // the process ends: nothing is to be freed any more
          const nb::gil_scoped_acquire gil;
          delete o;
        }) {}
  const nb::object& operator*() const { return *object_; }
  const nb::object* operator->() const { return object_.get(); }

 private:
  std::shared_ptr<nb::object> object_;
};

/// Runs `body` with the GIL; a Python exception becomes an Error.
template <typename Body>
auto guarded(const char* what, Body body) -> decltype(body()) {
  const nb::gil_scoped_acquire gil;
  try {
    return body();
  } catch (nb::python_error& error) {
    const nb::object text = nb::steal(PyObject_Str(error.value().ptr()));
    if (!text.is_valid()) PyErr_Clear();
    const auto utf8 = text.is_valid() ? text_of(text.ptr()) : std::nullopt;
    return Error(ErrorCode::kInvalidArgument, std::string(what) + " raised " +
                                                  type_name(error.value().ptr()) + ": " +
                                                  std::string(utf8.value_or("?")));
  } catch (const std::exception& error) {
    return Error(ErrorCode::kTypeMismatch,
                 std::string(what) + " gave something else than is wanted (" + error.what() + ")");
  }
}

nb::object parameter(const CustomParameter& value) {
  if (const auto* number = std::get_if<double>(&value)) return nb::float_(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return to_str(*text);
  if (const auto* whole = std::get_if<int64_t>(&value)) return nb::int_(*whole);
  if (const auto* truth = std::get_if<bool>(&value)) return nb::bool_(*truth);
  const auto& bytes = std::get<std::vector<std::byte>>(value);
  return nb::bytes(bytes.data(), bytes.size());
}

nb::dict parameters_of(const CustomParameters& parameters) {
  nb::dict out;
  for (const auto& [name, value] : parameters) out[to_str(name)] = parameter(value);
  return out;
}

nb::list weights_of(const CustomLayerSource& source) {
  nb::list out;
  for (const MultiArray& array : source.weights) out.append(from_multi_array(array, Flavor::kPome));
  return out;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? "," : "") + std::to_string(shape[i]);
  return text + "]";
}

nb::list shapes_list(const Shapes& shapes) {
  nb::list out;
  for (const auto& shape : shapes) {
    nb::list extents;
    for (const int64_t extent : shape) extents.append(extent);
    out.append(nb::tuple(extents));
  }
  return out;
}

Shapes shapes_from(nb::handle object) {
  Shapes shapes;
  for (const nb::handle shape : nb::iter(object)) {
    shapes.emplace_back();
    for (const nb::handle extent : nb::iter(shape))
      shapes.back().push_back(nb::cast<int64_t>(extent));
  }
  return shapes;
}

/// A layer's arrays are copied, so that the object may keep them.
class PythonLayer final : public CustomLayer {
 public:
  explicit PythonLayer(nb::object object) : object_(std::move(object)) {}

  Result<Shapes> output_shapes(const Shapes& input_shapes) const override {
    return guarded("output_shapes()", [&]() -> Result<Shapes> {
      return shapes_from(object_->attr("output_shapes")(shapes_list(input_shapes)));
    });
  }

  Status evaluate(std::span<const CustomInput> inputs,
                  std::span<const CustomOutput> outputs) const override {
    return guarded("evaluate()", [&]() -> Status {
      nb::list arrays;
      for (const CustomInput& input : inputs) {
        auto array =
            MultiArray::from_floats({input.shape.begin(), input.shape.end()}, input.values);
        if (!array.ok()) return std::move(array).error();
        arrays.append(from_multi_array(*std::move(array), Flavor::kPome));
      }
      nb::object result = object_->attr("evaluate")(arrays);
      if (!PyList_Check(result.ptr()) && !PyTuple_Check(result.ptr()))
        result = nb::make_tuple(result);
      if (nb::len(result) != outputs.size()) {
        return Error(ErrorCode::kShapeMismatch,
                     "evaluate() gave " + std::to_string(nb::len(result)) +
                         " arrays, the layer has " + std::to_string(outputs.size()) + " outputs");
      }
      for (size_t i = 0; i < outputs.size(); ++i) {
        Status copied = copy(result[i], outputs[i]);
        if (!copied.ok()) return std::move(copied).error().at("output " + std::to_string(i));
      }
      return {};
    });
  }

 private:
  static Status copy(const nb::object& from, const CustomOutput& to) {
    Result<MultiArray> array = to_multi_array(from.ptr(), nullptr);
    if (!array.ok()) return std::move(array).error();
    if (!std::ranges::equal(array->shape(), to.shape)) {
      return Error(ErrorCode::kShapeMismatch, "evaluate() gave an array of shape " +
                                                  shape_text(array->shape()) +
                                                  ", output_shapes() had said " +
                                                  shape_text({to.shape.begin(), to.shape.end()}));
    }
    const std::vector<float> values = array->to_floats();
    std::ranges::copy(values, to.values.begin());
    return {};
  }

  Held object_;
};

class PythonModel final : public CustomModel {
 public:
  PythonModel(nb::object object, ModelDescription description)
      : object_(std::move(object)), description_(std::move(description)) {}

  Result<FeatureProvider> predict(const FeatureProvider& inputs) const override {
    return guarded("predict()", [&]() -> Result<FeatureProvider> {
      nb::dict values;
      for (const auto& [name, value] : inputs)
        values[to_str(name)] = from_feature(value, Flavor::kPome);
      const nb::object result = object_->attr("predict")(values);
      FeatureProvider outputs;
      for (const FeatureDescription& feature : description_.outputs) {
        const nb::object value = result[to_str(feature.name)];
        Result<FeatureValue> converted = to_feature(value.ptr(), &feature, Flavor::kPome);
        if (!converted.ok())
          return std::move(converted).error().at("output \"" + feature.name + "\"");
        outputs.set(feature.name, *std::move(converted));
      }
      return outputs;
    });
  }

 private:
  Held object_;
  ModelDescription description_;
};

template <typename Register>
void each(const nb::object& factories, Register add) {
  if (factories.is_none()) return;
  for (auto [name, factory] : nb::cast<nb::dict>(factories)) {
    if (!text_of(name.ptr()) || PyCallable_Check(factory.ptr()) == 0) {
      raise(Error(ErrorCode::kTypeMismatch,
                  "custom layers and models are wanted as {\"ClassName\": class}, " +
                      short_repr(name.ptr()) + ": " + short_repr(factory.ptr()) + " came"));
    }
    add(std::string(*text_of(name.ptr())), Held(nb::borrow(factory)));
  }
}

}  // namespace

void register_custom(const nb::object& layers, const nb::object& models,
                     ModelConfiguration& configuration) {
  each(layers, [&](std::string name, Held factory) {
    configuration.custom_layers[std::move(name)] =
        [factory](const CustomLayerSource& source) -> Result<std::unique_ptr<CustomLayer>> {
      return guarded("the layer's class", [&]() -> Result<std::unique_ptr<CustomLayer>> {
        return std::unique_ptr<CustomLayer>(new PythonLayer((*factory)(nb::cast(source))));
      });
    };
  });
  each(models, [&](std::string name, Held factory) {
    configuration.custom_models[std::move(name)] =
        [factory](const CustomModelSource& source) -> Result<std::unique_ptr<CustomModel>> {
      return guarded("the model's class", [&]() -> Result<std::unique_ptr<CustomModel>> {
        return std::unique_ptr<CustomModel>(
            new PythonModel((*factory)(nb::cast(source)), source.description));
      });
    };
  });
}

void bind_custom(nb::module_& m) {
  nb::class_<CustomLayerSource>(m, "CustomLayerSource", "What a custom layer is made from.")
      .def_ro("class_name", &CustomLayerSource::class_name, "As the file names the class.")
      .def_ro("layer_name", &CustomLayerSource::layer_name, "The name of this layer.")
      .def_prop_ro(
          "parameters", [](const CustomLayerSource& s) { return parameters_of(s.parameters); },
          "The file's parameters: float, str, int, bool or bytes by name.")
      .def_prop_ro("weights", &weights_of,
                   "The file's weights, arrays of one axis: float32 or float16, quantised or raw "
                   "bytes as int8.");
  nb::class_<CustomModelSource>(m, "CustomModelSource", "What a custom model is made from.")
      .def_ro("class_name", &CustomModelSource::class_name, "As the file names the class.")
      .def_ro("description", &CustomModelSource::description,
              "What the model is to take and give: a ModelDescription.")
      .def_prop_ro(
          "parameters", [](const CustomModelSource& s) { return parameters_of(s.parameters); },
          "The file's parameters: float, str, int, bool or bytes by name.");
}

}  // namespace pome::python
