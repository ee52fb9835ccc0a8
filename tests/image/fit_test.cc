#include "image/fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "base/half.h"
#include "image/filter.h"
#include "image/placement.h"

namespace pome::image {
namespace {

Image noise(PixelFormat format, int width, int height) {
  std::mt19937 random(static_cast<unsigned>(width * 31 + height));
  std::vector<std::byte> pixels(static_cast<size_t>(width) * static_cast<size_t>(height) *
                                bytes_per_pixel(format));
  if (format == PixelFormat::kGray16F) {
    for (size_t i = 0; i < pixels.size(); i += 2) {
      const uint16_t half = float_to_half(static_cast<float>(random() % 1000) / 4 - 100);
      std::memcpy(&pixels[i], &half, 2);
    }
  } else {
    for (auto& p : pixels) p = static_cast<std::byte>(random());
  }
  return Image::from_pixels(format, width, height, pixels).value();
}

double level(const Image& picture, int x, int y, int byte) {
  const size_t pixel = bytes_per_pixel(picture.format());
  const size_t at =
      (static_cast<size_t>(y) * static_cast<size_t>(picture.width()) + static_cast<size_t>(x)) *
      pixel;
  if (picture.format() == PixelFormat::kGray16F) {
    uint16_t half;
    std::memcpy(&half, picture.pixels().data() + at, 2);
    return half_to_float(half);
  }
  return static_cast<double>(picture.pixels()[at + static_cast<size_t>(byte)]);
}

/// The formula of filter.h, in double and without separating the axes.
double weight(int sample, double from, double to, int outputs, int output) {
  const double s = (to - from) / outputs;
  const double centre = from + (output + 0.5) * s;
  return std::max(0.0, 1 - std::fabs(sample + 0.5 - centre) / std::max(s, 1.0));
}

double resampled(const Image& picture, const Placement& p, int x, int y, int byte) {
  double sum = 0, total = 0;
  for (int j = 0; j < picture.height(); ++j) {
    const double v = weight(j, p.y0, p.y1, p.height, y);
    for (int i = 0; v > 0 && i < picture.width(); ++i) {
      const double w = v * weight(i, p.x0, p.x1, p.width, x);
      sum += w * level(picture, i, j, byte);
      total += w;
    }
  }
  return sum / total;
}

std::vector<float> fitted(const Image& picture, int width, int height, ColorLayout color,
                          CropAndScale mode = CropAndScale::kScaleFill,
                          ThreadPool* pool = nullptr) {
  const bool gray = color == ColorLayout::kGrayscale || color == ColorLayout::kGrayscaleFloat16;
  std::vector<float> planes(
      static_cast<size_t>(width) * static_cast<size_t>(height) * (gray ? 1 : 3), -1);
  EXPECT_TRUE(fit(picture, width, height, color, mode, planes.data(), pool).ok());
  return planes;
}

TEST(Fit, FollowsTheFormulaAtManySizes) {
  const int sizes[][4] = {{1, 1, 3, 2},    {7, 5, 3, 4},   {64, 3, 16, 9}, {33, 65, 100, 2},
                          {130, 20, 7, 7}, {3, 200, 5, 1}, {257, 4, 31, 5}};
  for (const auto& [w, h, width, height] : sizes) {
    for (const CropAndScale mode :
         {CropAndScale::kScaleFill, CropAndScale::kCenterCrop, CropAndScale::kScaleFit}) {
      SCOPED_TRACE(std::to_string(w) + "x" + std::to_string(h) + " to " + std::to_string(width) +
                   "x" + std::to_string(height));
      const Image picture = noise(PixelFormat::kRgb8, w, h);
      const auto planes = fitted(picture, width, height, ColorLayout::kRgb, mode);
      const Placement p = place(w, h, width, height, mode);
      for (int c = 0; c < 3; ++c) {
        for (int y = 0; y < height; ++y) {
          for (int x = 0; x < width; ++x) {
            const bool inside = x >= p.x && x < p.x + p.width && y >= p.y && y < p.y + p.height;
            const double want = inside ? resampled(picture, p, x - p.x, y - p.y, c) : 0;
            const double got = planes[static_cast<size_t>((c * height + y) * width + x)];
            ASSERT_NEAR(got, want, inside ? 0.501 : 0) << c << " " << y << " " << x;
            ASSERT_EQ(got, std::round(got));
          }
        }
      }
    }
  }
}

TEST(Fit, EveryFormatGivesItsColours) {
  struct Case {
    PixelFormat format;
    int red, green, blue;  // bytes of a pixel
  };
  for (const Case& c : {Case{PixelFormat::kRgb8, 0, 1, 2}, Case{PixelFormat::kBgr8, 2, 1, 0},
                        Case{PixelFormat::kRgba8, 0, 1, 2}, Case{PixelFormat::kBgra8, 2, 1, 0},
                        Case{PixelFormat::kGray8, 0, 0, 0}}) {
    for (const auto& [w, h] : {std::pair{20, 11}, std::pair{5, 4}}) {  // resampled, and not
      SCOPED_TRACE(std::string(to_string(c.format)) + " " + std::to_string(w));
      const Image picture = noise(c.format, w, h);
      const Placement p = place(w, h, 5, 4, CropAndScale::kScaleFill);
      const auto rgb = fitted(picture, 5, 4, ColorLayout::kRgb);
      const auto bgr = fitted(picture, 5, 4, ColorLayout::kBgr);
      const auto gray = fitted(picture, 5, 4, ColorLayout::kGrayscale);
      for (int i = 0; i < 20; ++i) {
        const int order[3] = {c.red, c.green, c.blue};
        for (int k = 0; k < 3; ++k) {
          const double want = resampled(picture, p, i % 5, i / 5, order[k]);
          EXPECT_NEAR(rgb[static_cast<size_t>(k * 20 + i)], want, 0.501);
          EXPECT_EQ(bgr[static_cast<size_t>((2 - k) * 20 + i)],
                    rgb[static_cast<size_t>(k * 20 + i)]);
        }
        const double luma = 0.299 * rgb[static_cast<size_t>(i)] +
                            0.587 * rgb[static_cast<size_t>(20 + i)] +
                            0.114 * rgb[static_cast<size_t>(40 + i)];
        EXPECT_NEAR(gray[static_cast<size_t>(i)], luma, 0.51);
      }
    }
  }
}

TEST(Fit, HalfPrecisionGrayKeepsItsNumbers) {
  const Image picture = noise(PixelFormat::kGray16F, 23, 9);
  const Placement p = place(23, 9, 6, 5, CropAndScale::kScaleFill);
  const auto gray = fitted(picture, 6, 5, ColorLayout::kGrayscaleFloat16);
  for (int i = 0; i < 30; ++i)
    EXPECT_NEAR(gray[static_cast<size_t>(i)], resampled(picture, p, i % 6, i / 6, 0), 1e-3);
  const auto same = fitted(picture, 23, 9, ColorLayout::kGrayscaleFloat16);
  EXPECT_EQ(same[5], static_cast<float>(level(picture, 5, 0, 0)));
}

TEST(Fit, ThreadsChangeNothing) {
  const Image picture = noise(PixelFormat::kRgb8, 301, 207);
  ThreadPool pool(3);
  EXPECT_EQ(fitted(picture, 64, 67, ColorLayout::kRgb, CropAndScale::kCenterCrop, &pool),
            fitted(picture, 64, 67, ColorLayout::kRgb, CropAndScale::kCenterCrop));
}

TEST(Fit, ExtremeSidesStayInside) {
  const Image wide = noise(PixelFormat::kRgb8, 65535, 1);
  const Image tall = noise(PixelFormat::kGray8, 1, 65535);
  for (const CropAndScale mode :
       {CropAndScale::kScaleFill, CropAndScale::kCenterCrop, CropAndScale::kScaleFit}) {
    for (const float v : fitted(wide, 3, 500, ColorLayout::kRgb, mode)) {
      ASSERT_GE(v, 0);
      ASSERT_LE(v, 255);
    }
    for (const float v : fitted(tall, 500, 3, ColorLayout::kGrayscale, mode)) {
      ASSERT_GE(v, 0);
      ASSERT_LE(v, 255);
    }
  }
}

TEST(Filter, WeightsAddUpToOneAndStayInside) {
  for (const auto& [inputs, from, to, outputs] :
       {std::tuple{10, 0.0, 10.0, 3}, std::tuple{10, 2.5, 7.5, 20}, std::tuple{1, 0.0, 1.0, 9},
        std::tuple{65535, 0.0, 65535.0, 1}, std::tuple{100, 49.999, 50.001, 4}}) {
    const Filter f = make_filter(inputs, from, to, outputs);
    for (int i = 0; i < outputs; ++i) {
      const auto n = static_cast<size_t>(i);
      EXPECT_GE(f.first[n], 0);
      EXPECT_LE(f.first[n] + f.count[n], inputs);
      EXPECT_LE(f.count[n], f.taps);
      float sum = 0;
      for (int k = 0; k < f.row; ++k) {
        sum += f.weights_of(i)[k];
        if (k >= f.count[n]) {
          EXPECT_EQ(f.weights_of(i)[k], 0);
        }
      }
      EXPECT_NEAR(sum, 1, 1e-3);
    }
  }
}

TEST(ToImage, RoundsAndClamps) {
  const float planes[] = {-5, 0.4f, 254.6f, 300, std::numeric_limits<float>::quiet_NaN(), 1.5f};
  const Image gray = to_image(planes, 6, 1, ColorLayout::kGrayscale).value();
  const std::byte want[] = {std::byte{0},   std::byte{0}, std::byte{255},
                            std::byte{255}, std::byte{0}, std::byte{2}};
  EXPECT_EQ(std::memcmp(gray.pixels().data(), want, 6), 0);
  const Image bgr = to_image(planes, 1, 2, ColorLayout::kBgr).value();
  EXPECT_EQ(bgr.pixels()[0], std::byte{0});  // red is the third plane
  EXPECT_EQ(bgr.pixels()[2], std::byte{0});  // blue the first
  EXPECT_EQ(bgr.pixels()[1], std::byte{255});
}

}  // namespace
}  // namespace pome::image
