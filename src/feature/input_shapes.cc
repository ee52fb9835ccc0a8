#include "feature/input_shapes.h"

#include <algorithm>
#include <cstdlib>
#include <span>

#include "base/text.h"
#include "base/try.h"
#include "feature/color_layout.h"

namespace pome {
namespace {

constexpr size_t kMostListed = 20;  // of enumerated shapes, in messages

/// "a, b or c", cut after kMostListed.
std::string alternatives(const std::vector<std::string>& list) {
  std::string text;
  const size_t n = std::min(list.size(), kMostListed);
  for (size_t i = 0; i < n; ++i) {
    if (i > 0) text += i + 1 == list.size() ? " or " : ", ";
    text += list[i];
  }
  return list.size() > n ? text + " or " + std::to_string(list.size() - n) + " more" : text;
}

std::string allowed_arrays(const MultiArrayConstraint& c) {
  if (!c.ranges.empty()) {
    std::string text = "[";
    for (size_t i = 0; i < c.ranges.size(); ++i) text += (i ? "," : "") + extent_text(c.ranges[i]);
    return text + "]";
  }
  std::vector<std::string> list;
  if (!c.shape.empty()) list.push_back(shape_text(c.shape));
  for (const auto& shape : c.enumerated)
    if (shape != c.shape) list.push_back(shape_text(shape));
  return alternatives(list);
}

std::string allowed_sizes(const ImageConstraint& c) {
  if (c.width_range && c.height_range)
    return extent_text(*c.width_range) + " x " + extent_text(*c.height_range);
  const auto size = [](int64_t w, int64_t h) {
    return std::to_string(w) + " x " + std::to_string(h);
  };
  std::vector<std::string> list = {size(c.width, c.height)};
  for (const auto& [w, h] : c.enumerated)
    if (w != c.width || h != c.height) list.push_back(size(w, h));
  return alternatives(list);
}

bool same(std::span<const int64_t> a, std::span<const int64_t> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

bool takes(const MultiArrayConstraint& c, std::span<const int64_t> shape) {
  if (same(shape, c.shape)) return true;
  for (const auto& allowed : c.enumerated)
    if (same(shape, allowed)) return true;
  if (c.ranges.empty() || c.ranges.size() != shape.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i)
    if (!c.ranges[i].contains(shape[i])) return false;
  return true;
}

/// How many axes in front of a declared shape a sequence and a batch may bring.
bool may_lead(std::span<const int64_t> declared) {
  return declared.size() == 1 || declared.size() == 3;
}

Error not_taken(const FeatureDescription& feature, std::span<const int64_t> given,
                LeadingAxes leading) {
  std::string text =
      "the array has shape " + shape_text(given) + ", the input takes " + allowed_shapes(feature);
  if (leading == LeadingAxes::kSequenceAndBatch && may_lead(feature.multi_array.shape))
    text += ", also with [Batch] or [Seq,Batch] in front";
  return {ErrorCode::kShapeMismatch, std::move(text)};
}

Result<Shape> bound_array(const FeatureDescription& feature, const MultiArray& array,
                          LeadingAxes leading) {
  const MultiArrayConstraint& c = feature.multi_array;
  const std::span<const int64_t> given = array.shape();
  if (c.shape.empty() && Shape::fits_rank(given.size())) return Shape(given);
  for (size_t drop = 0; drop < given.size(); ++drop) {
    const auto rest = given.subspan(drop);
    if (takes(c, rest) && Shape::fits_rank(rest.size())) return Shape(rest);
    if (given[drop] != 1) break;
  }
  if (leading == LeadingAxes::kSequenceAndBatch && may_lead(c.shape)) {
    for (size_t lead = 1; lead <= 2 && lead < given.size(); ++lead)
      if (takes(c, given.subspan(lead)) && Shape::fits_rank(given.size())) return Shape(given);
  }
  return not_taken(feature, given, leading);
}

int64_t clamp(const SizeRange& range, int64_t v) {
  if (v < range.lower) return std::max<int64_t>(range.lower, 1);
  return range.upper >= 0 && v > range.upper ? range.upper : v;
}

}  // namespace

Shape image_shape(const ImageConstraint& image, int64_t width, int64_t height) {
  return {1, is_gray(image.color) ? 1 : 3, height, width};
}

bool is_flexible(const FeatureDescription& feature) {
  if (feature.type == FeatureType::kImage) {
    const ImageConstraint& c = feature.image;
    return !c.enumerated.empty() || (c.width_range && c.height_range);
  }
  const MultiArrayConstraint& c = feature.multi_array;
  return feature.type == FeatureType::kMultiArray &&
         (!c.enumerated.empty() || !c.ranges.empty() || c.shape.empty());
}

Result<Shape> default_shape(const FeatureDescription& feature) {
  if (feature.type == FeatureType::kImage)
    return image_shape(feature.image, feature.image.width, feature.image.height);
  const std::vector<int64_t>& shape = feature.multi_array.shape;
  if (shape.empty()) return Error(ErrorCode::kInvalidModel, "the input declares no shape");
  if (!Shape::fits_rank(shape.size())) {
    return Error(ErrorCode::kUnsupported, "the input has " + std::to_string(shape.size()) +
                                              " axes, at most " + std::to_string(Shape::kMaxRank) +
                                              " are supported");
  }
  return Shape(std::span<const int64_t>(shape));
}

Result<InputShapes> default_shapes(const ModelDescription& description) {
  InputShapes shapes;
  for (const FeatureDescription& feature : description.inputs) {
    if (feature.type != FeatureType::kImage && feature.type != FeatureType::kMultiArray) continue;
    Result<Shape> shape = default_shape(feature);
    if (!shape.ok()) return std::move(shape).error().at("input " + quoted(feature.name));
    shapes.emplace(feature.name, *shape);
  }
  return shapes;
}

std::string extent_text(const SizeRange& range) {
  const std::string lower = std::to_string(range.lower);
  if (range.lower == range.upper) return lower;
  return range.upper < 0 ? lower + "+" : lower + "..." + std::to_string(range.upper);
}

std::string allowed_shapes(const FeatureDescription& feature) {
  return feature.type == FeatureType::kImage ? allowed_sizes(feature.image)
                                             : allowed_arrays(feature.multi_array);
}

Result<Shape> bound_shape(const FeatureDescription& feature, const FeatureValue& value,
                          LeadingAxes leading) {
  if (const auto* picture = value.get_if<Image>();
      picture != nullptr && feature.type == FeatureType::kImage) {
    const auto [width, height] = nearest_size(feature.image, picture->width(), picture->height());
    return image_shape(feature.image, width, height);
  }
  if (const auto* array = value.get_if<MultiArray>();
      array != nullptr && feature.type == FeatureType::kMultiArray) {
    return bound_array(feature, *array, leading);
  }
  return default_shape(feature);
}

std::pair<int64_t, int64_t> nearest_size(const ImageConstraint& image, int64_t width,
                                         int64_t height) {
  if (image.width_range && image.height_range)
    return {clamp(*image.width_range, width), clamp(*image.height_range, height)};
  std::pair<int64_t, int64_t> best(image.width, image.height);
  const auto distance = [&](const std::pair<int64_t, int64_t>& size) {
    return std::llabs(size.first - width) + std::llabs(size.second - height);
  };
  for (const auto& size : image.enumerated)
    if (distance(size) < distance(best)) best = size;
  return best;
}

}  // namespace pome
