#include "format/package.h"

#include <algorithm>
#include <cstddef>
#include <system_error>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"

namespace pome::format {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxManifestBytes = 4u << 20;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// What a folder without manifest seems to be.
Error not_a_package(const fs::path& path) {
  if (is_there(path / "encryptionInfo")) {
    return Error(ErrorCode::kUnsupported,
                 "this is an encrypted compiled model: its key is with Apple, who gives it to "
                 "Apple's systems alone. Use the .mlmodel or .mlpackage that it was compiled from");
  }
  if (is_there(path / "coremldata.bin") || is_there(path / "model.mil") ||
      is_there(path / "model.espresso.net")) {
    return Error(ErrorCode::kUnsupported,
                 "this is a model compiled by Apple's tools (.mlmodelc), which is not supported "
                 "yet; give the .mlmodel or .mlpackage that it was compiled from");
  }
  if (is_there(path / "saved_model.pb") || is_there(path / "saved_model.pbtxt")) {
    return Error(ErrorCode::kInvalidFormat,
                 "this folder is a TensorFlow SavedModel, not a Core ML package");
  }
  if (is_there(path / "Data" / "com.apple.CoreML")) {
    return Error(ErrorCode::kInvalidFormat,
                 "the package has no Manifest.json; copy the whole folder again");
  }
  return Error(ErrorCode::kInvalidFormat,
               "this folder is no Core ML package: it has no Manifest.json; give an .mlpackage "
               "folder or an .mlmodel file");
}

/// True when `path` is `root` or lies below it; both canonical.
bool lies_inside(const fs::path& root, const fs::path& path) {
  const auto [end_of_root, ignored] =
      std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end_of_root == root.end();
}

/// The folder of the item that holds weights. An item may be listed though its folder was never
/// made: a model without blobs.
Result<std::optional<fs::path>> find_weights(const Manifest& manifest, const fs::path& root) {
  for (const ManifestItem& item : manifest.items) {
    if (item.author != "com.apple.CoreML" || item.name != "weights") continue;
    if (!is_there(root / "Data" / item.path)) break;
    POME_ASSIGN(fs::path weights, resolve_inside(root, root / "Data", item.path));
    return std::optional<fs::path>(std::move(weights));
  }
  return std::optional<fs::path>();
}

}  // namespace

Result<fs::path> resolve_inside(const fs::path& root, const fs::path& base,
                                std::string_view relative) {
  const std::string reason = unsafe_path_reason(relative);
  if (!reason.empty())
    return Error(ErrorCode::kInvalidModel, "the path " + pome::quoted(relative) + " " + reason);
  std::error_code failed;
  const fs::path inside = fs::canonical(root, failed);
  const fs::path joined = failed ? fs::path() : fs::canonical(base / relative, failed);
  if (failed) {
    return Error(ErrorCode::kNotFound, "the package refers to " + pome::quoted(relative) +
                                           ", which it does not contain (" + failed.message() +
                                           "); copy the whole folder again");
  }
  if (!lies_inside(inside, joined)) {
    return Error(ErrorCode::kInvalidModel,
                 "the path " + pome::quoted(relative) + " is a link that leaves the package");
  }
  return joined;
}

namespace {

Result<Package> open_compiled(const fs::path& path) {
  Package package;
  package.root = path;
  POME_ASSIGN(package.model, resolve_inside(path, path, "model.mlmodel"));
  if (is_there(path / "weights")) {
    POME_ASSIGN(package.weights, resolve_inside(path, path, "weights"));
  }
  return package;
}

}  // namespace

Result<Package> open_package(const fs::path& path) {
  if (is_there(path / kCompiledMarker)) return open_compiled(path);
  const fs::path manifest_path = path / "Manifest.json";
  if (!is_there(manifest_path)) return not_a_package(path);
  POME_TRY(resolve_inside(path, path, "Manifest.json"));
  POME_ASSIGN(const std::vector<std::byte> bytes, read_file(manifest_path, kMaxManifestBytes));
  Result<Manifest> manifest =
      parse_manifest({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!manifest) return std::move(manifest).error().at("Manifest.json");
  Package package;
  package.root = path;
  POME_ASSIGN(package.model,
              resolve_inside(path, path / "Data", manifest->items[manifest->root].path));
  POME_ASSIGN(package.weights, find_weights(*manifest, path));
  return package;
}

}  // namespace pome::format
