// Numbers as integers that order as they do. Internal to this folder.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace pome::classic {

/// uint32_t for float, uint64_t for double.
template <typename T>
using KeyOf = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

/// The key of a number that is no NaN: a < b exactly when key(a) < key(b), and -0 has the key of 0.
/// Between the keys of neighbouring numbers there is none but between those of 0 and the negative
/// number next to it; the smallest and the largest integer are no number's key.
template <typename T>
KeyOf<T> key_of(T value) {
  using Key = KeyOf<T>;
  const Key bits = std::bit_cast<Key>(value + T{0});  // -0 + 0 is 0
  constexpr Key kSign = Key{1} << (8 * sizeof(Key) - 1);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

/// The same with a key for NaN.
template <typename T>
KeyOf<T> key_of(T value, KeyOf<T> missing) {
  const KeyOf<T> key = key_of(value);
  return value == value ? key : missing;
}

}  // namespace pome::classic
