// pome/image_input.h: pictures on their way into a model.
#include "pome/image_input.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "image/fit.h"

namespace pome {
namespace {

std::vector<std::byte> file(const char* name) {
  std::ifstream in(std::string(POME_SOURCE_DIR "/tests/data/pictures/") + name, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
  return {first, first + bytes.size()};
}

Image noise(PixelFormat format, int width, int height) {
  std::mt19937 random(static_cast<unsigned>(width));
  std::vector<std::byte> pixels(static_cast<size_t>(width * height) * bytes_per_pixel(format));
  for (auto& p : pixels) p = static_cast<std::byte>(random());
  return Image::from_pixels(format, width, height, pixels).value();
}

ImageConstraint input(int64_t width, int64_t height, ColorLayout color) {
  ImageConstraint constraint;
  constraint.width = width;
  constraint.height = height;
  constraint.color = color;
  return constraint;
}

TEST(DecodeImage, IsWhatImageDecodeGives) {
  for (const char* name : {"baseline_420.jpg", "orientation_6.jpg", "rgb16.png"}) {
    const auto bytes = file(name);
    const Image a = decode_image(bytes, name).value();
    const Image b = Image::decode(bytes, name).value();
    EXPECT_EQ(a.width(), b.width());
    EXPECT_TRUE(
        std::equal(a.pixels().begin(), a.pixels().end(), b.pixels().begin(), b.pixels().end()))
        << name;
  }
}

/// By what the header says: one pixel more than the picture has is enough, one less is not.
TEST(DecodeImage, RefusesWhatIsTooLarge) {
  for (const char* name : {"baseline_420.jpg", "progressive.jpg", "rgb8.png"}) {
    const auto bytes = file(name);
    const Image whole = Image::decode(bytes, name).value();
    DecodeOptions options;
    options.max_pixels = int64_t{whole.width()} * whole.height();
    EXPECT_TRUE(decode_image(bytes, name, options).ok()) << name;
    --options.max_pixels;
    const auto refused = decode_image(bytes, name, options);
    ASSERT_FALSE(refused.ok()) << name;
    EXPECT_EQ(refused.error().code(), ErrorCode::kLimitExceeded);
    EXPECT_EQ(refused.error().places(), std::vector<std::string>{name});
  }
}

TEST(DecodeImage, RefusesNegativeSizes) {
  DecodeOptions options;
  options.for_width = -1;
  EXPECT_EQ(decode_image(file("rgb8.png"), "p", options).error().code(),
            ErrorCode::kInvalidArgument);
}

TEST(DecodeImage, MayDecodeASmallerJpeg) {
  const auto bytes = file("baseline_420.jpg");
  const Image whole = Image::decode(bytes, "p").value();
  DecodeOptions options;
  options.for_width = options.for_height = 2;
  const Image small = decode_image(bytes, "p", options).value();
  EXPECT_LT(small.width(), whole.width());
  EXPECT_GE(small.width(), 6);
}

/// The very numbers that the runtime writes into the model's input, and again when it is given
/// them.
TEST(FitImage, IsWhatTheModelSees) {
  for (const auto color : {ColorLayout::kRgb, ColorLayout::kBgr, ColorLayout::kGrayscale}) {
    for (const auto mode :
         {CropAndScale::kCenterCrop, CropAndScale::kScaleFit, CropAndScale::kScaleFill}) {
      const Image picture = noise(PixelFormat::kRgb8, 61, 33);
      const Image fitted = fit_image(picture, input(20, 24, color), mode).value();
      EXPECT_EQ(fitted.width(), 20);
      EXPECT_EQ(fitted.height(), 24);
      EXPECT_EQ(fitted.format(),
                color == ColorLayout::kGrayscale ? PixelFormat::kGray8 : PixelFormat::kRgb8);
      std::vector<float> direct(20 * 24 * 3), again(20 * 24 * 3);
      ASSERT_TRUE(image::fit(picture, 20, 24, color, mode, direct.data(), nullptr).ok());
      ASSERT_TRUE(image::fit(fitted, 20, 24, color, mode, again.data(), nullptr).ok());
      EXPECT_EQ(direct, again);
    }
  }
}

TEST(FitImage, TakesTheNearestOfFlexibleSizes) {
  ImageConstraint flexible = input(20, 24, ColorLayout::kRgb);
  flexible.width_range = SizeRange{10, 40};
  flexible.height_range = SizeRange{10, -1};
  const Image fitted = fit_image(noise(PixelFormat::kRgb8, 61, 33), flexible).value();
  EXPECT_EQ(fitted.width(), 40);
  EXPECT_EQ(fitted.height(), 33);
}

TEST(FitImage, RefusesWhatNoPictureHas) {
  const Image picture = noise(PixelFormat::kGray8, 4, 4);
  for (const int64_t side : {int64_t{0}, int64_t{-3}, int64_t{65536}, int64_t{1} << 40}) {
    const auto refused = fit_image(picture, input(side, 4, ColorLayout::kRgb));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::kLimitExceeded);
  }
}

}  // namespace
}  // namespace pome
