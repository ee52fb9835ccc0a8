// Types of values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/shape.h"
#include "ir/dtype.h"

namespace pome::ir {

/// The type of a Value: a tensor in nearly every case; a list, dictionary, tuple or state where MIL
/// has one. An immutable plain value, cheap to copy.
class Type {
 public:
  enum class Kind : uint8_t { kTensor, kList, kDict, kTuple, kState };

  /// fp32 scalar.
  Type() = default;
  static Type tensor(DType dtype, const Shape& shape);
  static Type scalar(DType dtype) { return tensor(dtype, Shape()); }
  /// `length` is Shape::kUnknown when it is data.
  static Type list(Type element, int64_t length);
  static Type dict(Type key, Type value);
  static Type tuple(std::vector<Type> members);
  static Type state(Type wrapped);

  Kind kind() const { return kind_; }
  bool is_tensor() const { return kind_ == Kind::kTensor; }
  bool is_scalar() const { return is_tensor() && shape_.empty(); }
  /// Requires is_tensor().
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  /// list: {element}; dict: {key, value}; tuple: its members; state: {wrapped}.
  const std::vector<Type>& members() const;
  /// Requires a list.
  int64_t length() const { return length_; }

  /// MIL text in its newer writing: "tensor<fp32, [1, 3, ?]>", "int32" for a scalar, "list<string,
  /// 2>", ...
  std::string to_string() const;
  friend bool operator==(const Type& a, const Type& b);

 private:
  Kind kind_ = Kind::kTensor;
  DType dtype_ = DType::kFp32;
  Shape shape_;
  int64_t length_ = 0;
  std::shared_ptr<const std::vector<Type>> members_;
};

}  // namespace pome::ir
