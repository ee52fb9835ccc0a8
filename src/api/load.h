// From a path to something that predicts.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/factory.h"

namespace pome::api {

/// How much a model file may ask for under this configuration.
format::Limits file_limits(const ModelConfiguration& configuration);

/// What a loaded file is made of, for make_predictor() and import_network().
ModelSource source_of(const format::ModelFile& file);

/// The whole way: load, import, passes, plan, session. Errors carry the path as their first place.
Result<std::unique_ptr<Predictor>> load_predictor(const std::filesystem::path& path,
                                                  const ModelConfiguration& configuration);

/// The same from memory. Errors have no path.
Result<std::unique_ptr<Predictor>> load_predictor(
    std::span<const std::byte> specification,
    const std::map<std::string, std::vector<std::byte>>& weights,
    const ModelConfiguration& configuration);

}  // namespace pome::api
