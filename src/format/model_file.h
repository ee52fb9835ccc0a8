// A model file or package, loaded.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "format/limits.h"
#include "format/model_fwd.h"
#include "format/package.h"
#include "pome/result.h"

namespace pome::format {

/// The newest specification version that is read.
inline constexpr int kNewestSpecification = 10;

/// The weight files that a model may refer to. A plain value; cheap to copy.
class WeightFiles {
 public:
  /// None: every reference is an error.
  WeightFiles() = default;
  explicit WeightFiles(Package package) : package_(std::move(package)) {}
  /// Files in memory, by the path that follows "@model_path/", or by their plain names.
  using InMemory = std::map<std::string, std::shared_ptr<const MappedFile>, std::less<>>;
  explicit WeightFiles(InMemory files) : in_memory_(std::move(files)) {}

  /// Maps the file of a reference as a model writes it ("@model_path/weights/weight.bin") and
  /// checks its header. Each call maps anew: keep what it returns. Never opens anything outside of
  /// the package.
  Result<std::shared_ptr<const MappedFile>> open(std::string_view reference) const;

 private:
  Result<std::shared_ptr<const MappedFile>> find(std::string_view reference) const;

  std::optional<Package> package_;
  InMemory in_memory_;
};

/// A model message with the bytes that it was read from. Movable; may be read from many threads.
class ModelFile {
 public:
  /// Loads an .mlmodel (a file) or an .mlpackage (a folder); which one is told from the content.
  /// The bytes are scanned within `limits` before protobuf sees them. Errors carry the path as
  /// their first place: kNotFound and kIo; kInvalidFormat for a file that is something else (a
  /// picture, an archive, a git-lfs pointer, ...: the message names it); kCorrupt; kInvalidModel
  /// (no version, no type); kUnsupported (a newer version, a compiled model); kLimitExceeded.
  static Result<ModelFile> load(const std::filesystem::path& path, const Limits& limits = {});
  /// The same for the bytes of an .mlmodel that `owner` keeps alive. Errors have no place.
  static Result<ModelFile> parse(std::span<const std::byte> bytes,
                                 std::shared_ptr<const void> owner, const Limits& limits = {});

  /// Include "format/proto/model.pb.h" to look inside.
  const CoreML::Specification::Model& model() const { return *model_; }
  /// The same, to be kept alive by constants that view its bytes.
  const std::shared_ptr<const CoreML::Specification::Model>& share() const { return model_; }
  /// The format's name of the model's type: "neuralNetwork", "mlProgram", "pipeline", ...
  std::string_view type_name() const { return type_name_; }
  /// As given to load(); empty after parse().
  const std::filesystem::path& path() const { return path_; }
  /// Where it lies, when it is a package.
  const std::optional<Package>& package() const { return package_; }
  /// The message as it was read: an unchanged model is written with these, since no serialiser
  /// gives back the order of maps that its first writer had.
  std::span<const std::byte> bytes() const { return bytes_; }
  WeightFiles weights() const { return package_ ? WeightFiles(*package_) : WeightFiles(); }

 private:
  ModelFile() = default;
  std::shared_ptr<const CoreML::Specification::Model> model_;
  std::string_view type_name_;
  std::filesystem::path path_;
  std::optional<Package> package_;
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
};

/// The format's name of the member that is set in Model's oneof Type; empty when none is.
std::string_view model_type_name(const CoreML::Specification::Model& model);

/// True for the types that a tensor program is made of: mlProgram and the three neural networks.
bool is_network(std::string_view type_name);

/// Checks what every model must have, parts of pipelines included (at most 16 in one another): a
/// specification version of 1 to kNewestSpecification, and a type.
Status check_model(const CoreML::Specification::Model& model);

}  // namespace pome::format
