// Files that are wrong, odd or hostile.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <random>

#include "base/file.h"
#include "image/codec/decoders.h"
#include "image/codec/exif.h"
#include "image/fit.h"
#include "tests/support/test_data.h"

namespace pome::image {
namespace {

using Bytes = std::vector<std::byte>;

Bytes sample(const std::string& name) {
  return read_file(std::filesystem::path(POME_SOURCE_DIR) / "tests/data/pictures" / name, 1 << 20)
      .value();
}

Bytes bytes(std::string_view text) {
  const auto* p = reinterpret_cast<const std::byte*>(text.data());
  return Bytes(p, p + text.size());
}

std::string complaint(const Bytes& file) {
  const auto picture = Image::decode(file, "p");
  return picture.ok() ? "" : picture.error().to_string();
}

TEST(Decode, OtherKindsAreNamed) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, std::string_view> kinds[] = {
      {"", "empty"},
      {"GIF89a.......", "a GIF picture"},
      {"RIFF\1\2\3\4WEBPVP8 ", "a WebP picture"},
      {"\0\0\0\x18"
       "ftypheic\0\0"sv,
       "an HEIC picture"},
      {"\0\0\0\x18"
       "ftypavif\0\0"sv,
       "an AVIF picture"},
      {"II*\0\x08"sv, "a TIFF picture"},
      {"BM\x36\x10", "a BMP picture"},
      {"%PDF-1.7", "a PDF document"},
      {"hello, this is text\n", "a text file"},
      {"version https://git-lfs.github.com/spec/v1\n", "a git-lfs pointer"},
      {"\x89HDF\r\n\x1a\n"sv, "an HDF5 file"},
      {"\x01\x02\x03\x04"sv, "of a kind that is not known"},
  };
  for (const auto& [content, name] : kinds) {
    const std::string text = complaint(bytes(content));
    EXPECT_EQ(text.substr(0, 15 + name.size()), "p: the file is " + std::string(name)) << text;
    EXPECT_NE(text.find("a JPEG or PNG picture is expected"), std::string::npos) << text;
  }
}

TEST(Decode, CmykSaysWhatToDo) {
  const auto picture = Image::decode(sample("cmyk.jpg"), "cmyk.jpg");
  ASSERT_FALSE(picture.ok());
  EXPECT_EQ(picture.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(picture.error().to_string().find("cmyk.jpg: the JPEG is in CMYK"), std::string::npos);
}

TEST(Decode, EveryTruncationIsAnError) {
  for (const char* name : {"baseline_420.jpg", "progressive.jpg", "gray.jpg", "rgb8.png",
                           "rgb8_interlaced.png", "palette4_trns.png"}) {
    const Bytes whole = sample(name);
    for (size_t n = 0; n + 12 < whole.size(); n += 1 + n / 40) {
      const auto picture = Image::decode(std::span(whole).first(n), name);
      ASSERT_FALSE(picture.ok()) << name << " cut to " << n << " of " << whole.size();
    }
  }
}

TEST(Decode, SizesThatTheFileCannotHoldAreRefusedBeforeMemoryIsTaken) {
  Bytes png = sample("gray8.png");
  for (size_t i : {16u, 17u, 20u, 21u}) png[i] = std::byte{0};
  png[18] = png[22] = std::byte{0x40};  // 16384 + x by 16384 + y
  EXPECT_NE(complaint(png), "");        // the checksum
  Bytes jpeg = sample("gray.jpg");
  for (size_t i = 0; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] != std::byte{0xff} || jpeg[i + 1] != std::byte{0xc0}) continue;
    jpeg[i + 5] = jpeg[i + 7] = std::byte{0x40};
    break;
  }
  EXPECT_NE(complaint(jpeg).find("cannot hold"), std::string::npos) << complaint(jpeg);
}

