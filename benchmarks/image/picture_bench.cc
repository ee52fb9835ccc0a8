// How long a 12-megapixel photograph takes from bytes to the input of a 224 x 224 network.
//
//     cmake --preset release -DPOME_BUILD_BENCHMARKS=ON && ninja -C build/release picture_bench
//     build/release/benchmarks/picture_bench                    (one core; a drawing with noise)
//     build/release/benchmarks/picture_bench photo.jpg          (that file)
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

extern "C" {
#include <jpeglib.h>
}

#include "image/fit.h"
#include "pome/image.h"

namespace {

constexpr int kWidth = 4000;
constexpr int kHeight = 3000;
constexpr int kSide = 224;

/// Waves of many lengths and a little noise: about as many bytes a pixel as a photograph.
std::vector<unsigned char> draw() {
  std::vector<unsigned char> rgb(size_t{kWidth} * kHeight * 3);
  uint32_t random = 1;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      random = random * 1664525u + 1013904223u;
      const float wave = std::sin(x * 0.011f) * std::cos(y * 0.007f) +
                         0.4f * std::sin(x * 0.13f + y * 0.09f) +
                         0.15f * std::sin(x * 0.9f) * std::sin(y * 1.1f);
      const float noise = static_cast<float>(random >> 24) / 12.0f;
      unsigned char* p = &rgb[(static_cast<size_t>(y) * kWidth + static_cast<size_t>(x)) * 3];
      p[0] = static_cast<unsigned char>(120 + 60 * wave + noise);
      p[1] = static_cast<unsigned char>(120 + 50 * wave + noise);
      p[2] = static_cast<unsigned char>(110 - 40 * wave + noise);
    }
  }
  return rgb;
}

std::filesystem::path write_jpeg(const std::vector<unsigned char>& rgb, bool progressive) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = kWidth;
  info.image_height = kHeight;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 88, TRUE);
  if (progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* row = const_cast<unsigned char*>(&rgb[size_t{info.next_scanline} * kWidth * 3]);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  const auto path =
      std::filesystem::temp_directory_path() /
      ("pome_bench_" + std::to_string(::getpid()) + (progressive ? "_p.jpg" : "_b.jpg"));
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<char*>(bytes), static_cast<std::streamsize>(size));
  std::free(bytes);
  std::printf("%s: %.1f MB\n", progressive ? "progressive" : "baseline",
              static_cast<double>(size) / 1e6);
  return path;
}

void fit(const pome::Image& picture) {
  static std::vector<float> planes(3 * kSide * kSide);
  const auto status = pome::image::fit(picture, kSide, kSide, pome::ColorLayout::kRgb,
                                       pome::CropAndScale::kScaleFill, planes.data(), nullptr);
  if (!status.ok()) std::abort();
  benchmark::DoNotOptimize(planes.data());
}

void open_for_and_fit(benchmark::State& state, const std::filesystem::path& path) {
  for (auto _ : state)
    fit(pome::Image::open_for(path, kSide, kSide, pome::CropAndScale::kScaleFill).value());
}

void open_and_fit(benchmark::State& state, const std::filesystem::path& path) {
  for (auto _ : state) fit(pome::Image::open(path).value());
}

void open_only(benchmark::State& state, const std::filesystem::path& path) {
  for (auto _ : state) benchmark::DoNotOptimize(pome::Image::open(path).value());
}

void fit_only(benchmark::State& state, const std::filesystem::path& path) {
  const pome::Image picture = pome::Image::open(path).value();
  for (auto _ : state) fit(picture);
}

void add(const std::string& name, const std::filesystem::path& path) {
  using Body = void (*)(benchmark::State&, const std::filesystem::path&);
  const std::pair<const char*, Body> bodies[] = {{"open_for + fit", open_for_and_fit},
                                                 {"open + fit", open_and_fit},
                                                 {"open", open_only},
                                                 {"fit", fit_only}};
  for (const auto& [what, body] : bodies) {
    benchmark::RegisterBenchmark((name + ": " + what).c_str(), body, path)
        ->Unit(benchmark::kMillisecond)
        ->MinTime(1.0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  std::vector<std::filesystem::path> made;
  if (argc > 1) {
    add(argv[1], argv[1]);
  } else {
    const auto rgb = draw();
    made = {write_jpeg(rgb, false), write_jpeg(rgb, true)};
    add("baseline", made[0]);
    add("progressive", made[1]);
  }
  benchmark::RunSpecifiedBenchmarks();
  for (const auto& path : made) std::filesystem::remove(path);
}
