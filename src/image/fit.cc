#include "image/fit.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "base/aligned_buffer.h"
#include "base/half.h"
#include "base/try.h"
#include "feature/color_layout.h"
#include "feature/image_builder.h"
#include "image/filter.h"
#include "image/placement.h"
#include "image/resample.h"

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

/// BT.601 in 16-bit fixed point, rounded, as Pillow's convert("L"): equal pixels give the same
/// gray.
uint32_t luma(uint32_t red, uint32_t green, uint32_t blue) {
  return (red * 19595u + green * 38470u + blue * 7471u + 0x8000u) >> 16;
}

/// A number of a float picture as the target holds it.
template <typename T>
T level_of(float x) {
  if constexpr (std::is_same_v<T, float>) return x;
  return std::isnan(x) ? T{0} : static_cast<T>(std::lrintf(std::clamp(x, 0.0f, 255.0f)));
}

template <typename T>
void to_planes(const Image& picture, ColorLayout color, T* planes) {
  const size_t pixels =
      static_cast<size_t>(picture.width()) * static_cast<size_t>(picture.height());
  const size_t step = bytes_per_pixel(picture.format());
  const auto* p = reinterpret_cast<const uint8_t*>(picture.pixels().data());
  if (picture.format() == PixelFormat::kGray16F) {
    for (size_t i = 0; i < pixels; ++i) {
      uint16_t h;
      std::memcpy(&h, p + i * 2, 2);
      for (size_t c = 0; c < (is_gray(color) ? 1u : 3u); ++c)
        planes[c * pixels + i] = level_of<T>(half_to_float(h));
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
    planes[i] = static_cast<T>(luma(q[c.red], q[c.green], q[c.blue]));
  }
}

/// A row of resampled planes becomes a row of the target.
class RowWriter {
 public:
  RowWriter(const Image& picture, ColorLayout color)
      : gray_source_(picture.format() == PixelFormat::kGray8 ||
                     picture.format() == PixelFormat::kGray16F),
        bytes_(picture.format() != PixelFormat::kGray16F),
        gray_target_(is_gray(color)),
        channels_(channels_of(picture.format())),
        bgr_(color == ColorLayout::kBgr) {}

  /// `row` holds one plane (gray) or three in the picture's order, `plane` floats apart; writes n
  /// numbers to each plane of the target. Values are rounded as an 8-bit buffer would hold them.
  template <typename T>
  void write(float* row, size_t plane, size_t n, T* out, size_t out_plane) const {
    const size_t sources = gray_source_ ? 1 : 3;
    const bool mixes = gray_target_ && !gray_source_;
    constexpr bool kFloats = std::is_same_v<T, float>;
    if (bytes_ && (kFloats || mixes))
      for (size_t c = 0; c < sources; ++c) round_to_bytes(row + c * plane, n);
    const auto at = [&](int c) {
      return row + (gray_source_ ? 0 : static_cast<size_t>(c)) * plane;
    };
    if (mixes) {
      const float *r = at(channels_.red), *g = at(channels_.green), *b = at(channels_.blue);
      for (size_t i = 0; i < n; ++i) {
        out[i] = static_cast<T>(luma(static_cast<uint32_t>(r[i]), static_cast<uint32_t>(g[i]),
                                     static_cast<uint32_t>(b[i])));
      }
      return;
    }
    const int order[3] = {bgr_ ? channels_.blue : channels_.red, channels_.green,
                          bgr_ ? channels_.red : channels_.blue};
    for (size_t c = 0; c < (gray_target_ ? 1u : 3u); ++c) {
      if constexpr (kFloats) {
        std::memcpy(out + c * out_plane, at(order[c]), n * sizeof(float));
      } else {
        to_bytes(at(order[c]), n, out + c * out_plane);
      }
    }
  }

 private:
  bool gray_source_;
  bool bytes_;
  bool gray_target_;
  Channels channels_;
  bool bgr_;
};

/// Resamples rows of a picture: first down the columns, which reads memory in order, then along
/// the rows.
class Resampler {
 public:
  Resampler(const Image& picture, const Placement& place)
      : picture_(picture),
        channels_(picture.format() == PixelFormat::kGray16F
                      ? 1
                      : static_cast<int>(bytes_per_pixel(picture.format()))),
        horizontal_(make_filter(picture.width(), place.x0, place.x1, place.width)),
        vertical_(make_filter(picture.height(), place.y0, place.y1, place.height)),
        begin_(horizontal_.begin()),
        columns_(static_cast<size_t>(horizontal_.end() - begin_)),
        plane_(columns_ + static_cast<size_t>(horizontal_.row)) {}

  /// Floats of memory that row() works in.
  size_t scratch() const { return columns_ * static_cast<size_t>(channels_) + 3 * plane_; }

  /// Row y of the result: planes[c][0..width), `width` apart. `floats` holds the picture as floats
  /// when it is no picture of bytes.
  void row(int y, const float* floats, float* scratch, float* planes) const {
    const auto i = static_cast<size_t>(y);
    const size_t stride = static_cast<size_t>(picture_.width()) * static_cast<size_t>(channels_);
    const size_t start = static_cast<size_t>(vertical_.first[i]) * stride +
                         static_cast<size_t>(begin_) * static_cast<size_t>(channels_);
    const size_t n = columns_ * static_cast<size_t>(channels_);
    float* blended = scratch + 3 * plane_;
    if (floats != nullptr) {
      blend_rows(floats + start, stride, vertical_.weights_of(y), vertical_.count[i], n, blended);
    } else {
      blend_rows(reinterpret_cast<const uint8_t*>(picture_.pixels().data()) + start, stride,
                 vertical_.weights_of(y), vertical_.count[i], n, blended);
    }
    const float* source = blended;
    size_t step = 0;
    const size_t width = horizontal_.first.size();
    if (channels_ > 1) {
      split_channels(blended, channels_, columns_, scratch, plane_);
      source = scratch;
      step = plane_;
    } else {
      std::memcpy(scratch, blended, n * sizeof(float));
      source = scratch;
    }
    for (size_t c = 0; c < (channels_ > 1 ? 3u : 1u); ++c) {
      convolve(source + c * step, horizontal_.first.data(), begin_, horizontal_.weights.data(),
               horizontal_.row, static_cast<int>(width), planes + c * width);
    }
  }

 private:
  const Image& picture_;
  int channels_;
  Filter horizontal_;
  Filter vertical_;
  int begin_;
  size_t columns_;
  size_t plane_;  // columns and the zeros that padded weights meet
};

/// A kGray16F picture as floats.
Result<AlignedBuffer> to_floats(const Image& picture) {
  const size_t n = picture.pixels().size() / 2;
  POME_ASSIGN(AlignedBuffer floats, AlignedBuffer::allocate(n * sizeof(float)));
  halves_to_floats(picture.pixels().data(), n, floats.as<float>());
  return floats;
}

constexpr int kRowsPerTask = 8;

template <typename T>
Status fit_to(const Image& picture, int width, int height, ColorLayout color, CropAndScale mode,
              T* planes, ThreadPool* pool) {
  if (picture.width() == width && picture.height() == height) {
    to_planes(picture, color, planes);
    return {};
  }
  const Placement where = place(picture.width(), picture.height(), width, height, mode);
  const size_t out_plane = static_cast<size_t>(width) * static_cast<size_t>(height);
  if (where.width != width || where.height != height)
    std::fill_n(planes, out_plane * (is_gray(color) ? 1 : 3), T{0});

  const Resampler resampler(picture, where);
  const RowWriter writer(picture, color);
  AlignedBuffer floats;
  if (picture.format() == PixelFormat::kGray16F) {
    POME_ASSIGN(floats, to_floats(picture));
  }
  const int threads = pool != nullptr ? pool->threads() : 1;
  const auto row_floats = static_cast<size_t>(where.width) * 3;
  const size_t each = (resampler.scratch() + row_floats + 15) / 16 * 16;
  POME_ASSIGN(AlignedBuffer scratch,
              AlignedBuffer::allocate(each * static_cast<size_t>(threads) * sizeof(float)));
  const auto rows = [&](int task, int thread) noexcept {
    float* mine = scratch.as<float>() + each * static_cast<size_t>(thread);
    float* row = mine + resampler.scratch();
    const int end = std::min((task + 1) * kRowsPerTask, where.height);
    for (int y = task * kRowsPerTask; y < end; ++y) {
      resampler.row(y, floats.size() > 0 ? floats.as<float>() : nullptr, mine, row);
      T* out = planes + static_cast<size_t>(where.y + y) * static_cast<size_t>(width) + where.x;
      writer.write(row, static_cast<size_t>(where.width), static_cast<size_t>(where.width), out,
                   out_plane);
    }
  };
  const int tasks = (where.height + kRowsPerTask - 1) / kRowsPerTask;
  if (pool != nullptr) {
    pool->parallel_for(tasks, rows);
  } else {
    for (int task = 0; task < tasks; ++task) rows(task, 0);
  }
  return {};
}

}  // namespace

Status fit(const Image& picture, int width, int height, ColorLayout color, CropAndScale mode,
           float* planes, ThreadPool* pool) {
  return fit_to(picture, width, height, color, mode, planes, pool);
}

Status fit(const Image& picture, int width, int height, ColorLayout color, CropAndScale mode,
           uint8_t* planes, ThreadPool* pool) {
  return fit_to(picture, width, height, color, mode, planes, pool);
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
