// From a path to something that predicts.
#pragma once

#include <filesystem>
#include <memory>

#include "api/factory.h"

namespace pome::api {

/// What a loaded file is made of, for make_predictor() and import_network().
ModelSource source_of(const format::ModelFile& file);

/// The whole way: load, import, passes, plan, session. Errors carry the path as their first place.
Result<std::unique_ptr<Predictor>> load_predictor(const std::filesystem::path& path,
                                                  const ModelConfiguration& configuration);

}  // namespace pome::api
