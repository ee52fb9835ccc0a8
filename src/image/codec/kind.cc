#include "image/codec/kind.h"

#include <algorithm>

namespace pome::image {
namespace {

struct Signature {
  size_t offset;
  std::string_view bytes;
  Sniffed result;
};

using namespace std::string_view_literals;

constexpr Signature kSignatures[] = {
    {0, "\xff\xd8\xff"sv, {FileKind::kJpeg, "a JPEG picture"}},
    {0, "\x89PNG\r\n\x1a\n"sv, {FileKind::kPng, "a PNG picture"}},
    {0, "GIF87a"sv, {FileKind::kOther, "a GIF picture"}},
    {0, "GIF89a"sv, {FileKind::kOther, "a GIF picture"}},
    {8, "WEBP"sv, {FileKind::kOther, "a WebP picture"}},
    {4, "ftypavi"sv, {FileKind::kOther, "an AVIF picture"}},
    {4, "ftyphei"sv, {FileKind::kOther, "an HEIC picture"}},
    {4, "ftyphev"sv, {FileKind::kOther, "an HEIC picture"}},
    {4, "ftypmif1"sv, {FileKind::kOther, "an HEIC picture"}},
    {4, "ftypmsf1"sv, {FileKind::kOther, "an HEIC picture"}},
    {4, "ftyp"sv, {FileKind::kOther, "a film"}},
    {0, "II*\0"sv, {FileKind::kOther, "a TIFF picture"}},
    {0, "MM\0*"sv, {FileKind::kOther, "a TIFF picture"}},
    {0, "\0\0\0\x0cJXL "sv, {FileKind::kOther, "a JPEG XL picture"}},
    {0, "\xff\x0a"sv, {FileKind::kOther, "a JPEG XL picture"}},
    {0, "\0\0\0\x0cjP  "sv, {FileKind::kOther, "a JPEG 2000 picture"}},
    {0, "%PDF"sv, {FileKind::kOther, "a PDF document"}},
    {0, "8BPS"sv, {FileKind::kOther, "a Photoshop document"}},
    {0, "\0\0\1\0"sv, {FileKind::kOther, "an icon"}},
    {0, "PK\3\4"sv, {FileKind::kOther, "a ZIP archive"}},
    {0, "\x1f\x8b"sv, {FileKind::kOther, "a gzip archive"}},
    {0, "\x89HDF"sv, {FileKind::kOther, "an HDF5 file"}},
    {0, "\x93NUMPY"sv, {FileKind::kOther, "a NumPy array"}},
    {0,
     "version https://git-lfs"sv,
     {FileKind::kOther, "a git-lfs pointer in place of the file (run `git lfs pull`)"}},
    {0, "<svg"sv, {FileKind::kOther, "an SVG drawing"}},
    {0, "BM"sv, {FileKind::kOther, "a BMP picture"}},
};

bool is_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\r' || c == '\t' || (c & 0x80);
  });
}

}  // namespace

Sniffed sniff(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              std::min<size_t>(bytes.size(), 512));
  if (text.empty()) return {FileKind::kOther, "empty"};
  for (const Signature& s : kSignatures) {
    if (text.size() >= s.offset + s.bytes.size() &&
        text.substr(s.offset, s.bytes.size()) == s.bytes) {
      return s.result;
    }
  }
  if (is_text(text)) return {FileKind::kOther, "a text file"};
  return {FileKind::kOther, "of a kind that is not known"};
}

}  // namespace pome::image
