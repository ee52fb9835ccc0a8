// Turning and mirroring pictures.
#include <algorithm>
#include <cstring>

#include "base/try.h"
#include "feature/image_builder.h"
#include "image/codec/decoders.h"

namespace pome::image {
namespace {

/// Where the pixel that comes to (x, y) lies in the source: first + x * right + y * down, in bytes.
struct Walk {
  ptrdiff_t first, right, down;
};

Walk walk_of(int orientation, ptrdiff_t width, ptrdiff_t height, ptrdiff_t pixel) {
  const ptrdiff_t row = width * pixel;
  const ptrdiff_t last_column = (width - 1) * pixel;
  const ptrdiff_t last_row = (height - 1) * row;
  switch (orientation) {
    case 2:  // mirrored left to right
      return {last_column, -pixel, row};
    case 3:  // upside down
      return {last_row + last_column, -pixel, -row};
    case 4:  // mirrored top to bottom
      return {last_row, pixel, -row};
    case 5:  // rows are columns
      return {0, row, pixel};
    case 6:  // to be turned clockwise
      return {last_row, -row, pixel};
    case 7:  // rows are columns, both backwards
      return {last_row + last_column, -row, -pixel};
    case 8:  // to be turned counterclockwise
      return {last_column, row, -pixel};
    default:
      return {0, pixel, row};
  }
}

/// In tiles, because one of the two pictures is walked down its columns.
template <size_t kPixel>
void copy(const std::byte* from, const Walk& walk, std::byte* to, int width, int height) {
  constexpr int kTile = 32;
  for (int top = 0; top < height; top += kTile) {
    const int bottom = std::min(top + kTile, height);
    for (int left = 0; left < width; left += kTile) {
      const int right = std::min(left + kTile, width);
      for (int y = top; y < bottom; ++y) {
        const std::byte* p = from + walk.first + left * walk.right + y * walk.down;
        std::byte* q =
            to + (static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(left)) *
                     kPixel;
        for (int x = left; x < right; ++x, p += walk.right, q += kPixel) std::memcpy(q, p, kPixel);
      }
    }
  }
}

}  // namespace

Result<Image> turn_upright(Image picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  const bool swapped = orientation >= 5;
  const int width = swapped ? picture.height() : picture.width();
  const int height = swapped ? picture.width() : picture.height();
  POME_ASSIGN(ImageBuilder builder, ImageBuilder::create(picture.format(), width, height));
  const size_t pixel = bytes_per_pixel(picture.format());
  const Walk walk =
      walk_of(orientation, picture.width(), picture.height(), static_cast<ptrdiff_t>(pixel));
  const std::byte* from = picture.pixels().data();
  if (pixel == 1) copy<1>(from, walk, builder.pixels(), width, height);
  if (pixel == 2) copy<2>(from, walk, builder.pixels(), width, height);
  if (pixel == 3) copy<3>(from, walk, builder.pixels(), width, height);
  if (pixel == 4) copy<4>(from, walk, builder.pixels(), width, height);
  for (const std::string& note : picture.notes()) builder.add_note(note);
  return std::move(builder).build();
}

}  // namespace pome::image
