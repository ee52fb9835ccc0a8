#include "convert/common/sniff.h"

#include <string_view>

namespace pome::translate {
namespace {

struct Signature {
  size_t at;
  std::string_view bytes;
  std::string_view what;
};

using namespace std::string_view_literals;

constexpr Signature kSignatures[] = {
    {0, "\x89PNG\r\n\x1a\n"sv, "a PNG picture"},
    {0, "\xff\xd8\xff"sv, "a JPEG picture"},
    {0, "GIF8"sv, "a GIF picture"},
    {0, "BM"sv, "a BMP picture"},
    {8, "WEBP"sv, "a WebP picture"},
    {4, "TFL3"sv, "a TensorFlow Lite model"},
    {0, "version https://git-lfs"sv,
     "a Git LFS pointer: the file itself was not fetched (git lfs pull gets it)"},
    {0, "{"sv, "JSON: an architecture without weights"},
    {0, "%PDF"sv, "a PDF document"},
    {0, "\x1f\x8b"sv, "a gzip archive: unpack it first"},
    {257, "ustar"sv, "a tar archive: unpack it first"},
    {0, "\x93NUMPY"sv, "a NumPy array"},
    {0, "\x80\x02"sv, "a Python pickle, which may hold code and is never read"},
    {0, "<!DOCTYPE"sv, "a web page"},
    {0, "<html"sv, "a web page"},
    {0, "\x08\x01"sv, "a Core ML model or another protobuf file"},
};

}  // namespace

FileKind sniff(std::span<const std::byte> head, std::string& what) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  const auto has = [&](size_t at, std::string_view bytes) {
    return text.size() >= at + bytes.size() && text.substr(at, bytes.size()) == bytes;
  };
  if (has(0, "\x89HDF\r\n\x1a\n"sv)) return FileKind::kHdf5;
  if (has(0, "PK\x03\x04"sv) || has(0, "PK\x05\x06"sv)) return FileKind::kZip;
  what = text.empty() ? "an empty file" : "of an unknown kind";
  for (const Signature& s : kSignatures) {
    if (!has(s.at, s.bytes)) continue;
    what = s.what;
    break;
  }
  return FileKind::kOther;
}

std::string describe_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(folder / "saved_model.pb", ignored) ||
      std::filesystem::exists(folder / "saved_model.pbtxt", ignored))
    return "a TensorFlow SavedModel, which is not supported. Load it in Python with Keras and save "
           "it with model.save(\"model.keras\")";
  if (std::filesystem::exists(folder / "Manifest.json", ignored))
    return "a Core ML package: it needs no conversion";
  return "a folder, a model file was expected";
}

}  // namespace pome::translate
