// Constants as the model stores them, on their way into a packed form.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/half.h"
#include "ir/dtype.h"

namespace pome::cpu {

/// A constant tensor in row-major order: fp32 or fp16 elements, at any alignment. A view.
struct Weights {
  ir::DType dtype = ir::DType::kFp32;
  std::span<const std::byte> bytes;

  bool empty() const { return bytes.empty(); }
  int64_t elements() const {
    return static_cast<int64_t>(bytes.size() / (dtype == ir::DType::kFp16 ? 2 : 4));
  }
  /// Element `i` as float. Requires i < elements() and dtype fp32 or fp16.
  float at(int64_t i) const {
    if (dtype == ir::DType::kFp16) {
      uint16_t half = 0;
      std::memcpy(&half, bytes.data() + i * 2, sizeof(half));
      return half_to_float(half);
    }
    float value = 0;
    std::memcpy(&value, bytes.data() + i * 4, sizeof(value));
    return value;
  }
};

}  // namespace pome::cpu
