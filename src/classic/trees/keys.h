// Numbers as integers that order as they do. Internal to this folder.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace pome::classic {

/// int32_t for float, int64_t for double.
template <typename T>
using KeyOf = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;

/// The key of a number that is no NaN: a < b exactly when key(a) < key(b), and -0 has the key of 0.
/// Between the keys of neighbouring numbers there is none but between those of 0 and the negative
/// number next to it; the smallest and the largest integer are no number's key.
template <typename T>
KeyOf<T> key_of(T value) {
  using Key = KeyOf<T>;
  const auto bits = std::bit_cast<Key>(value + T{0});  // -0 + 0 is 0
  return bits ^ ((bits >> (8 * sizeof(Key) - 1)) & std::numeric_limits<Key>::max());
}

/// The same with a key for NaN.
template <typename T>
KeyOf<T> key_of(T value, KeyOf<T> missing) {
  const KeyOf<T> key = key_of(value);
  return value == value ? key : missing;
}

}  // namespace pome::classic
