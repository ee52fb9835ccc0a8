#include "tests/support/mutate_message.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "tests/support/wire.h"

namespace pome::testing {
namespace {

uint64_t read_varint(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0; !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) break;
  }
  return value;
}

std::vector<WireField> read_message(std::string_view bytes, const format::MessageRow& message) {
  std::vector<WireField> fields;
  while (!bytes.empty()) {
    WireField field;
    field.tag = static_cast<uint32_t>(read_varint(bytes));
    const format::FieldRow* row = format::schema_field(message, field.tag >> 3);
    size_t length = 0;
    switch (field.tag & 7) {
      case 0:
        field.number = read_varint(bytes);
        break;
      case 1:
        length = 8;
        break;
      case 2:
        length = read_varint(bytes);
        break;
      default:
        length = 4;
    }
    const std::string_view content = bytes.substr(0, length);
    bytes.remove_prefix(content.size());
    if (row != nullptr && row->kind == format::FieldKind::kMessage && (field.tag & 7) == 2) {
      field.is_message = true;
      field.children = read_message(content, format::schema_messages()[row->message]);
    } else {
      field.bytes = content;
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string write_message(const std::vector<WireField>& fields) {
  std::string out;
  for (const WireField& field : fields) {
    if (field.is_message) {
      out += wire_bytes(field.tag >> 3, write_message(field.children));
      continue;
    }
    out += wire_varint(field.tag);
    if ((field.tag & 7) == 0) out += wire_varint(field.number);
    if ((field.tag & 7) == 2) out += wire_varint(field.bytes.size());
    out += field.bytes;
  }
  return out;
}

constexpr std::array<uint64_t, 16> kNumbers = {
    0,     1,          2,        3,          7,          8,          64,        255,
    65535, 0x7fffffff, 1u << 31, 0xffffffff, 1ull << 32, 1ull << 62, INT64_MAX, UINT64_MAX};

}  // namespace

MessageMutator::MessageMutator(std::span<const std::byte> model, uint64_t seed)
    : model_(read_message({reinterpret_cast<const char*>(model.data()), model.size()},
                          format::schema_messages().front())),
      random_(seed) {}

std::vector<std::byte> MessageMutator::operator()() {
  std::vector<WireField> copy = model_;
  for (uint64_t i = 0; i < 1 + below(3); ++i) damage(copy);
  const std::string text = write_message(copy);
  const std::span<const std::byte> bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

/// Goes down a random path; stops sooner or later.
void MessageMutator::damage(std::vector<WireField>& fields) {
  if (fields.empty()) return;
  const size_t i = below(fields.size());
  if (fields[i].is_message && !fields[i].children.empty() && below(16) != 0)
    return damage(fields[i].children);
  const auto at = fields.begin() + static_cast<ptrdiff_t>(i);
  switch (below(8)) {
    case 0:
      fields.erase(at);
      return;
    case 1: {
      WireField twin = *at;
      fields.insert(at, std::move(twin));
      return;
    }
    case 2:
      std::swap(fields[i], fields[below(fields.size())]);
      return;
    default:
      damage_value(fields[i]);
  }
}

void MessageMutator::damage_value(WireField& field) {
  if (field.is_message) {
    field.children.clear();
  } else if ((field.tag & 7) == 0) {
    field.number = below(2) ? kNumbers[below(kNumbers.size())] : field.number + below(3) - 1;
  } else if ((field.tag & 7) == 2 && below(2)) {
    field.bytes.resize(below(2) ? field.bytes.size() / 2 : field.bytes.size() + below(9), 'a');
  } else if (!field.bytes.empty()) {
    field.bytes[below(field.bytes.size())] = static_cast<char>(below(128));
  }
}

}  // namespace pome::testing
