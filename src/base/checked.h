// Integer arithmetic on sizes that come from files: wraps nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pome {

/// a * b, or nothing when it does not fit 64 bits or a factor is negative.
inline std::optional<int64_t> checked_mul(int64_t a, int64_t b) {
  int64_t product = 0;
  if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

/// a + b, or nothing when it does not fit 64 bits.
inline std::optional<int64_t> checked_add(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

/// True when [offset, offset + size) lies inside [0, total). Never wraps.
inline bool range_fits(uint64_t offset, uint64_t size, uint64_t total) {
  return offset <= total && size <= total - offset;
}

/// The one way to take a part of bytes whose place a file names: nothing unless it lies inside.
inline std::optional<std::span<const std::byte>> checked_slice(std::span<const std::byte> bytes,
                                                               uint64_t offset, uint64_t size) {
  if (!range_fits(offset, size, bytes.size())) return std::nullopt;
  return bytes.subspan(offset, size);
}

}  // namespace pome
