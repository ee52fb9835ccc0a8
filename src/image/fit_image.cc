// pome/image_input.h, the part that needs no decoder.
#include "pome/image_input.h"

#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/try.h"
#include "feature/color_layout.h"
#include "feature/image_builder.h"
#include "feature/input_shapes.h"
#include "image/fit.h"

namespace pome {

Result<Image> fit_image(const Image& picture, const ImageConstraint& input, CropAndScale mode) {
  const auto [width, height] = nearest_size(input, picture.width(), picture.height());
  if (width < 1 || height < 1 || width > ImageBuilder::kMaxSide ||
      height > ImageBuilder::kMaxSide) {
    return Error(ErrorCode::kLimitExceeded, "the input is " + std::to_string(width) + " x " +
                                                std::to_string(height) +
                                                " pixels; sides of 1 to 65535 are possible");
  }
  const size_t channels = is_gray(input.color) ? 1 : 3;
  const size_t values = static_cast<size_t>(width) * static_cast<size_t>(height) * channels;
  POME_ASSIGN(AlignedBuffer planes, AlignedBuffer::allocate(values * sizeof(float)));
  POME_TRY(image::fit(picture, static_cast<int>(width), static_cast<int>(height), input.color, mode,
                      planes.as<float>(), nullptr));
  return image::to_image(planes.as<float>(), static_cast<int>(width), static_cast<int>(height),
                         input.color);
}

}  // namespace pome
