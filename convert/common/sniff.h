// What a file is, by its first bytes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace pome::translate {

enum class FileKind { kHdf5, kZip, kOther };

/// The kind; for kOther `what` says in words what it seems to be, as in "a PNG picture".
FileKind sniff(std::span<const std::byte> head, std::string& what);

/// What a folder is: "a TensorFlow SavedModel", "a Core ML package", "a folder".
std::string describe_folder(const std::filesystem::path& folder);

}  // namespace pome::translate
