// Numbers in and out of a model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// The element types that Core ML allows in a multi-array feature; the numbers are the format's
/// own.
enum class MultiArrayDataType : int {
  kFloat16 = 65552,
  kFloat32 = 65568,
  kFloat64 = 65600,  // the format's DOUBLE
  kInt32 = 131104,
  kInt8 = 131080,
};

/// "float32", "float64", "float16", "int32", "int8".
std::string_view to_string(MultiArrayDataType type);
/// Bytes of one element.
size_t element_size(MultiArrayDataType type);

/// A dense, row-major array of numbers with a shape (outermost extent first; rank 0 is one number).
/// Copies share the memory; mutable_bytes() detaches a shared copy first. Reading from many threads
/// is safe, writing is for one.
///
/// Example: `auto a = MultiArray::from_floats({1, 3}, {0.1f, 0.2f, 0.3f}).value();`
class MultiArray {
 public:
  /// One float32 zero of shape [1].
  MultiArray();
  /// Zero-filled. An Error when an extent is negative, the size overflows or memory is short.
  static Result<MultiArray> create(MultiArrayDataType type, std::vector<int64_t> shape);
  /// Copies. An Error unless bytes.size() is the product of the shape times the element size.
  static Result<MultiArray> from_bytes(MultiArrayDataType type, std::vector<int64_t> shape,
                                       std::span<const std::byte> bytes);
  static Result<MultiArray> from_floats(std::vector<int64_t> shape, std::span<const float> values);
  /// Reads `bytes` where they lie, without a copy: they must not change while this array or a copy
  /// of it lives, and `owner` (which may be null for memory that outlives them all) is kept until
  /// then. Row-major, aligned for the element type. Writing detaches a copy first. An Error unless
  /// bytes.size() is the product of the shape times the element size.
  static Result<MultiArray> borrow(MultiArrayDataType type, std::vector<int64_t> shape,
                                   std::span<const std::byte> bytes,
                                   std::shared_ptr<const void> owner);

  /// Element type, extents and number of elements.
  MultiArrayDataType type() const { return type_; }
  const std::vector<int64_t>& shape() const { return shape_; }
  /// Product of the shape.
  int64_t size() const { return size_; }
  /// True while it reads the memory of borrow().
  bool borrowed() const { return data_ == nullptr; }
  std::span<const std::byte> bytes() const;
  std::span<std::byte> mutable_bytes();

  /// Element i in row-major order, converted to double exactly. Requires 0 <= i < size().
  double at(int64_t i) const;
  /// Rounds to the element type: to nearest even for floats, toward zero and clamped for integers.
  /// Requires 0 <= i < size().
  void set(int64_t i, double value);
  /// All elements, converted.
  std::vector<float> to_floats() const;

 private:
  MultiArrayDataType type_ = MultiArrayDataType::kFloat32;
  std::vector<int64_t> shape_;
  int64_t size_ = 0;
  std::shared_ptr<std::vector<std::byte>> data_;  // null while borrowed
  std::span<const std::byte> borrowed_;
  std::shared_ptr<const void> owner_;
};

}  // namespace pome

#pragma GCC visibility pop
