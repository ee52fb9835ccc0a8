#include "api/example.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/try.h"

namespace pome::api {
namespace {

constexpr int64_t kMostElements = 1 << 20;  // of an example's sequence

bool is_whole(MultiArrayDataType type) {
  return type == MultiArrayDataType::kInt32 || type == MultiArrayDataType::kInt8;
}

Result<FeatureValue> picture_of(const ImageConstraint& constraint, const ExampleNumbers& numbers) {
  const auto width = static_cast<int>(constraint.width);
  const auto height = static_cast<int>(constraint.height);
  std::vector<std::byte> pixels(static_cast<size_t>(std::max(width, 0)) *
                                static_cast<size_t>(std::max(height, 0)) * 3);
  for (size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = static_cast<std::byte>(numbers.samples(static_cast<int64_t>(i)));
  POME_ASSIGN(Image image, Image::from_pixels(PixelFormat::kRgb8, width, height, pixels));
  return FeatureValue(std::move(image));
}

Result<FeatureValue> example_value(const FeatureDescription& feature,
                                   const ExampleNumbers& numbers) {
  if (feature.type == FeatureType::kImage) return picture_of(feature.image, numbers);
  if (feature.type == FeatureType::kMultiArray) {
    POME_ASSIGN(MultiArray array,
                MultiArray::create(feature.multi_array.data_type, feature.multi_array.shape));
    const bool whole = is_whole(feature.multi_array.data_type);
    for (int64_t i = 0; i < array.size(); ++i)
      array.set(i, whole ? static_cast<double>(numbers.wholes(i)) : numbers.reals(i));
    return FeatureValue(std::move(array));
  }
  if (feature.type == FeatureType::kDouble) return FeatureValue(0.5);
  if (feature.type == FeatureType::kInt64) return FeatureValue(1);
  if (feature.type == FeatureType::kString) return FeatureValue("");
  if (feature.type == FeatureType::kDictionary)
    return feature.int64_keys ? FeatureValue(Int64Dictionary()) : FeatureValue(StringDictionary());
  if (feature.type == FeatureType::kSequence) {
    const int64_t least = feature.sequence_size.lower;
    if (least > kMostElements) {
      return Error(ErrorCode::kLimitExceeded, "the input takes at least " + std::to_string(least) +
                                                  " elements, examples have at most " +
                                                  std::to_string(kMostElements));
    }
    const auto count = static_cast<size_t>(std::max<int64_t>(least, 0));
    return feature.int64_keys ? FeatureValue(std::vector<int64_t>(count, 1))
                              : FeatureValue(std::vector<std::string>(count));
  }
  return Error(ErrorCode::kUnsupported,
               "no example can be made for an input of type " + feature.type_text());
}

}  // namespace

Result<FeatureProvider> example_inputs(const ModelDescription& description,
                                       const ExampleNumbers& numbers) {
  FeatureProvider inputs;
  for (const FeatureDescription& feature : description.inputs) {
    // What an optional list of words or choices would be, nobody knows.
    if (feature.optional &&
        (feature.type == FeatureType::kDictionary || feature.type == FeatureType::kSequence))
      continue;
    Result<FeatureValue> value = example_value(feature, numbers);
    if (!value.ok()) return std::move(value).error().at("input \"" + feature.name + "\"");
    inputs.set(feature.name, *std::move(value));
  }
  return inputs;
}

}  // namespace pome::api
