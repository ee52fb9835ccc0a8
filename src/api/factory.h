// From a model message to something that predicts, whatever its type.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "feature/predictor.h"
#include "format/model_file.h"
#include "import/imported.h"
#include "import/mil/import_mil.h"
#include "pome/model_configuration.h"
#include "pome/result.h"

namespace pome::api {

/// The linked models around a model.
struct Links {
  std::vector<std::filesystem::path> chain;  // outermost first; canonical
  std::shared_ptr<int> loaded;               // how many the whole model has loaded; null: none yet
};

/// Where a message came from; parts of pipelines have their own message and the whole's files.
struct ModelSource {
  std::shared_ptr<const CoreML::Specification::Model> model;  // keeps alive all that it is part of
  format::WeightFiles weights;
  Links links = {};
};

/// Imports the program of a network: no passes, no plan. `options` as for ML programs; a neural
/// network has one function, "main", and custom layers that `custom_layers` makes. The program
/// keeps alive what it needs of `source`. kInvalidArgument for other types.
Result<import::ImportedModel> import_network(const ModelSource& source,
                                             ModelDescription description,
                                             const import::MilOptions& options = {},
                                             const CustomLayerFactories* custom_layers = nullptr);

/// Makes the predictor of a model of any type. `depth` counts the pipelines around it. Errors:
/// kUnsupported, naming the type, why, and what to do instead, for types that only Apple's systems
/// run.
Result<std::unique_ptr<Predictor>> make_predictor(const ModelSource& source,
                                                  const ModelConfiguration& configuration,
                                                  int depth = 0);

}  // namespace pome::api
