#include "format/save.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "format/package.h"
#include "format/proto/model.pb.h"

namespace pome::format {
namespace {

namespace fs = std::filesystem;

Error io_error(const std::string& verb, const std::error_code& code) {
  return Error(ErrorCode::kIo, "cannot " + verb + ": " + code.message());
}

/// FNV-1a over 8 bytes at a time: names content, guards nothing.
uint64_t digest(std::span<const std::byte> bytes, uint64_t hash) {
  constexpr uint64_t kPrime = 0x100000001b3;
  while (bytes.size() >= sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof(word));
    hash = (hash ^ word) * kPrime;
    hash ^= hash >> 29;
    bytes = bytes.subspan(sizeof(uint64_t));
  }
  for (const std::byte b : bytes) hash = (hash ^ static_cast<uint64_t>(b)) * kPrime;
  return hash;
}

/// A UUID of version 8 (made of anything), as manifests spell them.
std::string identifier(std::span<const std::byte> content, std::string_view path) {
  const auto name = std::as_bytes(std::span(path));
  const uint64_t high = digest(content, digest(name, 0xcbf29ce484222325));
  const uint64_t low = digest(name, digest(content, 0x9ae16a3b2f90404f) ^ high);
  std::array<char, 40> text;
  std::snprintf(text.data(), text.size(), "%08X-%04X-8%03X-%04X-%012llX",
                static_cast<unsigned>(high >> 32), static_cast<unsigned>((high >> 16) & 0xffff),
                static_cast<unsigned>(high & 0xfff),
                static_cast<unsigned>(0x8000 | ((low >> 48) & 0x3fff)),
                static_cast<unsigned long long>(low & 0xffffffffffff));
  return text.data();
}

Manifest make_manifest(std::span<const std::byte> model, std::span<const WeightPart> weights) {
  constexpr const char* kAuthor = "com.apple.CoreML";
  Manifest manifest;
  const std::string model_path = "com.apple.CoreML/model.mlmodel";
  manifest.items.push_back({identifier(model, model_path), model_path, "model.mlmodel", kAuthor,
                            "CoreML Model Specification"});
  if (!weights.empty()) {
    std::string names;
    for (const WeightPart& part : weights) names += identifier(part.bytes, part.name);
    const std::string path = "com.apple.CoreML/weights";
    manifest.items.push_back({identifier(std::as_bytes(std::span(names)), path), path, "weights",
                              kAuthor, "CoreML Model Weights"});
  }
  return manifest;
}

Status make_folder(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  return failed ? Status(io_error("create the folder " + pome::quoted(path.string()), failed))
                : Status();
}

Status fill_package(const fs::path& root, std::span<const std::byte> model,
                    std::span<const WeightPart> weights) {
  const fs::path data = root / "Data" / "com.apple.CoreML";
  POME_TRY(make_folder(weights.empty() ? data : data / "weights"));
  POME_TRY(write_file_atomically(data / "model.mlmodel", model));
  for (const WeightPart& part : weights) {
    if (part.name.find('/') != std::string::npos || !unsafe_path_reason(part.name).empty()) {
      return Error(ErrorCode::kInvalidArgument,
                   "the weight file name " + pome::quoted(part.name) + " is no plain file name");
    }
    POME_TRY(write_file_atomically(data / "weights" / part.name, part.bytes));
  }
  return write_file_atomically(root / "Manifest.json",
                               manifest_text(make_manifest(model, weights)));
}

Status fill_compiled(const fs::path& root, std::span<const std::byte> model,
                     std::span<const WeightPart> weights, std::string_view mil) {
  POME_TRY(write_file_atomically(root / kCompiledMarker, "{\"format\": 1}\n"));
  POME_TRY(write_file_atomically(root / "model.mlmodel", model));
  if (!mil.empty()) POME_TRY(write_file_atomically(root / "model.mil", mil));
  if (!weights.empty()) POME_TRY(make_folder(root / "weights"));
  for (const WeightPart& part : weights)
    POME_TRY(write_file_atomically(root / "weights" / part.name, part.bytes));
  return {};
}

/// Whether `path` may be replaced by a package.
Status check_replaceable(const fs::path& path) {
  std::error_code failed;
  if (!fs::exists(fs::symlink_status(path, failed))) return {};
  if (fs::is_directory(path, failed) &&
      (fs::is_empty(path, failed) || fs::exists(path / "Manifest.json", failed)))
    return {};
  return Error(ErrorCode::kInvalidArgument,
               "something else has that name already; only a package or an empty folder is "
               "replaced");
}

/// Puts the folder `fresh` in the place of `path`; what stood there comes back when that fails.
Status swap_in(const fs::path& fresh, const fs::path& path) {
  std::error_code failed;
  const fs::path old = fresh.string() + ".old";
  const bool replaces = fs::exists(path, failed);
  if (replaces) fs::rename(path, old, failed);
  if (failed) return io_error("move the old package away", failed);
  fs::rename(fresh, path, failed);
  std::error_code ignored;
  if (failed && replaces) fs::rename(old, path, ignored);
  if (failed) return io_error("rename the new package", failed);
  if (replaces) fs::remove_all(old, ignored);
  return {};
}

/// The path without a trailing slash, which a folder may be given with.
fs::path without_slash(const fs::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

Result<fs::path> make_temporary(const fs::path& target) {
  std::string name = target.string() + ".XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    return io_error("create a folder", std::error_code(errno, std::generic_category()));
  const mode_t mask = ::umask(0);  // mkdtemp gives 0700; it should look like any other new folder
  ::umask(mask);
  ::chmod(name.c_str(), 0777 & ~mask);
  return fs::path(name);
}

/// Maps every file of a folder of weights, in the order of their names.
Status map_weights(const fs::path& folder, std::vector<std::shared_ptr<const MappedFile>>& mapped,
                   std::vector<WeightPart>& parts) {
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    POME_ASSIGN(std::shared_ptr<const MappedFile> part, MappedFile::open(entry->path()));
    parts.push_back({entry->path().filename().string(), part->bytes()});
    mapped.push_back(std::move(part));
  }
  if (failed) return io_error("list the weight files", failed);
  std::ranges::sort(parts, {}, &WeightPart::name);
  return {};
}

}  // namespace

