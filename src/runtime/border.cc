#include "runtime/border.h"

#include <cmath>
#include <cstring>
#include <string>

#include "base/try.h"
#include "feature/check_inputs.h"
#include "feature/input_shapes.h"
#include "image/fit.h"

namespace pome::runtime {
namespace {

/// Equal, or equal once the leading ones that the caller put in front are dropped.
bool same_shape(std::span<const int64_t> given, std::span<const int64_t> expected) {
  while (given.size() > expected.size() && given[0] == 1) given = given.subspan(1);
  return std::equal(given.begin(), given.end(), expected.begin(), expected.end());
}

/// Elements one by one, at any alignment.
template <typename From, typename To>
void convert_all(const std::byte* source, std::byte* target, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    From from;
    std::memcpy(&from, source + i * static_cast<int64_t>(sizeof(From)), sizeof(From));
    const To to = static_cast<To>(from);
    std::memcpy(target + i * static_cast<int64_t>(sizeof(To)), &to, sizeof(To));
  }
}

bool is_aligned(const void* p, size_t bytes) { return reinterpret_cast<uintptr_t>(p) % bytes == 0; }

/// What most arrays need, without looking at each element's type; false for others.
bool convert_fast(ir::DType from, const std::byte* source, ir::DType to, std::byte* target,
                  int64_t n, const BorderTools& tools) {
  using enum ir::DType;
  if (from == kFp64 && to == kFp32) return convert_all<double, float>(source, target, n), true;
  if (from == kFp32 && to == kFp64) return convert_all<float, double>(source, target, n), true;
  if (from == kInt32 && to == kFp32) return convert_all<int32_t, float>(source, target, n), true;
  const ops::Backend* b = tools.backend;
  if (b == nullptr || tools.pool == nullptr || !is_aligned(source, 4) || !is_aligned(target, 4))
    return false;
  if (from == kFp16 && to == kFp32) {
    b->half_to_float(b->target, reinterpret_cast<const uint16_t*>(source),
                     reinterpret_cast<float*>(target), n, *tools.pool);
    return true;
  }
  if (from != kFp32 || to != kFp16) return false;
  b->float_to_half(b->target, reinterpret_cast<const float*>(source),
                   reinterpret_cast<uint16_t*>(target), n, *tools.pool);
  return true;
}

void convert(ir::DType from, const std::byte* source, const ops::TensorView& tensor,
             const BorderTools& tools) {
  const int64_t n = tensor.elements();
  if (from == tensor.dtype) {
    std::memcpy(tensor.data, source, static_cast<size_t>(ir::storage_bytes(from, n)));
    return;
  }
  if (convert_fast(from, source, tensor.dtype, tensor.data, n, tools)) return;
  for (int64_t i = 0; i < n; ++i) tensor.set_real(i, ir::load_real(from, source, i));
}

Status write_array(const FeatureDescription& feature, const MultiArray& array,
                   const ops::TensorView& tensor, const BorderTools& tools) {
  // A program's scalar is declared as [1].
  const auto& declared = feature.multi_array.shape;
  const bool fits = same_shape(array.shape(), tensor.shape.dims()) ||
                    (tensor.shape.empty() && same_shape(array.shape(), declared));
  if (!fits || array.size() != tensor.elements()) {
    return Error(ErrorCode::kShapeMismatch, "the array has shape " + shape_text(array.shape()) +
                                                ", the input takes " + allowed_shapes(feature));
  }
  convert(dtype_of(array.type()), array.bytes().data(), tensor, tools);
  return {};
}

Status write_image(const FeatureDescription& feature, const Image& picture,
                   const PredictionOptions& options, const ops::TensorView& tensor,
                   ThreadPool* pool) {
  const auto width = static_cast<int>(tensor.shape.at(-1));
  const auto height = static_cast<int>(tensor.shape.at(-2));
  const ColorLayout color = feature.image.color;
  const CropAndScale mode = options.crop_and_scale;
  if (tensor.dtype == ir::DType::kUint8)  // see passes::read_pixels
    return image::fit(picture, width, height, color, mode, tensor.as<uint8_t>(), pool);
  return image::fit(picture, width, height, color, mode, tensor.as<float>(), pool);
}

}  // namespace