TEST(Decode, LimitsAreTold) {
  DecodeLimits limits;
  limits.max_pixels = 100;
  limits.max_progressive_pixels = 100;
  for (const char* name : {"gray.jpg", "progressive.jpg", "rgb8.png"}) {
    const auto picture = decode(sample(name), name, {}, limits);
    ASSERT_FALSE(picture.ok());
    EXPECT_EQ(picture.error().code(), ErrorCode::kLimitExceeded) << picture.error().to_string();
  }
}

/// Gives every chunk the checksum of what it holds now, so that mutations get past it.
void repair_checksums(Bytes& png) {
  const auto u32 = [&](size_t at) {
    uint32_t v = 0;
    for (size_t i = 0; i < 4; ++i) v = v << 8 | static_cast<uint32_t>(png[at + i]);
    return v;
  };
  for (size_t at = 8; at + 12 <= png.size();) {
    const uint64_t length = u32(at);
    if (length > png.size() - at - 12) return;
    uint32_t crc = 0xffffffffu;
    for (size_t i = at + 4; i < at + 8 + length; ++i) {
      crc ^= static_cast<uint32_t>(png[i]);
      for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1u ? 0xedb88320u : 0u);
    }
    for (size_t i = 0; i < 4; ++i)
      png[at + 8 + length + i] = static_cast<std::byte>(~crc >> (24 - 8 * i));
    at += 12 + length;
  }
}

/// A progressive JPEG with one of its scans many times over.
TEST(Decode, ScanBombsEnd) {
  const Bytes file = sample("progressive.jpg");
  size_t last = 0;
  for (size_t i = 0; i + 1 < file.size(); ++i)
    if (file[i] == std::byte{0xff} && file[i + 1] == std::byte{0xda}) last = i;
  ASSERT_GT(last, 0u);
  Bytes bomb(file.begin(), file.end() - 2);
  for (int i = 0; i < 2000; ++i)
    bomb.insert(bomb.end(), file.begin() + static_cast<ptrdiff_t>(last), file.end() - 2);
  bomb.insert(bomb.end(), file.end() - 2, file.end());
  const auto picture = Image::decode(bomb, "bomb");
  ASSERT_FALSE(picture.ok());
  EXPECT_EQ(picture.error().code(), ErrorCode::kLimitExceeded) << picture.error().to_string();
}

TEST(Decode, MutationsDoNoHarm) {
  std::mt19937 random(1);
  DecodeLimits limits;
  limits.max_pixels = limits.max_progressive_pixels = 1'000'000;
  for (const char* group : {"jpg", "png"}) {
    const std::vector<std::string> names =
        group == std::string("jpg")
            ? std::vector<std::string>{"baseline_420.jpg", "progressive.jpg", "orientation_6.jpg"}
            : std::vector<std::string>{"rgb8_interlaced.png", "palette4_trns.png", "gray16.png"};
    int decoded = 0;
    int corrupt = 0;  // refused by the decoder, behind the signature
    constexpr int kRounds = 5000;
    for (int i = 0; i < kRounds; ++i) {
      Bytes file = sample(names[random() % names.size()]);
      for (unsigned k = 1 + random() % 4; k > 0; --k) {
        // Beyond the signature, or the sniffer stops nearly everything.
        const size_t at = 8 + random() % (file.size() - 8);
        if (random() % 8 == 0) {
          file.resize(at);
          file.resize(at + random() % 3);
          if (file.size() < 9) break;
        } else {
          file[at] = static_cast<std::byte>(random());
        }
      }
      if (group == std::string("png") && random() % 8 != 0) repair_checksums(file);
      const auto start = std::chrono::steady_clock::now();
      const auto picture = decode(file, "mutated", {}, limits);
      decoded += picture.ok();
      corrupt += !picture.ok() && picture.error().code() == ErrorCode::kCorrupt;
      ASSERT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
    }
    std::printf("%s: of %d mutations %d decode, %d are found damaged by the decoder\n", group,
                kRounds, decoded, corrupt);
    EXPECT_GT(decoded + corrupt, kRounds / 3);
  }
}

