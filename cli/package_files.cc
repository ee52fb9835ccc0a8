#include "package_files.h"

#include <nlohmann/json.hpp>

#include "arrays.h"
#include "base/text.h"

namespace pome::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostFiles = 1000;

/// Where the manifest says that the model's own file is, below Data/; empty where it says nothing.
std::string root_path(const std::string& manifest) {
  const auto json = nlohmann::json::parse(manifest, nullptr, false);
  if (!json.is_object() || !json.contains("rootModelIdentifier") ||
      !json["rootModelIdentifier"].is_string() || !json.contains("itemInfoEntries"))
    return {};
  const auto& entries = json["itemInfoEntries"];
  const std::string root = json["rootModelIdentifier"];
  if (!entries.is_object() || !entries.contains(root) || !entries[root].is_object()) return {};
  const auto path = entries[root].find("path");
  return path != entries[root].end() && path->is_string() ? path->get<std::string>() : "";
}

/// True when `path`, links followed, lies below `folder`.
bool lies_below(const fs::path& path, const fs::path& folder) {
  std::error_code ignored;
  const fs::path relative = fs::relative(path, folder, ignored);
  return !relative.empty() && *relative.begin() != "..";
}

Result<PackageFiles> files_of_package(const fs::path& package) {
  auto manifest = read_file((package / "Manifest.json").string());
  if (!manifest.ok()) return std::move(manifest).error();
  const std::string root = root_path(*manifest);
  PackageFiles files;
  files.specification = package / "Data" / root;
  std::error_code ignored;
  if (root.empty() || !lies_below(files.specification, package / "Data") ||
      !fs::is_regular_file(files.specification, ignored)) {
    return Error(ErrorCode::kInvalidFormat,
                 "the manifest's root model " + quoted(root) + " is no file of the package")
        .at(package.string());
  }
  const fs::path folder = files.specification.parent_path();
  for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
    // Links are left out, and so is all that they lead to.
    if (!entry.is_regular_file(ignored) || entry.is_symlink(ignored)) continue;
    if (entry.path() == files.specification) continue;
    files.weights[entry.path().lexically_relative(folder).generic_string()] = entry.path();
    if (files.weights.size() > kMostFiles) {
      return Error(ErrorCode::kLimitExceeded,
                   "the package has over " + std::to_string(kMostFiles) + " files")
          .at(package.string());
    }
  }
  return files;
}

}  // namespace

Result<PackageFiles> package_files(const fs::path& model) {
  std::error_code failed;
  const fs::path path = fs::canonical(model, failed);
  if (failed) return Error(ErrorCode::kNotFound, "there is no such file").at(model.string());
  if (!fs::is_directory(path)) return PackageFiles{path, {}};
  if (!fs::exists(path / "Manifest.json")) {
    return Error(ErrorCode::kUnsupported,
                 "only .mlmodel files and .mlpackage folders can be embedded")
        .at(model.string());
  }
  return files_of_package(path);
}

}  // namespace pome::cli
