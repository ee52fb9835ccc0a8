// Decoders of the two file formats, and the turning of what they give.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "pome/image.h"
#include "pome/result.h"

namespace pome::image {

/// What a picture may cost.
struct DecodeLimits {
  int64_t max_pixels = 300'000'000;
  /// Pixels times scans of a progressive JPEG: its time grows with both, its memory with the
  /// pixels.
  int64_t max_progressive_pixels = 100'000'000;
  int64_t max_scan_pixels = 4'000'000'000;
};

/// Given the stored size, the divisor (1, 2, 4 or 8) at which a JPEG is decoded.
using ChooseDivisor = std::function<int(int width, int height)>;

/// A baseline or progressive JPEG, colour as kRgb8, gray as kGray8, as it is stored (not yet turned
/// upright). Errors: CMYK, 12 bits, lossless (kUnsupported); a damaged beginning, a missing end
/// (kCorrupt); the limits (kLimitExceeded). Damage in the middle gives a note.
Result<Image> decode_jpeg(std::span<const std::byte> file, const ChooseDivisor& choose,
                          const DecodeLimits& limits);

/// A PNG of any kind: 1 to 16 bits (16 are rounded to 8), palette, gray, interlaced. Alpha is
/// flattened on black (v * a / 255, rounded), with a note where it changes something. Gamma and
/// colour profiles are not applied.
Result<Image> decode_png(std::span<const std::byte> file, const DecodeLimits& limits);

/// Turns a picture upright: `orientation` as EXIF has it, 1 to 8.
Result<Image> turn_upright(Image picture, int orientation);

/// Image::decode() with limits; `choose` is given the upright size.
Result<Image> decode(std::span<const std::byte> file, std::string_view name,
                     const ChooseDivisor& choose, const DecodeLimits& limits);

/// The divisor at which a picture of this (upright) size can be decoded for a model of width x
/// height: the largest of 8, 4, 2 that leaves both sides of what is resampled at least three times
/// the size they are resampled to. Photographs then come out 0.9 levels of 255 different on
/// average, against 1.2 with twice the size (docs/performance.md).
int divisor_for(int from_width, int from_height, int width, int height, CropAndScale mode);

}  // namespace pome::image
