#include "format/recognise.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace pome::format {
namespace {

using namespace std::string_view_literals;

struct Magic {
  size_t offset;
  std::string_view bytes;
  std::string_view sentence;
};

constexpr std::array kMagics = {
    Magic{0, "\x89PNG\r\n\x1a\n"sv, "this is a PNG picture, not a model"},
    Magic{0, "\xff\xd8\xff"sv, "this is a JPEG picture, not a model"},
    Magic{0, "GIF8"sv, "this is a GIF picture, not a model"},
    Magic{0, "%PDF"sv, "this is a PDF document, not a model"},
    Magic{0, "PK\x03\x04"sv,
          "this is a ZIP archive; unpack it first (a .keras file is converted with pome convert)"},
    Magic{0, "PK\x05\x06"sv, "this is an empty ZIP archive, not a model"},
    Magic{0, "\x1f\x8b"sv, "this is a gzip archive; unpack it first"},
    Magic{0, "BZh"sv, "this is a bzip2 archive; unpack it first"},
    Magic{0,
          "\xfd"
          "7zXZ"sv,
          "this is an xz archive; unpack it first"},
    Magic{257, "ustar"sv, "this is a tar archive; unpack it first"},
    Magic{0, "\x89HDF\r\n\x1a\n"sv,
          "this is an HDF5 file, as Keras writes them; turn it into a Core ML model with pome "
          "convert"},
    Magic{4, "TFL3"sv, "this is a TensorFlow Lite model, not a Core ML one"},
    Magic{0,
          "\x7f"
          "ELF"sv,
          "this is a program or library for Linux, not a model"},
    Magic{0, "\x80\x02"sv, "this is a Python pickle, which is never opened; not a model"},
    Magic{0, "\x93NUMPY"sv, "this is a NumPy array, not a model"},
    Magic{0, "bplist00"sv, "this is a binary property list of macOS, not a model"},
    Magic{0, "book\0\0\0\0mark"sv,
          "this is a macOS bookmark (an alias), not the model that it points to; copy the model "
          "itself"},
    Magic{0, "version https://git-lfs"sv,
          "this is a git-lfs pointer, not the model; fetch the model with git lfs pull"},
    Magic{0, "<!DOCTYPE"sv, "this is a web page; the download did not give the model"},
    Magic{0, "<html"sv, "this is a web page; the download did not give the model"},
};

/// True when the start is printable text.
bool is_text(std::string_view head) {
  // A character may be cut at the end of what we look at.
  while (!head.empty() && static_cast<unsigned char>(head.back()) >= 0x80) head.remove_suffix(1);
  return !head.empty() && is_valid_utf8(head) && std::ranges::none_of(head, [](unsigned char c) {
    return (c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
  });
}

}  // namespace

std::string recognise(std::span<const std::byte> bytes) {
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                              std::min<size_t>(bytes.size(), 512));
  for (const Magic& magic : kMagics)
    if (head.size() >= magic.offset && head.substr(magic.offset).starts_with(magic.bytes))
      return std::string(magic.sentence);
  if (is_text(head))
    return "this is a text file, not a model; it starts with " + pome::quoted(head, 40);
  return {};
}

}  // namespace pome::format
