// From a path to something that predicts.
#pragma once

#include <filesystem>
#include <memory>

#include "feature/predictor.h"
#include "import/imported.h"
#include "pome/model_configuration.h"
#include "pome/result.h"

namespace pome::api {

/// Reads a model file or package and imports its program: no passes, no plan. kUnsupported, naming
/// the type, for models that are no networks.
Result<import::ImportedModel> import_model(const std::filesystem::path& path,
                                           const ModelConfiguration& configuration);

/// The whole way: import, passes, plan, session. Errors carry the path as their first place.
Result<std::unique_ptr<Predictor>> load_predictor(const std::filesystem::path& path,
                                                  const ModelConfiguration& configuration);

}  // namespace pome::api
