// The records on standard output.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "convert/hdf5_reader/protocol.h"

namespace pome::hdf5 {

inline void put(const void* data, size_t size) { std::fwrite(data, 1, size, stdout); }
inline void put_u8(uint8_t v) { put(&v, 1); }
inline void put_u32(uint32_t v) { put(&v, 4); }
inline void put_u64(uint64_t v) { put(&v, 8); }
inline void put_text(std::string_view text) {
  put_u32(static_cast<uint32_t>(text.size()));
  put(text.data(), text.size());
}
inline void put_tag(Tag tag, std::string_view path) {
  put_u8(tag);
  put_text(path.substr(0, kMaxPath));
}
inline bool fail(std::string_view message) {
  put_tag(kFailure, message);
  std::fflush(stdout);
  return false;
}

}  // namespace pome::hdf5
