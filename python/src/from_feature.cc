#include "from_feature.h"

#include <nanobind/ndarray.h>

#include <memory>
#include <utility>

#include "text.h"

namespace pome::python {

namespace nb = nanobind;

namespace {

nb::dlpack::dtype dtype_of(MultiArrayDataType type) {
  const auto bits = static_cast<uint8_t>(element_size(type) * 8);
  const bool integer = type == MultiArrayDataType::kInt32 || type == MultiArrayDataType::kInt8;
  const auto code = integer ? nb::dlpack::dtype_code::Int : nb::dlpack::dtype_code::Float;
  return {static_cast<uint8_t>(code), bits, 1};
}

MultiArray widened(const MultiArray& array) {
  const std::vector<float> floats = array.to_floats();
  Result<MultiArray> wide = MultiArray::from_floats(array.shape(), floats);
  return wide.ok() ? *std::move(wide) : array;
}

nb::object from_image(const Image& image, Flavor flavor) {
  const nb::object frombytes = nb::module_::import_("PIL.Image").attr("frombytes");
  const std::pair<int, int> extent{image.width(), image.height()};
  const nb::tuple size = nb::make_tuple(extent.first, extent.second);
  const auto bytes = [](std::span<const std::byte> b) { return nb::bytes(b.data(), b.size()); };
  if (image.format() == PixelFormat::kGray16F) {
    const auto half = unwrap(MultiArray::from_bytes(
        MultiArrayDataType::kFloat16, {image.height(), image.width()}, image.pixels()));
    const std::vector<float> floats = half.to_floats();
    return frombytes("F", size, bytes(std::as_bytes(std::span(floats))));
  }
  if (image.format() == PixelFormat::kGray8) return frombytes("L", size, bytes(image.pixels()));
  const bool alpha = image.format() == PixelFormat::kRgba8 || image.format() == PixelFormat::kBgra8;
  const bool bgr = image.format() == PixelFormat::kBgr8 || image.format() == PixelFormat::kBgra8;
  const char* raw = alpha ? (bgr ? "BGRA" : "RGBA") : (bgr ? "BGR" : "RGB");
  nb::object picture = frombytes(alpha ? "RGBA" : "RGB", size, bytes(image.pixels()), "raw", raw);
  if (flavor == Flavor::kCoremltools && !alpha) return picture.attr("convert")("RGBA");
  return picture;
}

template <typename Map, typename Key>
nb::object from_dictionary(const Map& map, Key key_of) {
  nb::dict out;
  for (const auto& [key, value] : map) {
    const nb::object k = key_of(key);
    const nb::object v = nb::steal(PyFloat_FromDouble(value));
    if (PyDict_SetItem(out.ptr(), k.ptr(), v.ptr()) != 0) throw nb::python_error();
  }
  return out;
}

template <typename T, typename Element>
nb::object from_list(const std::vector<T>& values, Element element_of) {
  nb::list out;
  for (const T& value : values) out.append(element_of(value));
  return out;
}

nb::object from_int(int64_t value) { return nb::steal(PyLong_FromLongLong(value)); }
nb::object from_text(const std::string& value) { return to_str(value); }

}  // namespace

nb::object from_multi_array(MultiArray array, Flavor flavor) {
  if (flavor == Flavor::kCoremltools && array.type() == MultiArrayDataType::kFloat16)
    array = widened(array);
  auto owned = std::make_unique<MultiArray>(std::move(array));
  void* data = owned->mutable_bytes().data();  // detached from whoever else reads it
  std::vector<size_t> shape(owned->shape().begin(), owned->shape().end());
  const auto dtype = dtype_of(owned->type());
  const nb::capsule owner(owned.release(),
                          [](void* p) noexcept { delete static_cast<MultiArray*>(p); });
  const nb::ndarray<nb::numpy> out(data, shape.size(), shape.data(), owner, nullptr, dtype);
  return nb::cast(out, nb::rv_policy::reference);
}

nb::object from_feature(FeatureValue value, Flavor flavor) {
  switch (value.type()) {
    case FeatureType::kInt64:
      return from_int(value.int64());
    case FeatureType::kDouble:
      return nb::steal(PyFloat_FromDouble(value.number()));
    case FeatureType::kString:
      return to_str(value.string());
    case FeatureType::kMultiArray: {
      MultiArray array = value.multi_array();
      value = FeatureValue();  // so that the memory is not shared any more
      return from_multi_array(std::move(array), flavor);
    }
    case FeatureType::kImage:
      return from_image(value.image(), flavor);
    case FeatureType::kDictionary:
      if (const auto* texts = value.get_if<StringDictionary>())
        return from_dictionary(*texts, from_text);
      return from_dictionary(value.int64_dictionary(), from_int);
    case FeatureType::kSequence:
      if (const auto* texts = value.get_if<std::vector<std::string>>())
        return from_list(*texts, from_text);
      return from_list(value.int64_sequence(), from_int);
    default:
      return nb::none();
  }
}

}  // namespace pome::python