// ---- EXIF ----

/// A TIFF structure with one entry.
Bytes tiff(bool little, uint16_t tag, uint16_t type, uint32_t count, uint16_t value,
           uint32_t directory = 8) {
  Bytes out = bytes(little ? "II" : "MM");
  const auto put = [&](uint32_t v, int n) {
    for (int i = 0; i < n; ++i)
      out.push_back(static_cast<std::byte>(v >> 8 * (little ? i : n - 1 - i)));
  };
  put(42, 2);
  put(directory, 4);
  put(1, 2);
  put(tag, 2);
  put(type, 2);
  put(count, 4);
  put(value, 2);
  put(0, 2);
  put(0, 4);
  return out;
}

TEST(Exif, BothByteOrders) {
  for (const bool little : {true, false}) {
    for (uint16_t o = 1; o <= 8; ++o)
      EXPECT_EQ(tiff_orientation(tiff(little, 0x0112, 3, 1, o)), static_cast<int>(o));
    for (uint16_t o : {uint16_t{0}, uint16_t{9}, uint16_t{65535}})
      EXPECT_EQ(tiff_orientation(tiff(little, 0x0112, 3, 1, o)), 1);
    EXPECT_EQ(tiff_orientation(tiff(little, 0x0112, 4, 1, 6)), 1) << "no short";
    EXPECT_EQ(tiff_orientation(tiff(little, 0x0112, 3, 2, 6)), 1) << "two of them";
    EXPECT_EQ(tiff_orientation(tiff(little, 0x0113, 3, 1, 6)), 1) << "another tag";
    EXPECT_EQ(tiff_orientation(tiff(little, 0x0112, 3, 1, 6, 0xffffffff)), 1);
    EXPECT_EQ(tiff_orientation(tiff(little, 0x0112, 3, 1, 6, 9)), 1);
  }
}

TEST(Exif, AnyBytes) {
  std::mt19937 random(2);
  const Bytes structure = tiff(true, 0x0112, 3, 1, 6);
  for (size_t n = 0; n < structure.size(); ++n) {
    const int o = tiff_orientation(std::span(structure).first(n));
    EXPECT_TRUE(o == 1 || o == 6);
  }
  const Bytes jpeg = sample("orientation_6.jpg");
  const Bytes png = sample("orientation_6.png");
  EXPECT_EQ(jpeg_orientation(jpeg), 6);
  EXPECT_EQ(png_orientation(png), 6);
  for (int i = 0; i < 20000; ++i) {
    Bytes file = i % 2 ? jpeg : png;
    for (int k = 0; k < 4; ++k) file[random() % 120] = static_cast<std::byte>(random());
    file.resize(random() % file.size());
    const int o = i % 2 ? jpeg_orientation(file) : png_orientation(file);
    ASSERT_GE(o, 1);
    ASSERT_LE(o, 8);
  }
}

TEST(TurnUpright, UndoesEveryOrientation) {
  const std::byte pixels[] = {std::byte{1}, std::byte{2}, std::byte{3},
                              std::byte{4}, std::byte{5}, std::byte{6}};
  const Image picture = Image::from_pixels(PixelFormat::kGray8, 3, 2, pixels).value();
  const char* want[] = {"123456", "321654", "654321", "456123",
                        "142536", "415263", "635241", "362514"};
  for (int o = 1; o <= 8; ++o) {
    const Image turned = turn_upright(picture, o).value();
    EXPECT_EQ(turned.width(), o < 5 ? 3 : 2);
    std::string text;
    for (std::byte b : turned.pixels()) text += static_cast<char>('0' + static_cast<int>(b));
    EXPECT_EQ(text, want[o - 1]) << o;
  }
}

// ---- decoding for a size ----

