// pome/image_input.h, the part that decodes.
#include <algorithm>
#include <string>

#include "image/codec/decoders.h"
#include "pome/image_input.h"

namespace pome {

Result<Image> decode_image(std::span<const std::byte> bytes, std::string_view name,
                           const DecodeOptions& options) {
  if (options.max_pixels < 0 || options.for_width < 0 || options.for_height < 0) {
    return Error(ErrorCode::kInvalidArgument,
                 "decoding for at most " + std::to_string(options.max_pixels) + " pixels and " +
                     std::to_string(options.for_width) + " x " +
                     std::to_string(options.for_height) + "; none may be negative");
  }
  image::DecodeLimits limits;
  limits.max_pixels = std::min(limits.max_pixels, options.max_pixels);
  limits.max_progressive_pixels = std::min(limits.max_progressive_pixels, options.max_pixels);
  image::ChooseDivisor choose;
  if (options.for_width > 0 && options.for_height > 0) {
    choose = [&options](int from_width, int from_height) {
      return image::divisor_for(from_width, from_height, options.for_width, options.for_height,
                                options.crop_and_scale);
    };
  }
  return image::decode(bytes, name, choose, limits);
}

}  // namespace pome
