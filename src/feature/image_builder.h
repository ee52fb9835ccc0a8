// Makes Images out of buffers without copying them.
#pragma once

#include <string>
#include <vector>

#include "pome/image.h"

namespace pome {

/// The decoders' and resizers' way in: fills a buffer, then hands it over. Not thread-safe.
class ImageBuilder {
 public:
  /// The largest width and height.
  static constexpr int kMaxSide = 65535;

  /// An Error unless the sides are in 1..kMaxSide and memory is to be had; pixels are zero.
  static Result<ImageBuilder> create(PixelFormat format, int width, int height);

  std::byte* pixels() { return data_->data(); }
  std::byte* row(int y) { return data_->data() + static_cast<size_t>(y) * stride_; }
  size_t stride() const { return stride_; }
  void add_note(std::string note) { notes_.push_back(std::move(note)); }
  Image build() &&;

 private:
  ImageBuilder() = default;
  PixelFormat format_ = PixelFormat::kRgb8;
  int width_ = 0;
  int height_ = 0;
  size_t stride_ = 0;
  std::shared_ptr<std::vector<std::byte>> data_;
  std::vector<std::string> notes_;
};

}  // namespace pome