TEST(DivisorFor, LeavesThreeTimesTheSize) {
  using enum CropAndScale;
  EXPECT_EQ(divisor_for(4000, 3000, 224, 224, kScaleFill), 4);  // 1000 x 750
  EXPECT_EQ(divisor_for(4000, 3000, 100, 100, kScaleFill), 8);
  EXPECT_EQ(divisor_for(4000, 500, 224, 224, kScaleFill), 1);
  EXPECT_EQ(divisor_for(4000, 500, 224, 224, kCenterCrop), 1);
  EXPECT_EQ(divisor_for(4000, 1000, 224, 224, kScaleFit), 4);  // to 224 x 56
  EXPECT_EQ(divisor_for(1342, 1342, 224, 224, kScaleFill), 1);
  EXPECT_EQ(divisor_for(1344, 1344, 224, 224, kScaleFill), 2);
}

TEST(OpenFor, TheAnswerStaysTheSame) {
  const auto folder = testing::test_data("images/catsdogs/test");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  int scaled = 0;
  double total = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".jpg") continue;
    constexpr int kSize = 26;
    const Image whole = Image::open(entry.path()).value();
    const Image small =
        Image::open_for(entry.path(), kSize, kSize, CropAndScale::kScaleFill).value();
    if (small.width() == whole.width()) continue;
    std::vector<float> a(3 * kSize * kSize), b(a.size());
    ASSERT_TRUE(
        fit(whole, kSize, kSize, ColorLayout::kRgb, CropAndScale::kScaleFill, a.data(), nullptr)
            .ok());
    ASSERT_TRUE(
        fit(small, kSize, kSize, ColorLayout::kRgb, CropAndScale::kScaleFill, b.data(), nullptr)
            .ok());
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
    EXPECT_LT(sum / static_cast<double>(a.size()), 3) << entry.path();
    total += sum / static_cast<double>(a.size());
    if (++scaled == 40) break;
  }
  ASSERT_GT(scaled, 0);
  EXPECT_LT(total / scaled, 1.2);
}

TEST(EncodePng, DecodesToTheSamePixels) {
  const std::pair<PixelFormat, PixelFormat> formats[] = {{PixelFormat::kGray8, PixelFormat::kGray8},
                                                         {PixelFormat::kRgb8, PixelFormat::kRgb8},
                                                         {PixelFormat::kBgr8, PixelFormat::kRgb8}};
  for (const auto& [format, comes_back] : formats) {
    const size_t depth = bytes_per_pixel(format);
    std::vector<std::byte> pixels(5 * 3 * depth);
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::byte>(i * 37);
    const Image picture = Image::from_pixels(format, 5, 3, pixels).value();
    const auto file = picture.encode_png();
    ASSERT_TRUE(file.ok()) << file.error().to_string();
    const Image again = Image::decode(*file).value();
    EXPECT_EQ(again.width(), 5);
    EXPECT_EQ(again.height(), 3);
    ASSERT_EQ(again.format(), comes_back);
    std::vector<std::byte> want = pixels;
    if (format == PixelFormat::kBgr8)
      for (size_t i = 0; i < want.size(); i += 3) std::swap(want[i], want[i + 2]);
    EXPECT_TRUE(std::equal(want.begin(), want.end(), again.pixels().begin(), again.pixels().end()))
        << to_string(format);
  }
}

TEST(EncodePng, HalfFloatsAreRefusedAndNothingIsWritten) {
  const std::vector<std::byte> pixels(2);
  const Image picture = Image::from_pixels(PixelFormat::kGray16F, 1, 1, pixels).value();
  EXPECT_EQ(picture.encode_png().error().code(), ErrorCode::kUnsupported);
  const auto path = std::filesystem::temp_directory_path() / "pome-half.png";
  EXPECT_FALSE(picture.save_png(path).ok());
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(OpenFor, OtherErrors) {
  EXPECT_EQ(Image::open("/").error().to_string().find("/: this is a folder"), 0u)
      << Image::open("/").error().to_string();
  EXPECT_EQ(Image::open("no such.jpg").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(Image::open_for("x.jpg", 0, 5, CropAndScale::kScaleFill).error().code(),
            ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace pome::image
