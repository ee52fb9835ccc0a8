// Arrays and pictures: see to_feature.h.
#include <nanobind/stl/pair.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "text.h"
#include "to_feature.h"

namespace pome::python {

namespace nb = nanobind;

namespace {

/// A held buffer; released with the GIL, wherever its last owner goes.
class Buffer {
 public:
  static std::shared_ptr<Buffer> of(PyObject* value) {
    auto buffer = std::make_shared<Buffer>();
    if (PyObject_GetBuffer(value, &buffer->view_, PyBUF_FORMAT | PyBUF_STRIDES) != 0) {
      PyErr_Clear();
      return nullptr;
    }
    buffer->held_ = true;
    return buffer;
  }
  ~Buffer() {
    if (!held_) return;
    const nb::gil_scoped_acquire gil;
    PyBuffer_Release(&view_);
  }
  const Py_buffer& view() const { return view_; }

 private:
  Py_buffer view_{};
  bool held_ = false;
};

/// What an element of a buffer is: a letter of struct's notation with its size.
struct Element {
  enum class Kind { kFloat, kSigned, kUnsigned, kBool } kind;
  size_t size;
};

std::optional<Element> element_of(const Py_buffer& view) {
  std::string_view format = view.format != nullptr ? view.format : "B";
  if (!format.empty() && (format[0] == '@' || format[0] == '=' || format[0] == '<'))
    format.remove_prefix(1);
  if (format.size() != 1) return std::nullopt;
  const auto size = static_cast<size_t>(view.itemsize);
  using Kind = Element::Kind;
  if (std::string_view("efd").find(format[0]) != std::string_view::npos)
    return Element{Kind::kFloat, size};
  if (std::string_view("bhilqn").find(format[0]) != std::string_view::npos)
    return Element{Kind::kSigned, size};
  if (std::string_view("BHILQN").find(format[0]) != std::string_view::npos)
    return Element{Kind::kUnsigned, size};
  if (format[0] == '?') return Element{Kind::kBool, size};
  return std::nullopt;
}

bool other_byte_order(const Py_buffer& view) {
  return view.format != nullptr && (view.format[0] == '>' || view.format[0] == '!');
}

/// The multi-array's own type for an element, when there is one.
std::optional<MultiArrayDataType> same_type(const Element& e) {
  using Kind = Element::Kind;
  if (e.kind == Kind::kFloat) {
    return e.size == 2   ? MultiArrayDataType::kFloat16
           : e.size == 4 ? MultiArrayDataType::kFloat32
                         : MultiArrayDataType::kFloat64;
  }
  if (e.kind == Kind::kSigned && e.size == 4) return MultiArrayDataType::kInt32;
  if (e.kind == Kind::kSigned && e.size == 1) return MultiArrayDataType::kInt8;
  return std::nullopt;
}

template <typename T>
T read(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

/// An integer element, as a double and as whether 32 bits hold it.
double integer_at(const std::byte* at, const Element& e) {
  const bool is_signed = e.kind == Element::Kind::kSigned;
  switch (e.size) {
    case 1:
      return is_signed ? double{read<int8_t>(at) * 1.0} : read<uint8_t>(at) * 1.0;
    case 2:
      return is_signed ? read<int16_t>(at) * 1.0 : read<uint16_t>(at) * 1.0;
    case 4:
      return is_signed ? read<int32_t>(at) * 1.0 : read<uint32_t>(at) * 1.0;
    default:
      return is_signed ? static_cast<double>(read<int64_t>(at))
                       : static_cast<double>(read<uint64_t>(at));
  }
}

/// The elements of a strided buffer in row-major order, packed.
std::vector<std::byte> packed(const Py_buffer& view) {
  std::vector<std::byte> out(static_cast<size_t>(view.len));
  nb::gil_scoped_acquire gil;
  if (!out.empty() && PyBuffer_ToContiguous(out.data(), &view, view.len, 'C') != 0) PyErr_Clear();
  return out;
}

Result<MultiArray> converted(std::span<const std::byte> bytes, const Element& e,
                             std::vector<int64_t> shape) {
  const size_t count = bytes.size() / e.size;
  bool narrow = true;
  for (size_t i = 0; i < count && narrow; ++i) {
    const double v = integer_at(bytes.data() + i * e.size, e);
    narrow = v >= std::numeric_limits<int32_t>::min() && v <= std::numeric_limits<int32_t>::max();
  }
  Result<MultiArray> array = MultiArray::create(
      narrow ? MultiArrayDataType::kInt32 : MultiArrayDataType::kFloat64, std::move(shape));
  if (!array.ok()) return array;
  std::byte* out = array->mutable_bytes().data();
  for (size_t i = 0; i < count; ++i) {
    const double v = integer_at(bytes.data() + i * e.size, e);
    if (narrow) {
      const auto n = static_cast<int32_t>(v);
      std::memcpy(out + i * sizeof(n), &n, sizeof(n));
    } else {
      std::memcpy(out + i * sizeof(v), &v, sizeof(v));
    }
  }
  return array;
}

/// An array of rank 0 is given the declared shape of one element; others keep theirs.
std::vector<int64_t> shape_of(const Py_buffer& view, const FeatureDescription* feature) {
  std::vector<int64_t> shape(view.shape, view.shape + view.ndim);
  if (shape.empty() && feature != nullptr && feature->type == FeatureType::kMultiArray)
    shape.assign(feature->multi_array.shape.size(), 1);
  return shape;
}

Result<MultiArray> from_buffer(std::shared_ptr<Buffer> buffer, PyObject* value,
                               const FeatureDescription* feature) {
  const Py_buffer& view = buffer->view();
  const auto element = element_of(view);
  if (!element && other_byte_order(view) && PyObject_HasAttrString(value, "astype")) {
    const nb::handle array(value);
    const nb::object native = array.attr("dtype").attr("newbyteorder")("=");
    return to_multi_array(array.attr("astype")(native).ptr(), feature);
  }
  if (!element) {
    return Error(ErrorCode::kTypeMismatch,
                 "an array whose elements are no numbers came: " + short_repr(value) +
                     "; float16, float32, float64, integers and bool are taken");
  }
  std::vector<int64_t> shape = shape_of(view, feature);
  const auto type = same_type(*element);
  const std::span<const std::byte> bytes{static_cast<const std::byte*>(view.buf),
                                         static_cast<size_t>(view.len)};
  const bool plain = PyBuffer_IsContiguous(&view, 'C') != 0;
  const bool aligned = reinterpret_cast<uintptr_t>(view.buf) % element->size == 0;
  if (type && plain && aligned)
    return MultiArray::borrow(*type, std::move(shape), bytes, std::move(buffer));
  if (plain) {
    return type ? MultiArray::from_bytes(*type, std::move(shape), bytes)
                : converted(bytes, *element, std::move(shape));
  }
  const std::vector<std::byte> copy = packed(view);
  return type ? MultiArray::from_bytes(*type, std::move(shape), copy)
              : converted(copy, *element, std::move(shape));
}

/// The text of the exception that is set, which is cleared.
std::string take_exception() {
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  std::string text = value != nullptr ? nb::str(nb::handle(value)).c_str() : "unknown";
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
  return text;
}

nb::object numpy_array(PyObject* value) {
  const nb::object asarray = nb::module_::import_("numpy").attr("asarray");
  return nb::steal(PyObject_CallOneArg(asarray.ptr(), value));
}

std::string mode_of(PyObject* picture) {
  const nb::object mode = nb::handle(picture).attr("mode");
  const auto text = text_of(mode.ptr());
  return text ? std::string(*text) : "";
}

/// Pixels of mode "F", 32-bit floats, as halfs.
Result<Image> from_floats(std::span<const std::byte> bytes, int width, int height) {
  const std::vector<int64_t> shape{height, width};
  Result<MultiArray> half = MultiArray::create(MultiArrayDataType::kFloat16, shape);
  if (!half.ok()) return std::move(half).error();
  if (bytes.size() != static_cast<size_t>(half->size()) * sizeof(float))
    return Error(ErrorCode::kInvalidArgument,
                 "a picture of mode F whose bytes do not fit its size");
  for (int64_t i = 0; i < half->size(); ++i)
    half->set(i, read<float>(bytes.data() + static_cast<size_t>(i) * sizeof(float)));
  return Image::from_pixels(PixelFormat::kGray16F, width, height, half->bytes());
}

}  // namespace

Result<MultiArray> to_multi_array(PyObject* value, const FeatureDescription* feature) {
  if (auto buffer = PyObject_CheckBuffer(value) ? Buffer::of(value) : nullptr)
    return from_buffer(std::move(buffer), value, feature);
  const nb::object array = numpy_array(value);
  if (!array.is_valid()) {
    return Error(ErrorCode::kTypeMismatch, "a value of type " + type_name(value) +
                                               " came that is no array: " + take_exception());
  }
  if (auto buffer = PyObject_CheckBuffer(array.ptr()) ? Buffer::of(array.ptr()) : nullptr)
    return from_buffer(std::move(buffer), array.ptr(), feature);
  return not_wanted(value, feature);
}

bool is_picture(PyObject* value) {
  return PyObject_HasAttrString(value, "mode") != 0 && PyObject_HasAttrString(value, "size") != 0 &&
         PyObject_HasAttrString(value, "tobytes") != 0;
}

Result<Image> to_image(PyObject* value, Flavor flavor) {
  nb::object picture = nb::borrow(value);
  std::string mode = mode_of(value);
  if (mode != "RGB" && mode != "RGBA" && mode != "L" && mode != "F") {
    if (flavor == Flavor::kCoremltools) {
      return Error(ErrorCode::kTypeMismatch,
                   "a picture of mode " + mode + " came; RGB, RGBA, L and F are taken");
    }
    mode = mode == "1" || mode == "LA" ? "L" : "RGB";
    picture = picture.attr("convert")(mode.c_str());
  }
  const auto [width, height] = nb::cast<std::pair<int, int>>(picture.attr("size"));
  const nb::bytes bytes = nb::cast<nb::bytes>(picture.attr("tobytes")());
  const std::span<const std::byte> pixels{reinterpret_cast<const std::byte*>(bytes.c_str()),
                                          bytes.size()};
  if (mode == "F") return from_floats(pixels, width, height);
  const PixelFormat format = mode == "L"     ? PixelFormat::kGray8
                             : mode == "RGB" ? PixelFormat::kRgb8
                                             : PixelFormat::kRgba8;
  return Image::from_pixels(format, width, height, pixels);
}

}  // namespace pome::python
