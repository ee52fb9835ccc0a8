// What kind of file some bytes are.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace pome::image {

enum class FileKind { kJpeg, kPng, kOther };

struct Sniffed {
  FileKind kind = FileKind::kOther;
  /// For people: "a GIF picture", "a text file", "empty"; of JPEG and PNG too.
  std::string_view description;
};

/// Looks at the first bytes.
Sniffed sniff(std::span<const std::byte> bytes);

}  // namespace pome::image
