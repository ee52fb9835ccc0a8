// Element types, by MIL's names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pome::ir {

/// The element types that MIL can name. Stored little-endian; sub-byte types are packed LSB-first.
enum class DType : uint8_t {
  kBool,
  kString,
  kFp16,
  kFp32,
  kFp64,
  kBf16,
  kFp8e4m3fn,
  kFp8e5m2,
  kInt4,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint1,
  kUint2,
  kUint3,
  kUint4,
  kUint6,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
};

/// MIL text's name: "fp32", "int32", "bool", "string", ...
std::string_view name(DType type);
/// The inverse of name(); nothing for any other text.
std::optional<DType> dtype_from_name(std::string_view text);
/// Bits an element takes in storage: bool 8, int4 4, fp32 32; string 0.
int bits(DType type);
/// True for fp16, fp32, fp64, bf16 and the fp8 types.
bool is_float(DType type);
/// True for the signed and unsigned integers; bool is none.
bool is_integer(DType type);
/// Bytes that `elements` packed elements take (rounded up). Requires elements >= 0, not a string.
int64_t storage_bytes(DType type, int64_t elements);

}  // namespace pome::ir
