// Pictures on their way into a model: decoding within limits, and what the model really sees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "pome/image.h"
#include "pome/model_description.h"
#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// What decoding a picture may cost, and what it is for. A plain value.
struct DecodeOptions {
  /// Pixels (width x height, as the file's header says) that are decoded at most; a file that
  /// announces more is refused before memory is taken for it.
  int64_t max_pixels = 300'000'000;
  /// Where both are above 0: the size in pixels that the picture will be fitted to by
  /// `crop_and_scale`. A large JPEG may then be decoded at 1/2, 1/4 or 1/8 where the result cannot
  /// differ visibly, as Image::open_for() does.
  int for_width = 0;
  int for_height = 0;
  CropAndScale crop_and_scale = CropAndScale::kScaleFill;
};

/// Decodes the bytes of a JPEG or PNG and turns it upright as its EXIF orientation says: what
/// Image::decode() does, within `options`. `name` stands in messages. In libpome_image.
/// Thread-safe. Errors: as Image::decode(); kLimitExceeded for more pixels than options.max_pixels;
/// kInvalidArgument for a negative size.
Result<Image> decode_image(std::span<const std::byte> bytes, std::string_view name,
                           const DecodeOptions& options = {});

/// What a model with such an input sees of `picture`: fitted to the input's size by `mode` (for an
/// input of flexible size to the nearest that it takes), in its colours (kGray8 or kRgb8, kGray16F
/// for kGrayscaleFloat16; a BGR input comes as kRgb8, its channels are swapped later). Predicting
/// on the result gives the numbers that predicting on `picture` gives. In libpome. Thread-safe.
/// Errors: kLimitExceeded for an input over 65,535 pixels wide or high; memory.
Result<Image> fit_image(const Image& picture, const ImageConstraint& input,
                        CropAndScale mode = CropAndScale::kScaleFill);

}  // namespace pome

#pragma GCC visibility pop
