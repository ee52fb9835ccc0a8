// How each dtype is stored: load_* and store_* of literal.h.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/half.h"
#include "ir/literal.h"

namespace pome::ir {
namespace {

template <typename T>
T get(const std::byte* data, int64_t i) {
  T value;
  std::memcpy(&value, data + static_cast<size_t>(i) * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
void put(std::byte* data, int64_t i, T value) {
  std::memcpy(data + static_cast<size_t>(i) * sizeof(T), &value, sizeof(T));
}

template <typename T>
void put_clamped(std::byte* data, int64_t i, int64_t value) {
  if constexpr (std::is_same_v<T, uint64_t>) {
    put<T>(data, i, static_cast<T>(std::max<int64_t>(value, 0)));
  } else {
    put<T>(data, i,
           static_cast<T>(std::clamp<int64_t>(value, std::numeric_limits<T>::min(),
                                              std::numeric_limits<T>::max())));
  }
}

uint64_t get_bits(const std::byte* data, int64_t i, int width) {
  uint64_t value = 0;
  for (int b = 0; b < width; ++b) {
    const int64_t position = i * width + b;
    const auto bit = (static_cast<uint64_t>(data[position / 8]) >> (position % 8)) & 1u;
    value |= bit << b;
  }
  return value;
}

void put_bits(std::byte* data, int64_t i, int width, uint64_t value) {
  for (int b = 0; b < width; ++b) {
    const int64_t position = i * width + b;
    const auto mask = static_cast<std::byte>(1u << (position % 8));
    std::byte& target = data[position / 8];
    target = ((value >> b) & 1u) ? (target | mask) : (target & ~mask);
  }
}

/// fp8 with `mantissa_bits` of mantissa; e4m3fn has no infinity and one NaN pattern, e5m2 is
/// IEEE-like.
double fp8_to_double(uint8_t v, int exponent_bits, int mantissa_bits, bool finite_only) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = (v >> mantissa_bits) & ((1 << exponent_bits) - 1);
  const int mantissa = v & ((1 << mantissa_bits) - 1);
  const double sign = (v & 0x80) ? -1 : 1;
  const int top = (1 << exponent_bits) - 1;
  if (finite_only ? (v & 0x7f) == 0x7f : (exponent == top && mantissa != 0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (!finite_only && exponent == top) return sign * std::numeric_limits<double>::infinity();
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias - mantissa_bits);
  return sign * std::ldexp((1 << mantissa_bits) + mantissa, exponent - bias - mantissa_bits);
}

}  // namespace

double load_real(DType dtype, const std::byte* data, int64_t i) {
  switch (dtype) {
    case DType::kFp16:
      return half_to_float(get<uint16_t>(data, i));
    case DType::kFp32:
      return get<float>(data, i);
    case DType::kFp64:
      return get<double>(data, i);
    case DType::kBf16:
      return bfloat16_to_float(get<uint16_t>(data, i));
    case DType::kFp8e4m3fn:
      return fp8_to_double(get<uint8_t>(data, i), 4, 3, true);
    case DType::kFp8e5m2:
      return fp8_to_double(get<uint8_t>(data, i), 5, 2, false);
    case DType::kUint64:
      return static_cast<double>(get<uint64_t>(data, i));
    default:
      return static_cast<double>(load_integer(dtype, data, i));
  }
}

int64_t load_integer(DType dtype, const std::byte* data, int64_t i) {
  switch (dtype) {
    case DType::kBool:
      return get<uint8_t>(data, i) != 0;
    case DType::kInt8:
      return get<int8_t>(data, i);
    case DType::kInt16:
      return get<int16_t>(data, i);
    case DType::kInt32:
      return get<int32_t>(data, i);
    case DType::kInt64:
      return get<int64_t>(data, i);
    case DType::kUint8:
      return get<uint8_t>(data, i);
    case DType::kUint16:
      return get<uint16_t>(data, i);
    case DType::kUint32:
      return get<uint32_t>(data, i);
    case DType::kUint64:
      return static_cast<int64_t>(
          std::min<uint64_t>(get<uint64_t>(data, i), std::numeric_limits<int64_t>::max()));
    case DType::kInt4: {
      const auto v = static_cast<int64_t>(get_bits(data, i, 4));
      return v >= 8 ? v - 16 : v;
    }
    case DType::kUint1:
    case DType::kUint2:
    case DType::kUint3:
    case DType::kUint4:
    case DType::kUint6:
      return static_cast<int64_t>(get_bits(data, i, bits(dtype)));
    case DType::kString:
      return 0;
    default: {
      const double v = load_real(dtype, data, i);
      if (std::isnan(v)) return 0;
      if (v >= 0x1p63) return std::numeric_limits<int64_t>::max();
      if (v < -0x1p63) return std::numeric_limits<int64_t>::min();
      return static_cast<int64_t>(v);
    }
  }
}

void store_real(DType dtype, std::byte* data, int64_t i, double value) {
  switch (dtype) {
    case DType::kFp16:
      put<uint16_t>(data, i, float_to_half(static_cast<float>(value)));
      return;
    case DType::kFp32:
      put<float>(data, i, static_cast<float>(value));
      return;
    case DType::kFp64:
      put<double>(data, i, value);
      return;
    case DType::kBf16:
      put<uint16_t>(data, i, float_to_bfloat16(static_cast<float>(value)));
      return;
    case DType::kBool:
      put<uint8_t>(data, i, value != 0);
      return;
    default:
      break;
  }
  int64_t whole = 0;
  if (value >= 0x1p63) {
    whole = std::numeric_limits<int64_t>::max();
  } else if (value < -0x1p63) {
    whole = std::numeric_limits<int64_t>::min();
  } else if (!std::isnan(value)) {
    whole = static_cast<int64_t>(value);
  }
  store_integer(dtype, data, i, whole);
}

void store_integer(DType dtype, std::byte* data, int64_t i, int64_t value) {
  switch (dtype) {
    case DType::kBool:
      return put<uint8_t>(data, i, value != 0);
    case DType::kInt8:
      return put_clamped<int8_t>(data, i, value);
    case DType::kInt16:
      return put_clamped<int16_t>(data, i, value);
    case DType::kInt32:
      return put_clamped<int32_t>(data, i, value);
    case DType::kInt64:
      return put<int64_t>(data, i, value);
    case DType::kUint8:
      return put_clamped<uint8_t>(data, i, value);
    case DType::kUint16:
      return put_clamped<uint16_t>(data, i, value);
    case DType::kUint32:
      return put_clamped<uint32_t>(data, i, value);
    case DType::kUint64:
      return put_clamped<uint64_t>(data, i, value);
    case DType::kInt4:
      return put_bits(data, i, 4, static_cast<uint64_t>(std::clamp<int64_t>(value, -8, 7)) & 15u);
    case DType::kUint1:
    case DType::kUint2:
    case DType::kUint3:
    case DType::kUint4:
    case DType::kUint6:
      return put_bits(data, i, bits(dtype),
                      static_cast<uint64_t>(std::clamp<int64_t>(value, 0, (1 << bits(dtype)) - 1)));
    case DType::kFp16:
    case DType::kFp32:
    case DType::kFp64:
    case DType::kBf16:
      return store_real(dtype, data, i, static_cast<double>(value));
    default:
      return;  // fp8 and string: no op computes into them
  }
}

}  // namespace pome::ir
