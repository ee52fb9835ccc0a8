#include "pome/multi_array.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>

#include "base/checked.h"
#include "base/half.h"
#include "base/shape.h"
#include "base/try.h"

namespace pome {
namespace {

template <typename T>
T load(std::span<const std::byte> data, int64_t i) {
  T value;
  std::memcpy(&value, data.data() + static_cast<size_t>(i) * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
void store(std::vector<std::byte>& data, int64_t i, T value) {
  std::memcpy(data.data() + static_cast<size_t>(i) * sizeof(T), &value, sizeof(T));
}

template <typename T>
T clamp_to(double value) {
  if (std::isnan(value)) return 0;
  return static_cast<T>(std::clamp<double>(std::trunc(value), std::numeric_limits<T>::min(),
                                           std::numeric_limits<T>::max()));
}

}  // namespace

std::string_view to_string(MultiArrayDataType type) {
  switch (type) {
    case MultiArrayDataType::kFloat16:
      return "float16";
    case MultiArrayDataType::kFloat32:
      return "float32";
    case MultiArrayDataType::kFloat64:
      return "float64";
    case MultiArrayDataType::kInt32:
      return "int32";
    case MultiArrayDataType::kInt8:
      return "int8";
  }
  return "unknown";
}

size_t element_size(MultiArrayDataType type) {
  switch (type) {
    case MultiArrayDataType::kFloat16:
      return 2;
    case MultiArrayDataType::kFloat64:
      return 8;
    case MultiArrayDataType::kInt8:
      return 1;
    default:
      return 4;
  }
}

MultiArray::MultiArray()
    : shape_{1}, size_(1), data_(std::make_shared<std::vector<std::byte>>(4)) {}

Result<MultiArray> MultiArray::create(MultiArrayDataType type, std::vector<int64_t> shape) {
  std::optional<int64_t> size = 1;
  for (int64_t d : shape) {
    size = checked_mul(*size, d);
    if (!size) break;
  }
  const auto bytes =
      size ? checked_mul(*size, static_cast<int64_t>(element_size(type))) : std::nullopt;
  if (!bytes) {
    return Error(ErrorCode::kInvalidArgument,
                 "shape " + shape_text(shape) +
                     " has a negative extent or more elements than 64 bits count");
  }
  MultiArray array;
  array.type_ = type;
  array.shape_ = std::move(shape);
  array.size_ = *size;
  try {
    array.data_ = std::make_shared<std::vector<std::byte>>(static_cast<size_t>(*bytes));
  } catch (const std::exception&) {
    return Error(ErrorCode::kOutOfMemory,
                 "no memory for an array of shape " + shape_text(array.shape_));
  }
  return array;
}

namespace {

/// The number of elements of `shape`, which must be what `bytes` hold. Compared before anything is
/// allocated: a shape may come from a file.
Result<int64_t> elements_of(MultiArrayDataType type, const std::vector<int64_t>& shape,
                            std::span<const std::byte> bytes) {
  int64_t size = 1;
  bool fits = true;
  for (int64_t d : shape) {
    const auto product = checked_mul(size, d);
    fits = fits && product.has_value();
    size = product.value_or(0);
  }
  if (!fits || bytes.size() % element_size(type) != 0 ||
      static_cast<uint64_t>(size) != bytes.size() / element_size(type)) {
    return Error(ErrorCode::kShapeMismatch,
                 "shape " + shape_text(shape) + " of " + std::string(to_string(type)) + " needs " +
                     (fits ? std::to_string(size) : "too many") + " elements of " +
                     std::to_string(element_size(type)) + " bytes, " +
                     std::to_string(bytes.size()) + " bytes were given");
  }
  return size;
}

}  // namespace

Result<MultiArray> MultiArray::from_bytes(MultiArrayDataType type, std::vector<int64_t> shape,
                                          std::span<const std::byte> bytes) {
  POME_TRY(elements_of(type, shape, bytes));
  Result<MultiArray> array = create(type, std::move(shape));
  if (array.ok() && !bytes.empty()) std::memcpy(array->data_->data(), bytes.data(), bytes.size());
  return array;
}

Result<MultiArray> MultiArray::from_floats(std::vector<int64_t> shape,
                                           std::span<const float> values) {
  return from_bytes(MultiArrayDataType::kFloat32, std::move(shape), std::as_bytes(values));
}

Result<MultiArray> MultiArray::borrow(MultiArrayDataType type, std::vector<int64_t> shape,
                                      std::span<const std::byte> bytes,
                                      std::shared_ptr<const void> owner) {
  POME_ASSIGN(const int64_t size, elements_of(type, shape, bytes));
  MultiArray array;
  array.type_ = type;
  array.shape_ = std::move(shape);
  array.size_ = size;
  array.data_ = nullptr;
  array.borrowed_ = bytes;
  array.owner_ = std::move(owner);
  return array;
}

std::span<const std::byte> MultiArray::bytes() const {
  return data_ != nullptr ? std::span<const std::byte>(*data_) : borrowed_;
}

std::span<std::byte> MultiArray::mutable_bytes() {
  if (data_ == nullptr) {
    data_ = std::make_shared<std::vector<std::byte>>(borrowed_.begin(), borrowed_.end());
    borrowed_ = {};
    owner_.reset();
  }
  if (data_.use_count() > 1) data_ = std::make_shared<std::vector<std::byte>>(*data_);
  return *data_;
}

double MultiArray::at(int64_t i) const {
  const std::span<const std::byte> data = bytes();
  switch (type_) {
    case MultiArrayDataType::kFloat16:
      return half_to_float(load<uint16_t>(data, i));
    case MultiArrayDataType::kFloat32:
      return load<float>(data, i);
    case MultiArrayDataType::kFloat64:
      return load<double>(data, i);
    case MultiArrayDataType::kInt32:
      return load<int32_t>(data, i);
    case MultiArrayDataType::kInt8:
      return load<int8_t>(data, i);
  }
  return 0;
}

void MultiArray::set(int64_t i, double value) {
  mutable_bytes();
  switch (type_) {
    case MultiArrayDataType::kFloat16:
      return store(*data_, i, float_to_half(static_cast<float>(value)));
    case MultiArrayDataType::kFloat32:
      return store(*data_, i, static_cast<float>(value));
    case MultiArrayDataType::kFloat64:
      return store(*data_, i, value);
    case MultiArrayDataType::kInt32:
      return store(*data_, i, clamp_to<int32_t>(value));
    case MultiArrayDataType::kInt8:
      return store(*data_, i, clamp_to<int8_t>(value));
  }
}

std::vector<float> MultiArray::to_floats() const {
  std::vector<float> values(static_cast<size_t>(size_));
  if (type_ == MultiArrayDataType::kFloat32) {
    if (!values.empty()) std::memcpy(values.data(), bytes().data(), values.size() * sizeof(float));
    return values;
  }
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(at(static_cast<int64_t>(i)));
  return values;
}

}  // namespace pome
