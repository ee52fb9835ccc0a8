// What the classes that `pome generate` writes are built on. You rarely call it yourself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "pome/error.h"
#include "pome/feature_value.h"
#include "pome/model.h"
#include "pome/multi_array.h"
#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// A feature that a class was generated for. `name` must outlive it: a literal.
struct TypedFeature {
  std::string_view name;
  FeatureType type = FeatureType::kInvalid;
};

/// Whether `model` still is what the class `class_name` was generated for: has every one of
/// `inputs` and `outputs`, of the same types, and wants no further input. Errors: kInvalidModel,
/// with the feature and both types.
Status check_typed_features(const Model& model, std::span<const TypedFeature> inputs,
                            std::span<const TypedFeature> outputs, std::string_view class_name);

/// Reads outputs one after the other, and keeps the first error. Refers to `outputs`, which must
/// outlive it. For one thread.
///
/// Example: `TypedValues values(outputs); auto* label = values.get<std::string>("classLabel");
///           if (!values.status().ok()) return values.status().error();`
class TypedValues {
 public:
  explicit TypedValues(const FeatureProvider& outputs) : outputs_(outputs) {}

  /// The output `name`; null, and an error in status(), where there is none or it is no T. Lives as
  /// long as the outputs.
  template <typename T>
  const T* get(std::string_view name) {
    const FeatureValue* value = outputs_.find(name);
    if constexpr (std::is_same_v<T, FeatureValue>) {
      if (value == nullptr) complain(name, nullptr);
      return value;
    } else {
      const T* typed = value == nullptr ? nullptr : value->get_if<T>();
      if (typed == nullptr) complain(name, value);
      return typed;
    }
  }
  /// The same for an array, whose elements must be of `type`.
  const MultiArray* get_array(std::string_view name, MultiArrayDataType type);
  /// The same for an output that may be absent, which is no error.
  template <typename T>
  std::optional<T> get_optional(std::string_view name) {
    const FeatureValue* value = outputs_.find(name);
    if (value == nullptr || !value->defined()) return std::nullopt;
    const T* typed = get<T>(name);
    return typed == nullptr ? std::nullopt : std::optional<T>(*typed);
  }

  /// Success, or the first error.
  const Status& status() const { return status_; }

 private:
  void complain(std::string_view name, const FeatureValue* value);

  const FeatureProvider& outputs_;
  Status status_;
};

/// The C++ type's element type: float, double, int32_t or int8_t.
template <typename T>
constexpr MultiArrayDataType typed_element() {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> ||
                std::is_same_v<T, int32_t> || std::is_same_v<T, int8_t>);
  if (std::is_same_v<T, double>) return MultiArrayDataType::kFloat64;
  if (std::is_same_v<T, int32_t>) return MultiArrayDataType::kInt32;
  if (std::is_same_v<T, int8_t>) return MultiArrayDataType::kInt8;
  return MultiArrayDataType::kFloat32;
}

/// An array of `shape` with those elements, row-major, copied. An Error unless there are as many
/// values as the shape has places.
template <typename T>
Result<MultiArray> typed_array(std::span<const int64_t> shape, std::span<const T> values) {
  return MultiArray::from_bytes(typed_element<T>(), {shape.begin(), shape.end()},
                                std::as_bytes(values));
}

/// The elements of `array`, row-major, where they lie: they live as long as the array. Empty unless
/// they are of type T.
template <typename T>
std::span<const T> typed_elements(const MultiArray& array) {
  if (array.type() != typed_element<T>()) return {};
  const std::span<const std::byte> bytes = array.bytes();
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

/// The embedded bytes of a file, as `pome generate --embed` declares them.
inline std::span<const std::byte> embedded_bytes(const unsigned char* begin, uint64_t size) {
  return {reinterpret_cast<const std::byte*>(begin), static_cast<size_t>(size)};
}

}  // namespace pome

#pragma GCC visibility pop
