// Writing models: the same model gives the same bytes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/model_file.h"
#include "format/model_fwd.h"
#include "pome/result.h"

namespace pome::format {

/// The bytes of a model message, map entries sorted by key. kLimitExceeded over 2 GiB.
Result<std::vector<std::byte>> serialize(const CoreML::Specification::Model& model);

/// A file to be put into a package's folder of weights. Borrows.
struct WeightPart {
  std::string name;  // "weight.bin"
  std::span<const std::byte> bytes;
};

/// Writes a package folder: a temporary one beside `path`, then renamed. An existing package (or
/// empty folder) is replaced; any other existing thing is refused and left as it is. Identifiers in
/// the manifest are derived from the content.
Status write_package(const std::filesystem::path& path, std::span<const std::byte> model,
                     std::span<const WeightPart> weights);

/// Writes a loaded model as it was read, byte for byte, weight files included. The suffix says what
/// it becomes: `.mlmodel` (only of a model that lies in one file) or `.mlpackage`.
Status write_unchanged(const ModelFile& file, const std::filesystem::path& path);

/// Writes the folder of a compiled model, which open_package() opens and which may be moved: the
/// model as it was read, its weight files, and `mil` (MIL text, may be empty) as model.mil. It must
/// not be there yet; an empty folder is replaced.
Status write_compiled(const ModelFile& file, const std::filesystem::path& path,
                      std::string_view mil);

}  // namespace pome::format
