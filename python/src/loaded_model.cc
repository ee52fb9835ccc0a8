#include "loaded_model.h"

#include <utility>

#include "from_feature.h"
#include "text.h"
#include "to_feature.h"

namespace pome::python {

namespace nb = nanobind;

LoadedModel::LoadedModel(Model model, Flavor flavor)
    : model_(std::move(model)),
      flavor_(flavor),
      inputs_(names_of(model_.description().inputs)),
      outputs_(names_of(model_.description().outputs)) {}

std::vector<LoadedModel::Name> LoadedModel::names_of(
    const std::vector<FeatureDescription>& features) {
  std::vector<Name> names;
  for (const FeatureDescription& feature : features) {
    PyObject* text = to_str(feature.name).release().ptr();
    PyUnicode_InternInPlace(&text);
    names.push_back({feature.name, nb::steal(text)});
  }
  return names;
}

FeatureProvider LoadedModel::gather(const nb::dict& inputs) const {
  const std::vector<FeatureDescription>& features = model_.description().inputs;
  FeatureProvider provider;
  Py_ssize_t found = 0;
  for (size_t i = 0; i < features.size(); ++i) {
    PyObject* value = PyDict_GetItemWithError(inputs.ptr(), inputs_[i].text.ptr());
    if (value == nullptr) {
      if (PyErr_Occurred() != nullptr) throw nb::python_error();
      continue;
    }
    ++found;
    const nb::object held = nb::borrow(value);  // converting it may run code that lets go of it
    if (value == Py_None && features[i].optional) continue;
    Result<FeatureValue> feature = to_feature(value, &features[i], flavor_);
    if (!feature.ok()) {
      Error error = std::move(feature).error();
      raise(error.at("input \"" + inputs_[i].utf8 + "\""), flavor_);
    }
    provider.set(inputs_[i].utf8, *std::move(feature));
  }
  if (found != PyDict_GET_SIZE(inputs.ptr())) gather_unknown(inputs, provider);
  return provider;
}

void LoadedModel::gather_unknown(const nb::dict& inputs, FeatureProvider& into) const {
  PyObject* key = nullptr;
  PyObject* value = nullptr;
  Py_ssize_t at = 0;
  while (PyDict_Next(inputs.ptr(), &at, &key, &value)) {
    const auto name = text_of(key);
    if (!name) {
      raise(Error(ErrorCode::kTypeMismatch, "the names of inputs are texts, " + short_repr(key) +
                                                " (" + type_name(key) + ") came"),
            flavor_);
    }
    // The model says which names there are, and the nearest.
    if (model_.description().input(*name) == nullptr) into.set(std::string(*name), FeatureValue(0));
  }
}

nb::dict LoadedModel::scatter(FeatureProvider outputs) const {
  nb::dict out;
  std::vector<FeatureProvider::Entry> entries = std::move(outputs).take();
  for (size_t i = 0; i < entries.size(); ++i) {
    auto& [name, value] = entries[i];
    const bool known = i < outputs_.size() && outputs_[i].utf8 == name;
    const nb::object key = known ? outputs_[i].text : to_str(name);
    const nb::object item = from_feature(std::exchange(value, {}), flavor_);
    if (PyDict_SetItem(out.ptr(), key.ptr(), item.ptr()) != 0) throw nb::python_error();
  }
  return out;
}

nb::dict LoadedModel::predict(const nb::dict& inputs, const PredictionOptions& options,
                              State* state) const {
  const FeatureProvider provider = gather(inputs);
  Result<FeatureProvider> outputs = [&] {
    const nb::gil_scoped_release free;
    return state == nullptr ? model_.predict(provider, options)
                            : model_.predict(provider, *state, options);
  }();
  return scatter(unwrap(std::move(outputs), flavor_));
}

nb::list LoadedModel::predict(const nb::list& batch, const PredictionOptions& options) const {
  std::vector<FeatureProvider> providers;
  for (size_t i = 0; i < batch.size(); ++i) {
    const nb::object element = batch[i];
    if (!PyDict_Check(element.ptr())) {
      Error error(ErrorCode::kTypeMismatch, "a dict of inputs is wanted, a value of type " +
                                                type_name(element.ptr()) + " came");
      raise(error.at("element " + std::to_string(i)), flavor_);
    }
    providers.push_back(gather(nb::borrow<nb::dict>(element)));
  }
  Result<std::vector<FeatureProvider>> outputs = [&] {
    const nb::gil_scoped_release free;
    return model_.predict(std::span<const FeatureProvider>(providers), options);
  }();
  nb::list out;
  for (FeatureProvider& provider : unwrap(std::move(outputs), flavor_))
    out.append(scatter(std::move(provider)));
  return out;
}

}  // namespace pome::python
