// Against Pillow and NumPy: tools/goldens/pictures.py.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "base/thread_pool.h"
#include "image/fit.h"

namespace pome {
namespace {

struct Record {
  std::string action, file, mode, colour;
  int width = 0, height = 0, tolerance = 0;
  std::vector<uint8_t> pixels;

  int channels() const { return colour == "gray" ? 1 : 3; }
};

std::filesystem::path folder() {
  return std::filesystem::path(POME_SOURCE_DIR) / "tests/data/pictures";
}

std::vector<Record> read_records() {
  std::ifstream in(folder() / "pictures.golden", std::ios::binary);
  std::vector<Record> records;
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    Record r;
    words >> r.action >> r.file;
    if (r.action == "fit") words >> r.mode;
    words >> r.colour >> r.width >> r.height >> r.tolerance;
    r.pixels.resize(static_cast<size_t>(r.width * r.height * r.channels()));
    in.read(reinterpret_cast<char*>(r.pixels.data()),
            static_cast<std::streamsize>(r.pixels.size()));
    EXPECT_TRUE(words && in) << line;
    records.push_back(std::move(r));
  }
  return records;
}

const std::map<std::string, CropAndScale> kModes = {{"centerCrop", CropAndScale::kCenterCrop},
                                                    {"scaleFit", CropAndScale::kScaleFit},
                                                    {"scaleFill", CropAndScale::kScaleFill}};
const std::map<std::string, ColorLayout> kColours = {
    {"rgb", ColorLayout::kRgb}, {"bgr", ColorLayout::kBgr}, {"gray", ColorLayout::kGrayscale}};

TEST(PictureGoldens, Decoding) {
  size_t compared = 0;
  for (const Record& r : read_records()) {
    if (r.action != "decode") continue;
    SCOPED_TRACE(r.file);
    const auto picture = Image::open(folder() / r.file);
    ASSERT_TRUE(picture.ok()) << picture.error().to_string();
    ASSERT_EQ(picture->width(), r.width);
    ASSERT_EQ(picture->height(), r.height);
    ASSERT_EQ(picture->format(), r.channels() == 1 ? PixelFormat::kGray8 : PixelFormat::kRgb8);
    int worst = 0;
    for (size_t i = 0; i < r.pixels.size(); ++i) {
      worst = std::max(
          worst, std::abs(static_cast<int>(picture->pixels()[i]) - static_cast<int>(r.pixels[i])));
    }
    EXPECT_LE(worst, r.tolerance);
    const bool alpha = r.file.find("alpha") != std::string::npos || r.file.starts_with("rgba") ||
                       r.file.find("trns") != std::string::npos;
    EXPECT_EQ(picture->notes(), alpha ? std::vector<std::string>{"alpha was flattened on black"}
                                      : std::vector<std::string>{});
    ++compared;
  }
  EXPECT_EQ(compared, 30u);
}

TEST(PictureGoldens, EightOrientationsInThreeModesAndMore) {
  ThreadPool pool(2);
  size_t compared = 0;
  for (const Record& r : read_records()) {
    if (r.action != "fit") continue;
    SCOPED_TRACE(r.file + " " + r.mode + " " + r.colour + " " + std::to_string(r.width));
    const Image picture = Image::open(folder() / r.file).value();
    std::vector<float> planes(r.pixels.size(), -1);
    ASSERT_TRUE(image::fit(picture, r.width, r.height, kColours.at(r.colour), kModes.at(r.mode),
                           planes.data(), &pool)
                    .ok());
    const auto channels = static_cast<size_t>(r.channels());
    const size_t plane = r.pixels.size() / channels;
    float worst = 0;
    for (size_t i = 0; i < r.pixels.size(); ++i) {
      const float value = planes[i % channels * plane + i / channels];
      worst = std::max(worst, std::abs(value - static_cast<float>(r.pixels[i])));
    }
    EXPECT_LE(worst, static_cast<float>(r.tolerance));
    ++compared;
  }
  EXPECT_EQ(compared, 8u * 3 + 3 * 4 + 1);
}

}  // namespace
}  // namespace pome
