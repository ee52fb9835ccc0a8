// The folder .mlpackage and its Manifest.json.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pome/result.h"

namespace pome::format {

/// One entry of a manifest.
struct ManifestItem {
  std::string identifier;
  /// Below the package's folder Data; relative, without "..", "." and empty parts.
  std::string path;
  std::string name;
  std::string author;
  std::string description;
};

/// A manifest whose root item was found.
struct Manifest {
  std::vector<ManifestItem> items;  // in the order of their identifiers
  size_t root = 0;                  // which item is the model
};

/// Reads the text of a Manifest.json. Errors (kInvalidModel, places name the key): not JSON, keys
/// missing, doubled or of the wrong kind, rootModelIdentifier empty or without item, paths that are
/// absolute, leave the package or stand twice.
Result<Manifest> parse_manifest(std::string_view text);
/// Writes one; keys sorted, indented by four, so that equal manifests are equal bytes.
std::string manifest_text(const Manifest& manifest);

/// Where the parts of a package lie.
struct Package {
  std::filesystem::path root;   // the package
  std::filesystem::path model;  // the model message, a regular file
  /// The folder of weight files, when there is one.
  std::optional<std::filesystem::path> weights;
};

/// The file that makes a folder a compiled model of ours; beside it lie model.mlmodel, weights/
/// and, for networks, model.mil (save.h writes them).
inline constexpr const char* kCompiledMarker = "pome.json";

/// Reads the manifest of the folder `path` and finds its parts; or finds those of a compiled model
/// of ours. Symbolic links are followed only while they stay inside. A folder that is neither is
/// refused with what it seems to be instead (a compiled .mlmodelc of Apple's is kUnsupported).
Result<Package> open_package(const std::filesystem::path& path);

/// Joins a relative path of a file's to `base`, and makes sure that the result exists and lies
/// below `root` once links are followed.
Result<std::filesystem::path> resolve_inside(const std::filesystem::path& root,
                                             const std::filesystem::path& base,
                                             std::string_view relative);

/// The reason why `path` may not be joined to a folder (absolute, "..", empty part, NUL); empty
/// when it may.
std::string unsafe_path_reason(std::string_view path);

}  // namespace pome::format
