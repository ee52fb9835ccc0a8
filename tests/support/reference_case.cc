#include "tests/support/reference_case.h"

#include <png.h>

#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/try.h"

namespace pome::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

Error unreadable(const fs::path& file, const std::string& why) {
  return Error(ErrorCode::kInvalidFormat, why).at(file.string());
}

/// Puts Fortran-ordered elements in row-major order.
std::vector<double> row_major(const std::vector<double>& values, const Shape& shape) {
  std::vector<double> result(values.size());
  std::vector<int64_t> index(static_cast<size_t>(shape.rank()), 0);
  const Shape strides = shape.strides();
  for (const double v : values) {  // the first axis runs fastest
    int64_t at = 0;
    for (int d = 0; d < shape.rank(); ++d) at += index[static_cast<size_t>(d)] * strides[d];
    result[static_cast<size_t>(at)] = v;
    for (int d = 0; d < shape.rank(); ++d) {
      if (++index[static_cast<size_t>(d)] < shape[d]) break;
      index[static_cast<size_t>(d)] = 0;
    }
  }
  return result;
}

Result<RecordedValue> read_value(const json& value, const fs::path& folder,
                                 std::map<std::string, fs::path>* pictures,
                                 const std::string& name) {
  if (value.is_number()) return RecordedValue(value.get<double>());
  if (value.is_string()) {
    const fs::path file = folder / value.get<std::string>();
    if (file.extension() == ".npy") {
      POME_ASSIGN(RecordedArray array, read_npy(file));
      return RecordedValue(std::move(array));
    }
    if (file.extension() == ".png" && pictures != nullptr) {
      (*pictures)[name] = file;
      POME_ASSIGN(RecordedArray array, read_png(file));
      return RecordedValue(std::move(array));
    }
    return RecordedValue(value.get<std::string>());
  }
  if (value.is_object() && value.contains("npy")) {
    POME_ASSIGN(RecordedArray array, read_npy(folder / value["npy"].get<std::string>()));
    const auto full = value["shape"].get<std::vector<int64_t>>();
    array.full = Shape(std::span<const int64_t>(full));
    array.step = value["step"].get<std::vector<int64_t>>();
    return RecordedValue(std::move(array));
  }
  if (value.is_object()) return RecordedValue(value.get<Probabilities>());
  return Error(ErrorCode::kUnsupported, "a value that the tests do not read: " + value.dump());
}

}  // namespace

Result<RecordedArray> read_npy(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  if (bytes.size() < 10 || bytes.compare(0, 6, "\x93NUMPY") != 0)
    return unreadable(file, "not an .npy file");
  const size_t header = static_cast<unsigned char>(bytes[8]) +
                        (static_cast<size_t>(static_cast<unsigned char>(bytes[9])) << 8);
  const std::string text = bytes.substr(10, header);
  RecordedArray array;
  std::smatch match;
  if (std::regex_search(text, match, std::regex("'shape': \\(([^)]*)\\)"))) {
    std::istringstream dims(match[1].str());
    for (std::string d; std::getline(dims, d, ',');)
      if (d.find_first_of("0123456789") != std::string::npos) array.shape.push_back(std::stoll(d));
  }
  const bool wide = text.find("<f8") != std::string::npos;
  if (!wide && text.find("<f4") == std::string::npos) return unreadable(file, "neither f4 nor f8");
  const size_t size = wide ? 8 : 4;
  const auto n = static_cast<size_t>(array.shape.elements());
  if (bytes.size() != 10 + header + n * size) return unreadable(file, "of another length");
  for (size_t i = 0; i < n; ++i) {
    double d = 0;
    float f = 0;
    const char* at = bytes.data() + 10 + header + i * size;
    wide ? std::memcpy(&d, at, 8) : std::memcpy(&f, at, 4);
    array.values.push_back(wide ? d : f);
  }
  if (text.find("'fortran_order': True") != std::string::npos)
    array.values = row_major(array.values, array.shape);
  array.full = array.shape;
  array.step.assign(static_cast<size_t>(array.shape.rank()), 1);
  return array;
}

Result<RecordedArray> read_png(const fs::path& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&image, file.c_str()) == 0)
    return unreadable(file, image.message);
  const bool color = (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
  image.format = color ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  std::vector<png_byte> pixels(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) == 0)
    return unreadable(file, image.message);
  const int64_t channels = color ? 3 : 1;
  RecordedArray array;
  array.shape = {1, channels, image.height, image.width};
  const int64_t area = array.shape[2] * array.shape[3];
  array.values.resize(static_cast<size_t>(channels * area));
  for (int64_t i = 0; i < area; ++i)
    for (int64_t c = 0; c < channels; ++c)
      array.values[static_cast<size_t>(c * area + i)] =
          pixels[static_cast<size_t>(i * channels + c)];
  array.full = array.shape;
  array.step = {1, 1, 1, 1};
  return array;
}

Result<ReferenceCases> read_reference_cases(const fs::path& folder) {
  std::ifstream in(folder / "case.json");
  const json root = json::parse(in, nullptr, false);
  if (!root.is_object()) return unreadable(folder / "case.json", "not JSON");
  ReferenceCases cases;
  cases.model = folder / ".." / ".." / root["model"].get<std::string>();
  cases.abs = root["tolerance"].value("abs", 0.0);
  cases.rel = root["tolerance"].value("rel", 0.0);
  for (const json& entry : root["inputs"]) {
    auto& features = cases.inputs.emplace_back();
    auto& pictures = cases.pictures.emplace_back();
    for (const auto& [name, value] : entry.items()) {
      POME_ASSIGN(features[name], read_value(value, folder, &pictures, name));
    }
  }
  for (const json& entry : root["expected"]) {
    auto& features = cases.expected.emplace_back();
    for (const auto& [name, value] : entry.items()) {
      POME_ASSIGN(features[name], read_value(value, folder, nullptr, name));
    }
  }
  if (cases.inputs.size() != cases.expected.size())
    return unreadable(folder / "case.json", "as many expected outputs as inputs are needed");
  return cases;
}

}  // namespace pome::testing
