#include "inputs.h"

#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.h"

namespace pome::cli {
namespace {

bool ends_with(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() &&
         text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

/// Walks nested lists: shape from the first elements, every other list must agree.
bool flatten(const nlohmann::json& j, size_t depth, std::vector<int64_t>& shape,
             std::vector<float>& values) {
  if (j.is_number() || j.is_boolean()) {
    values.push_back(j.is_boolean() ? (j.get<bool>() ? 1.0f : 0.0f) : j.get<float>());
    return depth == shape.size();
  }
  if (!j.is_array() || depth >= 16) return false;
  if (depth == shape.size()) {
    if (!values.empty()) return false;
    shape.push_back(static_cast<int64_t>(j.size()));
  }
  if (shape[depth] != static_cast<int64_t>(j.size())) return false;
  for (const auto& element : j)
    if (!flatten(element, depth + 1, shape, values)) return false;
  return true;
}

Result<FeatureValue> from_json(const FeatureDescription& feature, const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error(ErrorCode::kNotFound, "cannot open the file").at(path);
  const auto j = nlohmann::json::parse(file, nullptr, false);
  if (j.is_discarded()) return Error(ErrorCode::kInvalidFormat, "this is no JSON").at(path);
  if (j.is_string()) return FeatureValue(j.get<std::string>());
  if (j.is_number() && feature.type != FeatureType::kMultiArray)
    return FeatureValue(j.get<double>());
  if (j.is_object()) {
    StringDictionary map;
    for (const auto& [key, value] : j.items()) {
      if (!value.is_number())
        return Error(ErrorCode::kInvalidFormat, "value of " + quoted(key) + " is no number")
            .at(path);
      map[key] = value.get<double>();
    }
    return FeatureValue(std::move(map));
  }
  std::vector<int64_t> shape;
  std::vector<float> values;
  if (!flatten(j, 0, shape, values)) {
    return Error(ErrorCode::kInvalidFormat,
                 "the lists are of unequal lengths or hold something else than numbers")
        .at(path);
  }
  if (shape.empty()) shape = {1};
  auto array = MultiArray::from_floats(std::move(shape), values);
  if (!array.ok()) return std::move(array).error().at(path);
  return FeatureValue(*std::move(array));
}

}  // namespace

Result<FeatureValue> open_picture(const FeatureDescription& feature, const std::string& path,
                                  CropAndScale mode) {
  if (feature.type != FeatureType::kImage) {
    return Error(ErrorCode::kTypeMismatch, "a picture was given, input " + quoted(feature.name) +
                                               " takes " + feature.type_text() + "; give --input " +
                                               feature.name + "=FILE.npy")
        .at(path);
  }
  auto image = Image::open_for(path, static_cast<int>(feature.image.width),
                               static_cast<int>(feature.image.height), mode);
  if (!image.ok()) return std::move(image).error();
  return FeatureValue(*std::move(image));
}

Result<FeatureValue> parse_value(const FeatureDescription& feature, const std::string& text,
                                 CropAndScale mode) {
  if (feature.type == FeatureType::kImage) return open_picture(feature, text, mode);
  if (!text.empty() && text[0] == '@') return from_json(feature, text.substr(1));
  if (ends_with(text, ".npy")) {
    auto array = read_npy(text);
    if (!array.ok()) return std::move(array).error();
    return FeatureValue(*std::move(array));
  }
  if (feature.type == FeatureType::kString) return FeatureValue(text);
  for (const char* suffix : {".jpg", ".jpeg", ".png", ".JPG", ".PNG"}) {
    if (ends_with(text, suffix)) return open_picture(feature, text, mode);
  }
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc() && end == text.data() + text.size()) return FeatureValue(value);
  return Error(ErrorCode::kInvalidArgument,
               "the value " + quoted(text) + " is no number, and input " + quoted(feature.name) +
                   " takes " + feature.type_text() + "; give a number, @file.json or file.npy");
}

}  // namespace pome::cli
