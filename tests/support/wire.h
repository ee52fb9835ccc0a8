// Writes protobuf's wire format by hand: what no serialiser would.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pome::testing {

inline std::string wire_varint(uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(value | 0x80);
  return text + static_cast<char>(value);
}

/// A field of wire type 0.
inline std::string wire_number(uint32_t field, uint64_t value) {
  return wire_varint(uint64_t{field} << 3) + wire_varint(value);
}

/// A field of wire type 2.
inline std::string wire_bytes(uint32_t field, std::string_view payload) {
  return wire_varint(uint64_t{field} << 3 | 2) + wire_varint(payload.size()) + std::string(payload);
}

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace pome::testing
