// The messages of the format as a table: protobuf-lite knows no descriptors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pome::format {

/// How a field is stored: the digit is the bytes that an element takes in memory.
enum class FieldKind : uint8_t {
  kVarint1,
  kVarint4,
  kVarint8,
  kFixed4,
  kFixed8,
  kString,
  kBytes,
  kMessage,
};

/// One field of a message.
struct FieldRow {
  uint16_t number;
  FieldKind kind;
  bool repeated;
  /// Of a message: its position in schema_messages().
  uint16_t message;
  std::string_view name;
};

/// One message; its fields are sorted by number.
struct MessageRow {
  /// Without the package: "NeuralNetworkLayer", "Value.BlobFileValue".
  std::string_view name;
  uint16_t first_field;
  uint16_t field_count;
  /// sizeof the generated class, or what a map node takes.
  uint32_t bytes;
};

/// All messages; the first is Model.
std::span<const MessageRow> schema_messages();
/// The field of that number; null when the message has none.
const FieldRow* schema_field(const MessageRow& message, uint32_t number);
/// The message of that name; null when there is none.
const MessageRow* schema_message(std::string_view name);

}  // namespace pome::format
