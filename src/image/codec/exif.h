// The orientation that a camera wrote into a picture.
#pragma once

#include <cstddef>
#include <span>

namespace pome::image {

/// EXIF's orientation, 1 to 8: which way the stored rows and columns run. 1 when there is none, or
/// none that makes sense: the bytes may be hostile, nothing outside them is read, and the time is
/// linear in their number.
int jpeg_orientation(std::span<const std::byte> file);
int png_orientation(std::span<const std::byte> file);
/// The same out of the TIFF structure that both carry.
int tiff_orientation(std::span<const std::byte> tiff);

}  // namespace pome::image