Result<std::vector<std::byte>> serialize(const CoreML::Specification::Model& model) {
  const size_t size = model.ByteSizeLong();
  if (size > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return Error(ErrorCode::kLimitExceeded,
                 "the model message has " + format_bytes(size) +
                     ", 2 GiB is the most that the format allows; write an .mlpackage, whose "
                     "weights have a file of their own");
  }
  std::vector<std::byte> bytes(size);
  google::protobuf::io::ArrayOutputStream array(bytes.data(), static_cast<int>(size));
  google::protobuf::io::CodedOutputStream stream(&array);
  stream.SetSerializationDeterministic(true);
  if (!model.SerializeToCodedStream(&stream))
    return Error(ErrorCode::kInternal, "protobuf could not serialise the model");
  return bytes;
}

Status write_package(const fs::path& path, std::span<const std::byte> model,
                     std::span<const WeightPart> weights) {
  const fs::path target = without_slash(path);
  Status status = check_replaceable(target);
  if (!status) return std::move(status).error().at(target.string());
  Result<fs::path> temporary = make_temporary(target);
  if (!temporary) return std::move(temporary).error().at(target.string());
  status = fill_package(*temporary, model, weights);
  if (status) status = swap_in(*temporary, target);
  std::error_code ignored;
  if (!status) fs::remove_all(*temporary, ignored);
  if (!status) return std::move(status).error().at(target.string());
  return {};
}

Status write_unchanged(const ModelFile& file, const fs::path& path) {
  const std::string suffix = without_slash(path).extension().string();
  std::vector<std::shared_ptr<const MappedFile>> mapped;
  std::vector<WeightPart> parts;
  if (file.package() && file.package()->weights)
    POME_TRY(map_weights(*file.package()->weights, mapped, parts));
  if (suffix == ".mlpackage") return write_package(path, file.bytes(), parts);
  if (suffix != ".mlmodel") {
    return Error(ErrorCode::kInvalidArgument,
                 "the suffix is " + pome::quoted(suffix) + ", .mlmodel or .mlpackage is expected")
        .at(path.string());
  }
  if (!parts.empty()) {
    return Error(ErrorCode::kInvalidArgument,
                 "the model has weight files, which an .mlmodel cannot hold; write an .mlpackage")
        .at(path.string());
  }
  return write_file_atomically(path, file.bytes());
}

Status write_compiled(const ModelFile& file, const fs::path& path, std::string_view mil) {
  const fs::path target = without_slash(path);
  std::error_code failed;
  if (fs::exists(fs::symlink_status(target, failed)) && !fs::is_empty(target, failed)) {
    return Error(ErrorCode::kInvalidArgument, "something of that name is there already")
        .at(target.string());
  }
  std::vector<std::shared_ptr<const MappedFile>> mapped;
  std::vector<WeightPart> parts;
  if (file.package() && file.package()->weights)
    POME_TRY(map_weights(*file.package()->weights, mapped, parts));
  Result<fs::path> temporary = make_temporary(target);
  if (!temporary) return std::move(temporary).error().at(target.string());
  Status status = fill_compiled(*temporary, file.bytes(), parts, mil);
  if (status) {
    fs::rename(*temporary, target, failed);
    if (failed) status = io_error("rename the compiled model", failed);
  }
  std::error_code ignored;
  if (!status) fs::remove_all(*temporary, ignored);
  if (!status) return std::move(status).error().at(target.string());
  return {};
}

}  // namespace pome::format
