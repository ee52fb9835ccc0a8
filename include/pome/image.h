// Pictures in and out of a model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// How a pixel is stored. Rows are packed without gaps, top row first.
enum class PixelFormat : int {
  kGray8,    // 1 byte
  kRgb8,     // 3 bytes: red, green, blue
  kBgr8,     // 3 bytes: blue, green, red
  kRgba8,    // 4 bytes; alpha is ignored by models
  kBgra8,    // 4 bytes
  kGray16F,  // 2 bytes: IEEE half (Core ML's GRAYSCALE_FLOAT16)
};

/// Bytes of one pixel.
size_t bytes_per_pixel(PixelFormat format);
std::string_view to_string(PixelFormat format);

/// How a picture is fitted to a model's input size. All three resample with a filter that averages
/// when it shrinks.
enum class CropAndScale : int {
  kCenterCrop,  // scale so that the shorter side fits, cut the middle out of the longer
  kScaleFit,    // scale so that the longer side fits, fill the rest with black
  kScaleFill,   // stretch to the size; the default
};

/// A pixel buffer. Copies share the pixels, which never change after creation: safe to use from
/// many threads.
///
/// Example: `auto photo = pome::Image::open("photo.jpg").value();`   (open() is in the component
/// pome::image)
class Image {
 public:
  /// Copies pixels. An Error unless width and height are 1 to 65,535 and pixels.size() is their
  /// product times the pixel's bytes.
  static Result<Image> from_pixels(PixelFormat format, int width, int height,
                                   std::span<const std::byte> pixels);
  /// Decodes a JPEG or PNG file and turns it upright as its EXIF orientation says. Alpha is
  /// flattened on black. In libpome_image. Errors: not a JPEG or PNG (the kind is named when it can
  /// be told), CMYK, damaged, over the limits.
  static Result<Image> open(const std::filesystem::path& path);
  /// The same from memory; `name` stands in messages.
  static Result<Image> decode(std::span<const std::byte> bytes, std::string_view name = "picture");
  /// Decodes for a model that wants width x height: a large JPEG may be decoded at 1/2, 1/4 or 1/8
  /// where the result, once fitted by `mode`, cannot differ visibly. In libpome_image.
  static Result<Image> open_for(const std::filesystem::path& path, int width, int height,
                                CropAndScale mode);

  /// The picture as the bytes of a PNG file, 8 bits a channel, alpha kept; or written to `path`,
  /// which is replaced only once everything is written. In libpome_image. Errors: kUnsupported for
  /// kGray16F, which PNG does not have; the file cannot be written.
  Result<std::vector<std::byte>> encode_png() const;
  Status save_png(const std::filesystem::path& path) const;

  /// How the pixels are stored; width and height in pixels; the rows packed.
  PixelFormat format() const { return format_; }
  int width() const { return width_; }
  int height() const { return height_; }
  std::span<const std::byte> pixels() const { return {data_->data(), data_->size()}; }
  /// What was given up while reading, e.g. "alpha was flattened on black"; empty for most pictures.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  friend class ImageBuilder;
  Image() = default;
  PixelFormat format_ = PixelFormat::kRgb8;
  int width_ = 0;
  int height_ = 0;
  std::shared_ptr<const std::vector<std::byte>> data_;
  std::vector<std::string> notes_;
};

}  // namespace pome

#pragma GCC visibility pop
