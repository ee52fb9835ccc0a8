// From a path to something that predicts.
#pragma once

#include <filesystem>
#include <memory>

#include "feature/predictor.h"
#include "format/model_file.h"
#include "import/imported.h"
#include "pome/model_configuration.h"
#include "pome/result.h"

namespace pome::api {

/// Imports a loaded model's program: no passes, no plan. kUnsupported, naming the type and what to
/// do, for models that are no networks. The program keeps alive what it needs of `file`.
Result<import::ImportedModel> import_model(format::ModelFile file);

/// The whole way: load, import, passes, plan, session. Errors carry the path as their first place.
Result<std::unique_ptr<Predictor>> load_predictor(const std::filesystem::path& path,
                                                  const ModelConfiguration& configuration);

}  // namespace pome::api
