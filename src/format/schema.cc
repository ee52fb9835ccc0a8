#include "format/schema.h"

#include <algorithm>

#include "format/proto/model.pb.h"

namespace pome::format {
namespace {

using K = FieldKind;
// A node of protobuf's map with its key, and its share of the bucket table.
constexpr uint32_t kMapNode = 96;

#include "format/schema_table.inc"

}  // namespace

std::span<const MessageRow> schema_messages() { return kMessages; }

const FieldRow* schema_field(const MessageRow& message, uint32_t number) {
  const std::span<const FieldRow> fields =
      std::span(kFields).subspan(message.first_field, message.field_count);
  const auto found = std::lower_bound(
      fields.begin(), fields.end(), number,
      [](const FieldRow& field, uint32_t wanted) { return field.number < wanted; });
  return found != fields.end() && found->number == number ? &*found : nullptr;
}

const MessageRow* schema_message(std::string_view name) {
  for (const MessageRow& message : kMessages)
    if (message.name == name) return &message;
  return nullptr;
}

}  // namespace pome::format
