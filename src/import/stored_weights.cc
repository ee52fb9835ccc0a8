#include "import/stored_weights.h"

#include "format/schema.h"

namespace pome::import {
namespace {

using format::FieldKind;
using format::FieldRow;
using format::MessageRow;
using Bytes = std::span<const std::byte>;

/// One field: its number, and the bytes of those of wire type 2 or the number of type 0.
struct Field {
  uint32_t number = 0;
  uint32_t wire = 0;
  uint64_t value = 0;
  Bytes bytes;
};

uint64_t read_varint(Bytes& rest) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = std::to_integer<uint64_t>(rest[0]);
    rest = rest.subspan(1);
    value |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return value;
}

/// The next field, taken off `rest`; false at the end and where the bytes are damaged.
bool next(Bytes& rest, Field& field) {
  if (rest.empty()) return false;
  const uint64_t tag = read_varint(rest);
  field = {static_cast<uint32_t>(tag >> 3), static_cast<uint32_t>(tag & 7), 0, {}};
  if (field.wire == 0) {
    field.value = read_varint(rest);
    return true;
  }
  const uint64_t length = field.wire == 1   ? 8
                          : field.wire == 5 ? 4
                          : field.wire == 2 ? read_varint(rest)
                                            : UINT64_MAX;
  if (length > rest.size()) return false;
  field.bytes = rest.first(static_cast<size_t>(length));
  rest = rest.subspan(static_cast<size_t>(length));
  return true;
}

int64_t bits_of(Bytes quantization) {
  Field field;
  while (next(quantization, field))
    if (field.number == 1) return static_cast<int64_t>(field.value);
  return 8;
}

void count_weights(Bytes weights, std::map<std::string, int64_t>& counts) {
  constexpr uint32_t kFloat = 1, kFloat16 = 2, kRaw = 30, kInt8 = 31, kQuantization = 40;
  size_t raw = 0;
  int64_t bits = 8;
  Field field;
  while (next(weights, field)) {
    const auto size = static_cast<int64_t>(field.bytes.size());
    if (field.number == kFloat && size > 0) counts["float32"] += size / 4;
    if (field.number == kFloat16 && size > 0) counts["float16"] += size / 2;
    if (field.number == kInt8 && size > 0) counts["int8"] += size;
    if (field.number == kRaw) raw = field.bytes.size();
    if (field.number == kQuantization) bits = bits_of(field.bytes);
  }
  if (raw == 0 || bits < 1) return;
  counts[std::to_string(bits) + (bits == 1 ? " bit" : " bits") + " quantised"] +=
      static_cast<int64_t>(raw) * 8 / bits;
}

/// As deep as the scan allows.
void walk(Bytes message, const MessageRow& row, std::map<std::string, int64_t>& counts) {
  Field field;
  while (next(message, field)) {
    const FieldRow* known = format::schema_field(row, field.number);
    if (known == nullptr || known->kind != FieldKind::kMessage || field.wire != 2) continue;
    const MessageRow& inner = format::schema_messages()[known->message];
    if (inner.name == "WeightParams") {
      count_weights(field.bytes, counts);
    } else {
      walk(field.bytes, inner, counts);
    }
  }
}

}  // namespace

std::map<std::string, int64_t> stored_weights(Bytes model) {
  std::map<std::string, int64_t> counts;
  walk(model, format::schema_messages().front(), counts);
  return counts;
}

}  // namespace pome::import