ir::DType dtype_of(MultiArrayDataType type) {
  switch (type) {
    case MultiArrayDataType::kFloat16:
      return ir::DType::kFp16;
    case MultiArrayDataType::kFloat32:
      return ir::DType::kFp32;
    case MultiArrayDataType::kFloat64:
      return ir::DType::kFp64;
    case MultiArrayDataType::kInt32:
      return ir::DType::kInt32;
    case MultiArrayDataType::kInt8:
      break;
  }
  return ir::DType::kInt8;
}

Status write_input(const FeatureDescription& feature, const FeatureValue& value,
                   const PredictionOptions& options, const ops::TensorView& tensor,
                   const BorderTools& tools) {
  if (const auto* picture = value.get_if<Image>(); picture && feature.type == FeatureType::kImage) {
    return write_image(feature, *picture, options, tensor, tools.pool);
  }
  if (const auto* array = value.get_if<MultiArray>();
      array && feature.type == FeatureType::kMultiArray) {
    return write_array(feature, *array, tensor, tools);
  }
  const bool one = tensor.elements() == 1;
  if (const auto* number = value.get_if<double>();
      number && one && feature.type != FeatureType::kImage) {
    tensor.set_real(0, *number);
    return {};
  }
  if (const auto* number = value.get_if<int64_t>();
      number && one && feature.type != FeatureType::kImage) {
    tensor.set_integer(0, *number);
    return {};
  }
  return wrong_type(feature, value);
}

void write_default(const FeatureDescription& feature, const ops::TensorView& tensor) {
  for (int64_t i = 0; i < tensor.elements(); ++i)
    tensor.set_real(i, feature.multi_array.default_value);
}

Result<FeatureValue> read_output(const FeatureDescription& feature, const ops::TensorView& tensor,
                                 const BorderTools& tools) {
  if (feature.type == FeatureType::kImage) {
    const Shape& s = tensor.shape;
    POME_ASSIGN(Image image, image::to_image(tensor.as<float>(), static_cast<int>(s.at(-1)),
                                             static_cast<int>(s.at(-2)), feature.image.color));
    return FeatureValue(std::move(image));
  }
  if (feature.type == FeatureType::kDouble) return FeatureValue(tensor.real(0));
  if (feature.type == FeatureType::kInt64) return FeatureValue(tensor.integer(0));
  std::vector<int64_t> shape(tensor.shape.begin(), tensor.shape.end());
  if (shape.empty()) shape = {1};  // a program's scalar is [1] at the border
  // A network that is given a picture has a batch axis more than it declares.
  const std::vector<int64_t>& declared = feature.multi_array.shape;
  if (!declared.empty() && declared.size() < shape.size() &&
      Shape(declared).checked_elements() == tensor.shape.elements()) {
    shape = declared;
  }
  POME_ASSIGN(MultiArray array,
              MultiArray::create(feature.multi_array.data_type, std::move(shape)));
  const ops::TensorView target{dtype_of(array.type()), Shape(array.shape()),
                               array.mutable_bytes().data()};
  convert(tensor.dtype, tensor.data, target, tools);
  return FeatureValue(std::move(array));
}

void read_classes(const plan::ClassifyRecord& classes, const ops::TensorView& probabilities,
                  FeatureValue& label, FeatureValue& dictionary) {
  const int64_t n = probabilities.elements();
  int64_t best = 0;
  for (int64_t i = 1; i < n; ++i) {
    const double v = probabilities.real(i);
    const double top = probabilities.real(best);
    if (v > top || (std::isnan(top) && !std::isnan(v))) best = i;
  }
  if (!classes.string_labels.empty()) {
    StringDictionary map;
    for (int64_t i = 0; i < n; ++i)
      map[classes.string_labels[static_cast<size_t>(i)]] = probabilities.real(i);
    label = classes.string_labels[static_cast<size_t>(best)];
    dictionary = std::move(map);
    return;
  }
  Int64Dictionary map;
  for (int64_t i = 0; i < n; ++i)
    map[classes.int64_labels[static_cast<size_t>(i)]] = probabilities.real(i);
  label = classes.int64_labels[static_cast<size_t>(best)];
  dictionary = std::move(map);
}

}  // namespace pome::runtime
