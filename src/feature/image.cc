#include "pome/image.h"

#include <cstring>
#include <exception>

#include "base/try.h"
#include "feature/image_builder.h"

namespace pome {

size_t bytes_per_pixel(PixelFormat format) {
  switch (format) {
    case PixelFormat::kGray8:
      return 1;
    case PixelFormat::kGray16F:
      return 2;
    case PixelFormat::kRgb8:
    case PixelFormat::kBgr8:
      return 3;
    case PixelFormat::kRgba8:
    case PixelFormat::kBgra8:
      return 4;
  }
  return 0;
}

std::string_view to_string(PixelFormat format) {
  switch (format) {
    case PixelFormat::kGray8:
      return "Gray8";
    case PixelFormat::kGray16F:
      return "Gray16F";
    case PixelFormat::kRgb8:
      return "RGB8";
    case PixelFormat::kBgr8:
      return "BGR8";
    case PixelFormat::kRgba8:
      return "RGBA8";
    case PixelFormat::kBgra8:
      return "BGRA8";
  }
  return "unknown";
}

Result<ImageBuilder> ImageBuilder::create(PixelFormat format, int width, int height) {
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide) {
    return Error(ErrorCode::kInvalidArgument, "a picture of " + std::to_string(width) + " x " +
                                                  std::to_string(height) +
                                                  " pixels; both sides must be 1 to 65535");
  }
  ImageBuilder builder;
  builder.format_ = format;
  builder.width_ = width;
  builder.height_ = height;
  builder.stride_ = static_cast<size_t>(width) * bytes_per_pixel(format);
  try {
    builder.data_ =
        std::make_shared<std::vector<std::byte>>(builder.stride_ * static_cast<size_t>(height));
  } catch (const std::exception&) {
    return Error(ErrorCode::kOutOfMemory, "no memory for a picture of " + std::to_string(width) +
                                              " x " + std::to_string(height) + " pixels");
  }
  return builder;
}

Image ImageBuilder::build() && {
  Image image;
  image.format_ = format_;
  image.width_ = width_;
  image.height_ = height_;
  image.data_ = std::move(data_);
  image.notes_ = std::move(notes_);
  return image;
}

Result<Image> Image::from_pixels(PixelFormat format, int width, int height,
                                 std::span<const std::byte> pixels) {
  POME_ASSIGN(ImageBuilder builder, ImageBuilder::create(format, width, height));
  const size_t needed = builder.stride() * static_cast<size_t>(height);
  if (pixels.size() != needed) {
    return Error(ErrorCode::kInvalidArgument,
                 "a picture of " + std::to_string(width) + " x " + std::to_string(height) + " " +
                     std::string(to_string(format)) + " pixels needs " + std::to_string(needed) +
                     " bytes, " + std::to_string(pixels.size()) + " were given");
  }
  std::memcpy(builder.pixels(), pixels.data(), needed);
  return std::move(builder).build();
}

}  // namespace pome
