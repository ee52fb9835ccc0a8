#include "ir/dtype.h"

#include <array>

namespace pome::ir {
namespace {

struct Row {
  std::string_view name;
  int bits;
};

// In the order of DType.
constexpr std::array<Row, 22> kRows = {{
    {"bool", 8},      {"string", 0},  {"fp16", 16},   {"fp32", 32},   {"fp64", 64},  {"bf16", 16},
    {"fp8e4m3fn", 8}, {"fp8e5m2", 8}, {"int4", 4},    {"int8", 8},    {"int16", 16}, {"int32", 32},
    {"int64", 64},    {"uint1", 1},   {"uint2", 2},   {"uint3", 3},   {"uint4", 4},  {"uint6", 6},
    {"uint8", 8},     {"uint16", 16}, {"uint32", 32}, {"uint64", 64},
}};
static_assert(static_cast<size_t>(DType::kUint64) + 1 == kRows.size());

}  // namespace

std::string_view name(DType type) { return kRows[static_cast<size_t>(type)].name; }

std::optional<DType> dtype_from_name(std::string_view text) {
  for (size_t i = 0; i < kRows.size(); ++i)
    if (kRows[i].name == text) return static_cast<DType>(i);
  return std::nullopt;
}

int bits(DType type) { return kRows[static_cast<size_t>(type)].bits; }

bool is_float(DType type) { return type >= DType::kFp16 && type <= DType::kFp8e5m2; }

bool is_integer(DType type) { return type >= DType::kInt4; }

int64_t storage_bytes(DType type, int64_t elements) {
  const int b = bits(type);
  return b >= 8 ? elements * (b / 8) : elements / 8 * b + (elements % 8 * b + 7) / 8;
}

}  // namespace pome::ir
