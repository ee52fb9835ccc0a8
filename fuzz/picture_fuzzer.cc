// Any bytes as a picture: what decodes is as large as it says, stands upright, and fits every
// input. The first byte chooses what it is fitted to. Runs the EXIF parsers on the bytes as they
// are, too: the decoders would stop most of them.
#include <cstdlib>
#include <span>
#include <vector>

#include "image/codec/decoders.h"
#include "image/codec/exif.h"
#include "image/fit.h"

namespace pome::image {
namespace {

void check_orientations(std::span<const std::byte> file) {
  for (const int o : {jpeg_orientation(file), png_orientation(file), tiff_orientation(file)})
    if (o < 1 || o > 8) std::abort();
}

void check_fit(const Image& picture, unsigned choice) {
  const int width = 1 + static_cast<int>(choice % 7) * 5;
  const int height = 1 + static_cast<int>(choice % 5) * 6;
  const auto mode = static_cast<CropAndScale>(choice % 3);
  std::vector<float> planes(static_cast<size_t>(width * height) * 3, -1);
  if (!fit(picture, width, height, ColorLayout::kBgr, mode, planes.data(), nullptr).ok())
    std::abort();
  for (float v : planes)
    if (!(v >= 0 && v <= 255)) std::abort();
}

}  // namespace
}  // namespace pome::image

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pome::image;
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::span<const std::byte> file(reinterpret_cast<const std::byte*>(data + 1), size - 1);
  check_orientations(file);
  DecodeLimits limits;
  limits.max_pixels = limits.max_progressive_pixels = 40'000;
  limits.max_scan_pixels = 400'000;
  const auto choose = [&](int width, int height) {
    return divisor_for(width, height, 1 + static_cast<int>(choice % 9), 4,
                       static_cast<pome::CropAndScale>(choice % 3));
  };
  const auto picture = decode(file, "fuzz", choose, limits);
  if (!picture.ok()) return 0;
  const auto pixels = static_cast<size_t>(picture->width()) *
                      static_cast<size_t>(picture->height()) *
                      pome::bytes_per_pixel(picture->format());
  if (picture->pixels().size() != pixels) std::abort();
  check_fit(*picture, choice);
  return 0;
}
