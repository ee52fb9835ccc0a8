#include "image/codec/exif.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/checked.h"

namespace pome::image {
namespace {

/// Numbers of either byte order at offsets that may lie anywhere.
class Reader {
 public:
  Reader(std::span<const std::byte> bytes, bool little) : bytes_(bytes), little_(little) {}

  std::optional<uint32_t> u16(uint64_t offset) const { return number(offset, 2); }
  std::optional<uint32_t> u32(uint64_t offset) const { return number(offset, 4); }
  bool starts_with(uint64_t offset, std::string_view text) const {
    const auto part = checked_slice(bytes_, offset, text.size());
    return part &&
           std::string_view(reinterpret_cast<const char*>(part->data()), part->size()) == text;
  }

 private:
  std::optional<uint32_t> number(uint64_t offset, int size) const {
    const auto part = checked_slice(bytes_, offset, static_cast<uint64_t>(size));
    if (!part) return std::nullopt;
    uint32_t value = 0;
    for (int i = 0; i < size; ++i)
      value = value << 8 |
              static_cast<uint32_t>((*part)[static_cast<size_t>(little_ ? size - 1 - i : i)]);
    return value;
  }

  std::span<const std::byte> bytes_;
  bool little_;
};

constexpr uint32_t kOrientationTag = 0x0112;
constexpr uint32_t kShort = 3;
constexpr std::string_view kExifHeader("Exif\0\0", 6);

}  // namespace

int tiff_orientation(std::span<const std::byte> tiff) {
  const bool little = Reader(tiff, true).starts_with(0, "II");
  const Reader r(tiff, little);
  if (!little && !r.starts_with(0, "MM")) return 1;
  if (r.u16(2) != 42u) return 1;
  const auto directory = r.u32(4);
  if (!directory) return 1;
  const auto entries = r.u16(*directory);
  for (uint32_t i = 0; entries && i < *entries; ++i) {
    const uint64_t entry = uint64_t{*directory} + 2 + uint64_t{12} * i;
    const auto tag = r.u16(entry);
    if (!tag) return 1;
    if (*tag != kOrientationTag) continue;
    const auto value = r.u16(entry + 8);
    const bool fits = r.u16(entry + 2) == kShort && r.u32(entry + 4) == 1u;
    return fits && value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
  }
  return 1;
}

int jpeg_orientation(std::span<const std::byte> file) {
  const Reader r(file, false);
  uint64_t offset = 2;
  while (true) {
    const auto marker = r.u16(offset);
    if (!marker || (*marker & 0xff00u) != 0xff00u) return 1;
    if (*marker == 0xffffu) {  // a fill byte
      ++offset;
      continue;
    }
    const bool alone = *marker == 0xff01u || (*marker >= 0xffd0u && *marker <= 0xffd8u);
    if (alone) {
      offset += 2;
      continue;
    }
    const auto length = r.u16(offset + 2);
    if (*marker == 0xffdau || *marker == 0xffd9u || !length || *length < 2) return 1;
    const auto segment = checked_slice(file, offset + 4, *length - 2);
    if (!segment) return 1;
    if (*marker == 0xffe1u && Reader(*segment, false).starts_with(0, kExifHeader))
      return tiff_orientation(segment->subspan(kExifHeader.size()));
    offset += 2 + uint64_t{*length};
  }
}

int png_orientation(std::span<const std::byte> file) {
  const Reader r(file, false);
  uint64_t offset = 8;
  while (true) {
    const auto length = r.u32(offset);
    if (!length || r.starts_with(offset + 4, "IEND")) return 1;
    const auto chunk = checked_slice(file, offset + 8, *length);
    if (!chunk) return 1;
    if (r.starts_with(offset + 4, "eXIf")) return tiff_orientation(*chunk);
    offset += 12 + uint64_t{*length};
  }
}

}  // namespace pome::image
