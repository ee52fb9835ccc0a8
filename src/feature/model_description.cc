#include "pome/model_description.h"

#include "feature/input_shapes.h"
#include "pome/model_configuration.h"

namespace pome {
namespace {

std::string joined(const std::vector<int64_t>& shape) {
  std::string text;
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? " x " : "") + std::to_string(shape[i]);
  return text;
}

/// "3 or 5 or 7"; of many the first and how many more there are.
std::string alternatives(const std::vector<std::string>& texts, const std::string& kind) {
  constexpr size_t kMost = 4;
  std::string text;
  for (size_t i = 0; i < texts.size() && (i == 0 || texts.size() <= kMost); ++i)
    text += (i ? " or " : "") + texts[i];
  if (texts.size() > kMost)
    text += " or one of " + std::to_string(texts.size() - 1) + " other " + kind;
  return text;
}

/// The default first, then what else is enumerated.
template <typename Value, typename Text>
std::string enumerated_text(const Value& first, const std::vector<Value>& enumerated, Text text_of,
                            const std::string& kind) {
  std::vector<std::string> texts = {text_of(first)};
  for (const Value& value : enumerated)
    if (value != first) texts.push_back(text_of(value));
  return alternatives(texts, kind);
}

std::string array_text(const MultiArrayConstraint& c) {
  std::string type(to_string(c.data_type));
  type[0] = static_cast<char>(type[0] - 'a' + 'A');
  std::string shape = joined(c.shape);
  if (!c.ranges.empty()) {
    shape.clear();
    for (size_t i = 0; i < c.ranges.size(); ++i)
      shape += (i ? " x " : "") + extent_text(c.ranges[i]);
  } else if (!c.enumerated.empty()) {
    shape = enumerated_text(c.shape, c.enumerated, joined, "shapes");
  }
  return "MultiArray (" + type + (shape.empty() ? "" : ", " + shape) + ")";
}

std::string image_text(const ImageConstraint& c) {
  using Size = std::pair<int64_t, int64_t>;
  const auto text_of = [](const Size& size) { return joined({size.first, size.second}); };
  std::string size = enumerated_text(Size(c.width, c.height), c.enumerated, text_of, "sizes");
  if (c.width_range && c.height_range)
    size = extent_text(*c.width_range) + " x " + extent_text(*c.height_range);
  const bool stated = c.width != 0 || c.width_range;  // an output's size may be left open
  return "Image (" + std::string(to_string(c.color)) + (stated ? " " + size : "") + ")";
}

const FeatureDescription* find(const std::vector<FeatureDescription>& features,
                               std::string_view name) {
  for (const FeatureDescription& f : features)
    if (f.name == name) return &f;
  return nullptr;
}

}  // namespace

std::string_view to_string(FeatureType type) {
  static constexpr std::string_view kNames[] = {"Invalid",    "Int64",    "Double",
                                                "String",     "Image",    "MultiArray",
                                                "Dictionary", "Sequence", "State"};
  return kNames[static_cast<size_t>(type)];
}

std::string_view to_string(ColorLayout layout) {
  switch (layout) {
    case ColorLayout::kGrayscale:
      return "Grayscale";
    case ColorLayout::kRgb:
      return "Color RGB";
    case ColorLayout::kBgr:
      return "Color BGR";
    case ColorLayout::kGrayscaleFloat16:
      return "Grayscale16Half";
  }
  return "unknown";
}

std::string_view to_string(ComputeUnits units) {
  static constexpr std::string_view kNames[] = {"all", "cpuOnly", "cpuAndGPU",
                                                "cpuAndNeuralEngine"};
  return kNames[static_cast<size_t>(units)];
}

std::string FeatureDescription::type_text() const {
  switch (type) {
    case FeatureType::kImage:
      return image_text(image);
    case FeatureType::kMultiArray:
      return array_text(multi_array);
    case FeatureType::kState:
      return "State of " + array_text(multi_array);
    case FeatureType::kDictionary:
      return int64_keys ? "Dictionary (Int64 -> Double)" : "Dictionary (String -> Double)";
    case FeatureType::kSequence:
      return int64_keys ? "Sequence (Int64)" : "Sequence (String)";
    default:
      return std::string(to_string(type));
  }
}

const FeatureDescription* ModelDescription::input(std::string_view name) const {
  return find(inputs, name);
}
const FeatureDescription* ModelDescription::output(std::string_view name) const {
  return find(outputs, name);
}

}  // namespace pome
