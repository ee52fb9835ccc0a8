// Loops over elements that reference kernels share.
#pragma once

#include <cstring>

#include "ops/args.h"

namespace pome::ops::reference {

/// One float32 of memory that need not be aligned.
inline float load_float(const std::byte* data, int64_t i) {
  float v;
  std::memcpy(&v, data + i * 4, 4);
  return v;
}
inline void store_float(std::byte* data, int64_t i, double v) {
  const auto f = static_cast<float>(v);
  std::memcpy(data + i * 4, &f, 4);
}

/// Stores an integer modulo 2^bits, as two's complement arithmetic does (set_integer saturates).
inline void set_wrapped(const TensorView& y, int64_t i, int64_t v) {
  switch (y.dtype) {
    case ir::DType::kInt8:
      return y.set_integer(i, static_cast<int8_t>(v));
    case ir::DType::kUint8:
      return y.set_integer(i, static_cast<uint8_t>(v));
    case ir::DType::kInt16:
      return y.set_integer(i, static_cast<int16_t>(v));
    case ir::DType::kUint16:
      return y.set_integer(i, static_cast<uint16_t>(v));
    case ir::DType::kInt32:
      return y.set_integer(i, static_cast<int32_t>(v));
    default:
      return y.set_integer(i, v);
  }
}

/// y[i] = f(x[i]) in double.
template <typename F>
void map_real(const TensorView& x, const TensorView& y, F f) {
  const int64_t n = y.elements();
  if (x.dtype == ir::DType::kFp32 && y.dtype == ir::DType::kFp32) {
    for (int64_t i = 0; i < n; ++i) store_float(y.data, i, f(load_float(x.data, i)));
  } else {
    for (int64_t i = 0; i < n; ++i) y.set_real(i, f(x.real(i)));
  }
}

/// y[i] = f(x[i]) in 64-bit integers that wrap.
template <typename F>
void map_integer(const TensorView& x, const TensorView& y, F f) {
  const int64_t n = y.elements();
  for (int64_t i = 0; i < n; ++i) set_wrapped(y, i, f(x.integer(i)));
}

}  // namespace pome::ops::reference
