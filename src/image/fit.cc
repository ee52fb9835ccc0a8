#include "image/fit.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "base/half.h"
#include "base/try.h"
#include "feature/image_builder.h"

namespace pome::image {
namespace {

struct Channels {
  int red, green, blue;  // byte offsets in a pixel
};

Channels channels_of(PixelFormat format) {
  if (format == PixelFormat::kBgr8 || format == PixelFormat::kBgra8) return {2, 1, 0};
  if (format == PixelFormat::kGray8) return {0, 0, 0};
  return {0, 1, 2};
}

bool is_gray(ColorLayout color) {
  return color == ColorLayout::kGrayscale || color == ColorLayout::kGrayscaleFloat16;
}

void to_planes(const Image& picture, ColorLayout color, float* planes) {
  const size_t pixels =
      static_cast<size_t>(picture.width()) * static_cast<size_t>(picture.height());
  const size_t step = bytes_per_pixel(picture.format());
  const auto* p = reinterpret_cast<const uint8_t*>(picture.pixels().data());
  if (picture.format() == PixelFormat::kGray16F) {
    for (size_t i = 0; i < pixels; ++i) {
      uint16_t h;
      std::memcpy(&h, p + i * 2, 2);
      for (size_t c = 0; c < (is_gray(color) ? 1u : 3u); ++c)
        planes[c * pixels + i] = half_to_float(h);
    }
    return;
  }
  const Channels c = channels_of(picture.format());
  const int order[3] = {color == ColorLayout::kBgr ? c.blue : c.red, c.green,
                        color == ColorLayout::kBgr ? c.red : c.blue};
  if (!is_gray(color)) {
    for (size_t k = 0; k < 3; ++k)
      for (size_t i = 0; i < pixels; ++i)
        planes[k * pixels + i] = p[i * step + static_cast<size_t>(order[k])];
    return;
  }
  for (size_t i = 0; i < pixels; ++i) {
    const uint8_t* q = p + i * step;
    // BT.601 in 16-bit fixed point, rounded, as Pillow's convert("L"): equal pixels give the same
    // gray.
    planes[i] = static_cast<float>(
        (q[c.red] * 19595u + q[c.green] * 38470u + q[c.blue] * 7471u + 0x8000u) >> 16);
  }
}

}  // namespace

Status fit(const Image& picture, int width, int height, ColorLayout color, CropAndScale,
           float* planes, ThreadPool*) {
  if (picture.width() != width || picture.height() != height) {
    return Error(ErrorCode::kUnsupported,
                 "the picture is " + std::to_string(picture.width()) + " x " +
                     std::to_string(picture.height()) + ", the input " + std::to_string(width) +
                     " x " + std::to_string(height) + "; resizing is not supported yet");
  }
  to_planes(picture, color, planes);
  return {};
}

Result<Image> to_image(const float* planes, int width, int height, ColorLayout color) {
  const PixelFormat format = color == ColorLayout::kGrayscale          ? PixelFormat::kGray8
                             : color == ColorLayout::kGrayscaleFloat16 ? PixelFormat::kGray16F
                                                                       : PixelFormat::kRgb8;
  POME_ASSIGN(ImageBuilder builder, ImageBuilder::create(format, width, height));
  const size_t pixels = static_cast<size_t>(width) * static_cast<size_t>(height);
  auto* out = reinterpret_cast<uint8_t*>(builder.pixels());
  if (format == PixelFormat::kGray16F) {
    for (size_t i = 0; i < pixels; ++i) {
      const uint16_t h = float_to_half(planes[i]);
      std::memcpy(out + 2 * i, &h, 2);
    }
    return std::move(builder).build();
  }
  const size_t channels = format == PixelFormat::kGray8 ? 1 : 3;
  for (size_t k = 0; k < channels; ++k) {
    const float* plane = planes + (color == ColorLayout::kBgr ? 2 - k : k) * pixels;
    for (size_t i = 0; i < pixels; ++i) {
      const float v = std::isnan(plane[i]) ? 0.0f : std::clamp(plane[i], 0.0f, 255.0f);
      out[i * channels + k] = static_cast<uint8_t>(std::lrintf(v));
    }
  }
  return std::move(builder).build();
}

}  // namespace pome::image
