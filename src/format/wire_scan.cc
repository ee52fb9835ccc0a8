#include "format/wire_scan.h"

#include <string>
#include <vector>

#include "base/text.h"
#include "base/try.h"

namespace pome::format {
namespace {

// What an allocation costs beside its bytes, and a pointer in a repeated field that doubles.
constexpr uint64_t kAllocation = 16;
constexpr uint64_t kSlot = 16;

enum Wire : uint32_t { kWireVarint = 0, kWire64 = 1, kWireLength = 2, kWire32 = 5 };

/// A message that is being walked.
struct Frame {
  const MessageRow* message;
  const FieldRow* field;  // that holds it; null for the outermost
  size_t end;             // offset behind its last byte
};

class Scanner {
 public:
  Scanner(std::span<const std::byte> bytes, const Limits& limits)
      : bytes_(bytes), limits_(limits) {}

  Result<ScanReport> run(const MessageRow& outermost) {
    if (bytes_.size() > limits_.max_file_bytes) {
      return Error(ErrorCode::kLimitExceeded,
                   "the model message has " + std::to_string(bytes_.size()) +
                       " bytes, the limit is " + std::to_string(limits_.max_file_bytes));
    }
    POME_TRY(enter(outermost, nullptr, bytes_.size()));
    while (!frames_.empty()) {
      if (position_ == frames_.back().end) {
        frames_.pop_back();
        continue;
      }
      POME_TRY(scan_field());
    }
    return report_;
  }

 private:
  Status scan_field();
  Status scan_known(const FieldRow& field, uint32_t wire);
  Status scan_length(const FieldRow& field);
  Status scan_packed(const FieldRow& field, size_t length);
  Status skip_unknown(uint32_t wire);
  Status enter(const MessageRow& message, const FieldRow* field, size_t end);
  Status take(size_t count);
  Status read_varint(uint64_t& value, int most_bytes = 10);
  Status read_length(size_t& length);
  Status charge(uint64_t bytes);
  Status check_utf8(const FieldRow& field, size_t length);
  Error fail(ErrorCode code, const std::string& what) const;

  size_t remaining() const { return frames_.back().end - position_; }

