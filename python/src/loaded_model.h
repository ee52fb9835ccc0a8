// A model with what Python needs beside it.
#pragma once

#include <nanobind/nanobind.h>

#include <filesystem>
#include <string>
#include <vector>

#include "errors.h"
#include "pome/model.h"

namespace pome::python {

/// pome::Model, whose names are kept as Python strings with their hash. Threads: as pome::Model.
class LoadedModel {
 public:
  LoadedModel(Model model, Flavor flavor);

  const Model& model() const { return model_; }
  Flavor flavor() const { return flavor_; }

  /// One prediction; the GIL is released while the model runs. `state` may be null.
  nanobind::dict predict(const nanobind::dict& inputs, const PredictionOptions& options,
                         State* state = nullptr) const;
  /// One prediction an element.
  nanobind::list predict(const nanobind::list& batch, const PredictionOptions& options) const;

 private:
  struct Name {
    std::string utf8;
    nanobind::object text;
  };
  static std::vector<Name> names_of(const std::vector<FeatureDescription>& features);
  FeatureProvider gather(const nanobind::dict& inputs) const;
  void gather_unknown(const nanobind::dict& inputs, FeatureProvider& into) const;
  nanobind::dict scatter(FeatureProvider outputs) const;

  Model model_;
  Flavor flavor_;
  std::vector<Name> inputs_;   // in the order of description().inputs
  std::vector<Name> outputs_;  // ... of description().outputs
};

}  // namespace pome::python
