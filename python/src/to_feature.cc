#include "to_feature.h"

#include <cmath>
#include <string>
#include <utility>

#include "text.h"

namespace pome::python {

namespace nb = nanobind;

namespace {

bool wants(const FeatureDescription* feature, FeatureType type) {
  return feature != nullptr && feature->type == type;
}

Result<double> number_of(PyObject* value) {
  const double number = PyFloat_AsDouble(value);
  if (number == -1.0 && PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    return Error(ErrorCode::kTypeMismatch,
                 "a number is wanted, " + short_repr(value) + " (" + type_name(value) + ") came");
  }
  return number;
}

/// A scalar for an array of one element.
Result<FeatureValue> as_array(double number, const FeatureDescription& feature) {
  Result<MultiArray> array = MultiArray::create(
      MultiArrayDataType::kFloat64, std::vector<int64_t>(feature.multi_array.shape.size(), 1));
  if (!array.ok()) return std::move(array).error();
  array->set(0, number);
  return FeatureValue(*std::move(array));
}

Result<FeatureValue> from_int(PyObject* value, const FeatureDescription* feature) {
  const auto number = int64_of(value);
  if (!number) {
    return Error(ErrorCode::kInvalidArgument,
                 "the integer " + short_repr(value) + " does not fit 64 bits");
  }
  if (wants(feature, FeatureType::kMultiArray))
    return as_array(static_cast<double>(*number), *feature);
  if (wants(feature, FeatureType::kDouble)) return FeatureValue(static_cast<double>(*number));
  return FeatureValue(*number);
}

Result<FeatureValue> from_float(double number, const FeatureDescription* feature) {
  if (wants(feature, FeatureType::kMultiArray)) return as_array(number, *feature);
  if (wants(feature, FeatureType::kInt64) &&
      (!std::isfinite(number) || std::trunc(number) != number)) {
    return Error(ErrorCode::kTypeMismatch,
                 "the input takes Int64, " + std::to_string(number) + " is no whole number");
  }
  return FeatureValue(number);
}

Result<FeatureValue> from_dictionary(PyObject* dict, const FeatureDescription* feature) {
  PyObject* key = nullptr;
  PyObject* value = nullptr;
  Py_ssize_t at = 0;
  // Described String keys may be Int64 ones in truth (converters write so): the model looks again.
  bool numbers = wants(feature, FeatureType::kDictionary) && feature->int64_keys;
  if (!numbers && PyDict_Next(dict, &at, &key, &value)) numbers = int64_of(key).has_value();
  StringDictionary texts;
  Int64Dictionary integers;
  at = 0;
  while (PyDict_Next(dict, &at, &key, &value)) {
    // A value's __float__ is code that may take both out of the dictionary.
    const nb::object held_key = nb::borrow(key);
    const nb::object held_value = nb::borrow(value);
    Result<double> number = number_of(value);
    if (!number.ok()) return std::move(number).error().at("key " + short_repr(key));
    const auto integer = numbers ? int64_of(key) : std::nullopt;
    const auto text = numbers ? std::nullopt : text_of(key);
    if (!integer && !text) {
      return Error(ErrorCode::kTypeMismatch, "the dictionary's keys are to be " +
                                                 std::string(numbers ? "integers" : "texts") +
                                                 ", " + short_repr(key) + " (" + type_name(key) +
                                                 ") came");
    }
    if (numbers) {
      integers[*integer] = *number;
    } else {
      texts[std::string(*text)] = *number;
    }
  }
  if (numbers) return FeatureValue(std::move(integers));
  return FeatureValue(std::move(texts));
}

Result<FeatureValue> from_sequence(PyObject* list, const FeatureDescription& feature) {
  const nb::object fast = nb::steal(PySequence_Fast(list, "a list is wanted"));
  std::vector<int64_t> integers;
  std::vector<std::string> texts;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast.ptr()); ++i) {
    const nb::object held = nb::borrow(PySequence_Fast_GET_ITEM(fast.ptr(), i));
    PyObject* item = held.ptr();
    const auto integer = feature.int64_keys ? int64_of(item) : std::nullopt;
    const auto text = feature.int64_keys ? std::nullopt : text_of(item);
    if (!integer && !text) {
      return Error(ErrorCode::kTypeMismatch,
                   "the sequence's elements are to be " +
                       std::string(feature.int64_keys ? "integers" : "texts") + ", element " +
                       std::to_string(i) + " is " + short_repr(item) + " (" + type_name(item) +
                       ")");
    }
    if (integer) integers.push_back(*integer);
    if (text) texts.emplace_back(*text);
  }
  if (feature.int64_keys) return FeatureValue(std::move(integers));
  return FeatureValue(std::move(texts));
}

/// An array where a number is wanted: its only element.
Result<FeatureValue> from_array(PyObject* value, const FeatureDescription* feature) {
  Result<MultiArray> array = to_multi_array(value, feature);
  if (!array.ok()) return std::move(array).error();
  const bool number = wants(feature, FeatureType::kDouble) || wants(feature, FeatureType::kInt64);
  if (number && array->size() == 1) {
    const double v = array->at(0);
    if (const auto whole = int64_of(value); whole && wants(feature, FeatureType::kInt64))
      return FeatureValue(*whole);
    return from_float(v, feature);
  }
  if (number) return not_wanted(value, feature);
  return FeatureValue(*std::move(array));
}

}  // namespace

Error not_wanted(PyObject* value, const FeatureDescription* feature) {
  const std::string came = "a value of type " + type_name(value) + " came";
  if (feature == nullptr) return Error(ErrorCode::kTypeMismatch, came);
  return Error(ErrorCode::kTypeMismatch, came + ", the input takes " + feature->type_text());
}

Result<FeatureValue> to_feature(PyObject* value, const FeatureDescription* feature, Flavor flavor) {
  if (PyFloat_Check(value)) return from_float(PyFloat_AS_DOUBLE(value), feature);
  if (PyLong_Check(value)) return from_int(value, feature);
  if (PyUnicode_Check(value) || PyBytes_Check(value)) {
    const auto text = text_of(value);
    if (text) return FeatureValue(std::string(*text));
    return Error(ErrorCode::kInvalidArgument, "the text " + short_repr(value) + " has no UTF-8");
  }
  if (PyDict_Check(value)) return from_dictionary(value, feature);
  if (wants(feature, FeatureType::kSequence) && (PyList_Check(value) || PyTuple_Check(value)))
    return from_sequence(value, *feature);
  if (wants(feature, FeatureType::kImage) || !PyObject_CheckBuffer(value)) {
    if (is_picture(value)) {
      Result<Image> image = to_image(value, flavor);
      if (!image.ok()) return std::move(image).error();
      return FeatureValue(*std::move(image));
    }
    if (wants(feature, FeatureType::kImage)) {
      Error error = not_wanted(value, feature);
      return Error(error.code(), error.message() + "; give a PIL.Image.Image");
    }
  }
  if (PyObject_CheckBuffer(value) || PyList_Check(value) || PyTuple_Check(value) ||
      PyObject_HasAttrString(value, "__array__")) {
    return from_array(value, feature);
  }
  if (int64_of(value)) return from_int(value, feature);
  return not_wanted(value, feature);
}

}  // namespace pome::python
