// Pictures out of files: the part of pome/image.h that is in libpome_image.
#include <algorithm>
#include <string>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "image/codec/decoders.h"
#include "image/codec/exif.h"
#include "image/codec/kind.h"
#include "image/placement.h"

namespace pome {
namespace image {
namespace {

constexpr uint64_t kMaxFileBytes = uint64_t{512} << 20;

Result<Image> decode_kind(std::span<const std::byte> file, const ChooseDivisor& choose,
                          const DecodeLimits& limits) {
  const Sniffed sniffed = sniff(file);
  if (sniffed.kind == FileKind::kPng) {
    POME_ASSIGN(Image stored, decode_png(file, limits));
    return turn_upright(std::move(stored), png_orientation(file));
  }
  if (sniffed.kind == FileKind::kJpeg) {
    const int orientation = jpeg_orientation(file);
    const auto choose_stored = [&](int width, int height) {
      if (!choose) return 1;
      return orientation >= 5 ? choose(height, width) : choose(width, height);
    };
    POME_ASSIGN(Image stored, decode_jpeg(file, choose_stored, limits));
    return turn_upright(std::move(stored), orientation);
  }
  return Error(ErrorCode::kInvalidFormat,
               "the file is " + std::string(sniffed.description) +
                   ", a JPEG or PNG picture is expected" +
                   (sniffed.description.find("picture") == std::string_view::npos
                        ? ""
                        : "; save it as one of these with a picture editor first"));
}

Result<Image> open(const std::filesystem::path& path, const ChooseDivisor& choose) {
  Result<std::vector<std::byte>> bytes = read_file(path, kMaxFileBytes);
  if (!bytes.ok()) return std::move(bytes).error();
  return decode(*bytes, path.string(), choose, DecodeLimits{});
}

}  // namespace

Result<Image> decode(std::span<const std::byte> file, std::string_view name,
                     const ChooseDivisor& choose, const DecodeLimits& limits) {
  Result<Image> picture = decode_kind(file, choose, limits);
  if (!picture.ok()) return std::move(picture).error().at(std::string(name));
  return picture;
}

int divisor_for(int from_width, int from_height, int width, int height, CropAndScale mode) {
  for (int divisor : {8, 4, 2}) {
    const int w = (from_width + divisor - 1) / divisor;  // as the decoder rounds
    const int h = (from_height + divisor - 1) / divisor;
    const Placement p = place(w, h, width, height, mode);
    if (p.x1 - p.x0 >= 3 * p.width && p.y1 - p.y0 >= 3 * p.height) return divisor;
  }
  return 1;
}

}  // namespace image

Result<Image> Image::open(const std::filesystem::path& path) { return image::open(path, {}); }

Result<Image> Image::decode(std::span<const std::byte> bytes, std::string_view name) {
  return image::decode(bytes, name, {}, image::DecodeLimits{});
}

Result<Image> Image::open_for(const std::filesystem::path& path, int width, int height,
                              CropAndScale mode) {
  if (width < 1 || height < 1) {
    return Error(ErrorCode::kInvalidArgument, "a target of " + std::to_string(width) + " x " +
                                                  std::to_string(height) +
                                                  " pixels; both sides must be at least 1");
  }
  return image::open(path, [=](int from_width, int from_height) {
    return image::divisor_for(from_width, from_height, width, height, mode);
  });
}

}  // namespace pome
