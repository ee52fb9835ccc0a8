#include "import/feature_type.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/checked.h"
#include "base/invalid.h"
#include "base/try.h"
#include "format/proto/model.pb.h"

namespace pome::import {
namespace {

namespace proto = CoreML::Specification;

constexpr int64_t kLargestImageSide = 65'535;

Result<MultiArrayDataType> read_data_type(int number) {
  switch (number) {
    case proto::ArrayFeatureType::FLOAT16:
      return MultiArrayDataType::kFloat16;
    case proto::ArrayFeatureType::FLOAT32:
      return MultiArrayDataType::kFloat32;
    case proto::ArrayFeatureType::DOUBLE:
      return MultiArrayDataType::kFloat64;
    case proto::ArrayFeatureType::INT32:
      return MultiArrayDataType::kInt32;
    case proto::ArrayFeatureType::INT8:
      return MultiArrayDataType::kInt8;
    default:
      return invalid("the multi-array has element type " + std::to_string(number) +
                     ", which the format does not define");
  }
}

Result<SizeRange> read_range(const proto::SizeRange& message) {
  constexpr uint64_t kLargest = static_cast<uint64_t>(INT64_MAX);
  const SizeRange range{static_cast<int64_t>(std::min(message.lowerbound(), kLargest)),
                        message.upperbound() < 0 ? -1 : message.upperbound()};
  if (range.upper < 0 || range.upper >= range.lower) return range;
  return invalid("the range " + std::to_string(range.lower) + " to " + std::to_string(range.upper) +
                 " holds nothing");
}

template <typename Extents>
Result<std::vector<int64_t>> read_shape(const Extents& extents) {
  std::optional<int64_t> elements = 1;
  for (const int64_t extent : extents) {
    if (extent < 1) {
      return invalid("the multi-array has an extent of " + std::to_string(extent) +
                     ", at least 1 is expected");
    }
    if (elements) elements = checked_mul(*elements, extent);
  }
  if (!elements) return invalid("the number of elements of the multi-array overflows 64 bits");
  return std::vector<int64_t>(extents.begin(), extents.end());
}

double read_default(const proto::ArrayFeatureType& message) {
  switch (message.defaultOptionalValue_case()) {
    case proto::ArrayFeatureType::kIntDefaultValue:
      return message.intdefaultvalue();
    case proto::ArrayFeatureType::kFloatDefaultValue:
      return message.floatdefaultvalue();
    case proto::ArrayFeatureType::kDoubleDefaultValue:
      return message.doubledefaultvalue();
    case proto::ArrayFeatureType::DEFAULTOPTIONALVALUE_NOT_SET:
      break;
  }
  return 0;
}

Result<MultiArrayConstraint> read_array(const proto::ArrayFeatureType& message) {
  MultiArrayConstraint array;
  POME_ASSIGN(array.data_type, read_data_type(message.datatype()));
  POME_ASSIGN(array.shape, read_shape(message.shape()));
  for (const auto& shape : message.enumeratedshapes().shapes()) {
    POME_ASSIGN(std::vector<int64_t> extents, read_shape(shape.shape()));
    array.enumerated.push_back(std::move(extents));
  }
  for (const proto::SizeRange& range : message.shaperange().sizeranges()) {
    POME_ASSIGN(const SizeRange bounds, read_range(range));
    array.ranges.push_back(bounds);
  }
  array.default_value = read_default(message);
  if (!array.shape.empty()) return array;
  if (!array.enumerated.empty()) {
    array.shape = array.enumerated.front();
  } else {
    for (const SizeRange& range : array.ranges)
      array.shape.push_back(std::max<int64_t>(range.lower, 1));
    POME_ASSIGN(array.shape, read_shape(array.shape));
  }
  return array;
}

Result<ColorLayout> read_color(int number) {
  switch (number) {
    case proto::ImageFeatureType::GRAYSCALE:
    case proto::ImageFeatureType::RGB:
    case proto::ImageFeatureType::BGR:
    case proto::ImageFeatureType::GRAYSCALE_FLOAT16:
      return static_cast<ColorLayout>(number);
    default:
      return invalid("the image has colour space " + std::to_string(number) +
                     ", which the format does not define");
  }
}

Status read_image_sizes(const proto::ImageFeatureType& message, ImageConstraint& image) {
  for (const auto& size : message.enumeratedsizes().sizes()) {
    constexpr uint64_t kTooLarge = kLargestImageSide + 1;
    image.enumerated.emplace_back(std::min(size.width(), kTooLarge),
                                  std::min(size.height(), kTooLarge));
  }
  if (message.has_imagesizerange()) {
    POME_ASSIGN(image.width_range, read_range(message.imagesizerange().widthrange()));
    POME_ASSIGN(image.height_range, read_range(message.imagesizerange().heightrange()));
  }
  if (image.width != 0 || image.height != 0) return {};
  if (!image.enumerated.empty()) {
    std::tie(image.width, image.height) = image.enumerated.front();
  } else if (image.width_range) {
    image.width = std::max<int64_t>(image.width_range->lower, 1);
    image.height = std::max<int64_t>(image.height_range->lower, 1);
  }
  return {};
}

Result<ImageConstraint> read_image(const proto::ImageFeatureType& message, bool is_input) {
  ImageConstraint image;
  image.width = message.width();
  image.height = message.height();
  POME_ASSIGN(image.color, read_color(message.colorspace()));
  POME_TRY(read_image_sizes(message, image));
  std::vector<std::pair<int64_t, int64_t>> sizes = image.enumerated;
  if (is_input || image.width != 0 || image.height != 0)
    sizes.emplace_back(image.width, image.height);
  for (const auto& [width, height] : sizes) {
    if (std::min(width, height) >= 1 && std::max(width, height) <= kLargestImageSide) continue;
    return invalid("the image is " + std::to_string(width) + " x " + std::to_string(height) +
                   ", sides of 1 to 65535 are expected");
  }
  return image;
}

Status read_type(const proto::FeatureType& type, bool is_input, FeatureDescription& feature) {
  switch (type.Type_case()) {
    case proto::FeatureType::kInt64Type:
      feature.type = FeatureType::kInt64;
      return {};
    case proto::FeatureType::kDoubleType:
      feature.type = FeatureType::kDouble;
      return {};
    case proto::FeatureType::kStringType:
      feature.type = FeatureType::kString;
      return {};
    case proto::FeatureType::kImageType: {
      feature.type = FeatureType::kImage;
      POME_ASSIGN(feature.image, read_image(type.imagetype(), is_input));
      return {};
    }
    case proto::FeatureType::kMultiArrayType: {
      feature.type = FeatureType::kMultiArray;
      POME_ASSIGN(feature.multi_array, read_array(type.multiarraytype()));
      return {};
    }
    case proto::FeatureType::kDictionaryType:
      feature.type = FeatureType::kDictionary;
      feature.int64_keys = type.dictionarytype().has_int64keytype();
      return {};
    case proto::FeatureType::kSequenceType: {
      feature.type = FeatureType::kSequence;
      feature.int64_keys = type.sequencetype().has_int64type();
      if (!type.sequencetype().has_sizerange()) return {};
      POME_ASSIGN(feature.sequence_size, read_range(type.sequencetype().sizerange()));
      return {};
    }
    case proto::FeatureType::kStateType: {
      feature.type = FeatureType::kState;
      POME_ASSIGN(feature.multi_array, read_array(type.statetype().arraytype()));
      return {};
    }
    case proto::FeatureType::TYPE_NOT_SET:
      break;
  }
  return invalid("the feature has no type that is known here");
}

}  // namespace

Result<FeatureDescription> read_feature(const proto::FeatureDescription& message, bool is_input) {
  FeatureDescription feature;
  feature.name = message.name();
  feature.short_description = message.shortdescription();
  feature.optional = message.type().isoptional();
  POME_TRY(read_type(message.type(), is_input, feature));
  return feature;
}

}  // namespace pome::import