  std::span<const std::byte> bytes_;
  const Limits& limits_;
  std::vector<Frame> frames_;
  size_t position_ = 0;
  const FieldRow* current_ = nullptr;  // the field being read, for messages
  uint32_t number_ = 0;
  ScanReport report_;
};

Error Scanner::fail(ErrorCode code, const std::string& what) const {
  std::string names;
  std::string numbers;
  const auto add = [&](std::string_view name, uint32_t number) {
    names += (names.empty() ? "" : ".") + std::string(name);
    numbers += (numbers.empty() ? "" : ".") + std::to_string(number);
  };
  // A nest of thousands of levels is told by its innermost 12.
  const size_t first = frames_.size() > 13 ? frames_.size() - 12 : 1;
  if (first > 1) names = numbers = "..";
  for (size_t i = first; i < frames_.size(); ++i)
    add(frames_[i].field->name, frames_[i].field->number);
  if (number_ != 0) add(current_ ? current_->name : "unknown field", number_);
  Error error(code, what);
  error.at("byte " + std::to_string(position_));
  if (!names.empty()) error.at(names + " (" + numbers + ")");
  return error;
}

Status Scanner::charge(uint64_t bytes) {
  report_.memory_bytes += bytes;
  if (report_.memory_bytes <= limits_.max_memory_bytes) return {};
  return fail(ErrorCode::kLimitExceeded, "the messages up to here need more than the limit of " +
                                             format_bytes(limits_.max_memory_bytes) +
                                             " of memory; raise the memory limit to load this");
}

Status Scanner::enter(const MessageRow& message, const FieldRow* field, size_t end) {
  if (static_cast<int>(frames_.size()) > limits_.max_depth) {
    return fail(ErrorCode::kLimitExceeded,
                "messages are nested more than " + std::to_string(limits_.max_depth) + " deep");
  }
  frames_.push_back({&message, field, end});
  report_.depth = std::max(report_.depth, static_cast<int>(frames_.size()) - 1);
  const bool repeated = field != nullptr && field->repeated;
  return charge(message.bytes + kAllocation + (repeated ? kSlot : 0));
}

Status Scanner::take(size_t count) {
  if (count > remaining()) {
    return fail(ErrorCode::kCorrupt, "the field needs " + std::to_string(count) + " bytes, " +
                                         std::to_string(remaining()) +
                                         " are left in its message; the file is cut short or "
                                         "damaged");
  }
  position_ += count;
  return {};
}

Status Scanner::read_varint(uint64_t& value, int most_bytes) {
  value = 0;
  for (int i = 0; i < most_bytes; ++i) {
    POME_TRY(take(1));
    const auto byte = static_cast<uint64_t>(bytes_[position_ - 1]);
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return {};
  }
  return fail(ErrorCode::kCorrupt,
              "a number has more than " + std::to_string(most_bytes) + " bytes");
}

Status Scanner::read_length(size_t& length) {
  uint64_t value = 0;
  POME_TRY(read_varint(value, 5));  // as protobuf: 32 bits, however they are padded
  if (value > remaining()) {
    return fail(ErrorCode::kCorrupt, "the field says that it has " + std::to_string(value) +
                                         " bytes, " + std::to_string(remaining()) +
                                         " are left in its message; the file is cut short or "
                                         "damaged");
  }
  length = static_cast<size_t>(value);
  return {};
}

Status Scanner::scan_field() {
  current_ = nullptr;
  number_ = 0;
  uint64_t tag = 0;
  POME_TRY(read_varint(tag, 5));
  if (tag > UINT32_MAX || (tag >> 3) == 0) {
    return fail(ErrorCode::kCorrupt, "there is no field " + std::to_string(tag >> 3));
  }
  number_ = static_cast<uint32_t>(tag >> 3);
  const auto wire = static_cast<uint32_t>(tag & 7);
  ++report_.fields;
  current_ = schema_field(*frames_.back().message, number_);
  if (current_ == nullptr) return skip_unknown(wire);
  return scan_known(*current_, wire);
}

/// protobuf keeps a field of the wrong wire type as an unknown one, and so do we.
Status Scanner::scan_known(const FieldRow& field, uint32_t wire) {
  const uint64_t slot = field.repeated ? 2 * sizeof(uint64_t) : 0;
  uint64_t value = 0;
  switch (field.kind) {
    case FieldKind::kVarint1:
    case FieldKind::kVarint4:
    case FieldKind::kVarint8:
      if (wire == kWireLength && field.repeated) return scan_length(field);
      if (wire != kWireVarint) return skip_unknown(wire);
      POME_TRY(read_varint(value));
      return charge(slot);
    case FieldKind::kFixed4:
      if (wire == kWireLength && field.repeated) return scan_length(field);
      if (wire != kWire32) return skip_unknown(wire);
      POME_TRY(take(4));
      return charge(slot);
    case FieldKind::kFixed8:
      if (wire == kWireLength && field.repeated) return scan_length(field);
      if (wire != kWire64) return skip_unknown(wire);
      POME_TRY(take(8));
      return charge(slot);
    case FieldKind::kString:
    case FieldKind::kBytes:
    case FieldKind::kMessage:
      break;
  }
  return wire == kWireLength ? scan_length(field) : skip_unknown(wire);
}

Status Scanner::scan_length(const FieldRow& field) {
  size_t length = 0;
  POME_TRY(read_length(length));
  switch (field.kind) {
    case FieldKind::kMessage:
      return enter(schema_messages()[field.message], &field, position_ + length);
    case FieldKind::kString:
      POME_TRY(check_utf8(field, length));
      [[fallthrough]];
    case FieldKind::kBytes:
      position_ += length;
      return charge(sizeof(std::string) + length + 2 * kAllocation + (field.repeated ? kSlot : 0));
    default:
      return scan_packed(field, length);
  }
}

Status Scanner::scan_packed(const FieldRow& field, size_t length) {
  if (field.kind == FieldKind::kFixed4 || field.kind == FieldKind::kFixed8) {
    const size_t size = field.kind == FieldKind::kFixed4 ? 4 : 8;
    if (length % size != 0) {
      return fail(ErrorCode::kCorrupt, "a list of " + std::to_string(size) + "-byte numbers has " +
                                           std::to_string(length) + " bytes");
    }
    position_ += length;
    return charge(length + kAllocation);
  }
  const std::span<const std::byte> data = bytes_.subspan(position_, length);
  if (!data.empty() && (data.back() & std::byte{0x80}) != std::byte{0})
    return fail(ErrorCode::kCorrupt, "the last number of a list does not end");
  uint64_t count = 0;
  size_t longest = 0;
  size_t current = 0;
  for (const std::byte b : data) {
    ++current;
    longest = std::max(longest, current);
    if ((b & std::byte{0x80}) != std::byte{0}) continue;
    ++count;
    current = 0;
  }
  if (longest > 10) return fail(ErrorCode::kCorrupt, "a number has more than 10 bytes");
  position_ += length;
  const uint64_t size = field.kind == FieldKind::kVarint1   ? 1
                        : field.kind == FieldKind::kVarint4 ? 4
                                                            : 8;
  return charge(2 * size * count + kAllocation);  // the array doubles as it grows
}

Status Scanner::skip_unknown(uint32_t wire) {
  ++report_.unknown_fields;
  const size_t start = position_;
  uint64_t value = 0;
  size_t length = 0;
  switch (wire) {
    case kWireVarint:
      POME_TRY(read_varint(value));
      break;
    case kWire64:
      POME_TRY(take(8));
      break;
    case kWireLength:
      POME_TRY(read_length(length));
      POME_TRY(take(length));
      break;
    case kWire32:
      POME_TRY(take(4));
      break;
    default:
      return fail(ErrorCode::kCorrupt,
                  "wire type " + std::to_string(wire) + " is not used by this format");
  }
  return charge(2 * (position_ - start) + 2 * kAllocation);
}

Status Scanner::check_utf8(const FieldRow& field, size_t length) {
  std::string_view text(reinterpret_cast<const char*>(bytes_.data() + position_), length);
  while (true) {  // NUL is legal here, though is_valid_utf8() refuses it
    const size_t nul = text.find('\0');
    if (!is_valid_utf8(text.substr(0, nul))) {
      return fail(ErrorCode::kInvalidModel, "the text of " + pome::quoted(field.name) +
                                                " is not UTF-8: " + pome::quoted(text, 40));
    }
    if (nul == std::string_view::npos) return {};
    text.remove_prefix(nul + 1);
  }
}

}  // namespace

Result<ScanReport> scan_message(std::span<const std::byte> bytes, const MessageRow& message,
                                const Limits& limits) {
  return Scanner(bytes, limits).run(message);
}

Result<ScanReport> scan_model(std::span<const std::byte> bytes, const Limits& limits) {
  return scan_message(bytes, schema_messages().front(), limits);
}

}  // namespace pome::format
