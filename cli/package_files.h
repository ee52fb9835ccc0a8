// The files that a model consists of.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "pome/result.h"

namespace pome::cli {

/// A model's own file, and its weight files by the names that Model::load() takes.
struct PackageFiles {
  std::filesystem::path specification;
  std::map<std::string, std::filesystem::path> weights;
};

/// The files of an .mlmodel or .mlpackage, as absolute paths; nothing outside the package. Errors:
/// no such file, a manifest that does not name a model, kUnsupported for .mlmodelc.
Result<PackageFiles> package_files(const std::filesystem::path& model);

}  // namespace pome::cli
