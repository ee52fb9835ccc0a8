#include "format/weight_file.h"

#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "base/checked.h"

namespace pome::format {
namespace {

constexpr uint64_t kAlignment = 64;
constexpr uint64_t kRecordBytes = 64;
constexpr uint32_t kVersion = 2;
constexpr uint32_t kSentinel = 0xDEADBEEF;

// Offsets in the header and in a record.
constexpr size_t kCountAt = 0;
constexpr size_t kVersionAt = 4;
constexpr size_t kTypeAt = 4;
constexpr size_t kSizeAt = 8;
constexpr size_t kDataAt = 16;
constexpr size_t kPaddingAt = 24;

struct TypeRow {
  std::string_view name;
  int bits;
};

constexpr std::array<TypeRow, 18> kTypes = {{{"", 0},
                                             {"float16", 16},
                                             {"float32", 32},
                                             {"uint8", 8},
                                             {"int8", 8},
                                             {"bfloat16", 16},
                                             {"int16", 16},
                                             {"uint16", 16},
                                             {"int4", 4},
                                             {"uint1", 1},
                                             {"uint2", 2},
                                             {"uint4", 4},
                                             {"uint3", 3},
                                             {"uint6", 6},
                                             {"int32", 32},
                                             {"uint32", 32},
                                             {"float8e4m3fn", 8},
                                             {"float8e5m2", 8}}};

const TypeRow& row(BlobType type) {
  const auto i = static_cast<size_t>(type);
  return kTypes[i < kTypes.size() ? i : 0];
}

template <typename T>
T load(std::span<const std::byte> bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

template <typename T>
void store(std::span<std::byte> bytes, size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(T));
}

std::string place(uint64_t offset) { return "blob at " + std::to_string(offset); }

/// How many elements the record's size means. The padding of whole-byte types is not looked at:
/// writers before iOS 18 left rubbish there.
Result<uint64_t> count_elements(const TypeRow& type, uint64_t size, uint64_t padding) {
  const auto bits = static_cast<uint64_t>(type.bits);
  if (bits % 8 == 0) {
    if (size % (bits / 8) == 0) return size / (bits / 8);
    return Error(ErrorCode::kCorrupt, std::to_string(size) + " bytes are no whole number of " +
                                          std::string(type.name) + " elements");
  }
  if (size > (uint64_t{1} << 60)) return Error(ErrorCode::kCorrupt, "the size wraps");
  const uint64_t total = size * 8;
  if (padding >= 8 || padding > total || (total - padding) % bits != 0) {
    return Error(ErrorCode::kCorrupt, std::to_string(size) + " bytes with " +
                                          std::to_string(padding) +
                                          " bits of padding are no whole number of " +
                                          std::string(type.name) + " elements");
  }
  return (total - padding) / bits;
}

}  // namespace

std::string_view to_string(BlobType type) { return row(type).name; }
int blob_bits(BlobType type) { return row(type).bits; }

Status check_weight_header(std::span<const std::byte> file) {
  if (file.size() < kRecordBytes) {
    return Error(ErrorCode::kCorrupt, "the weight file has " + std::to_string(file.size()) +
                                          " bytes, its header alone has 64");
  }
  const auto version = load<uint32_t>(file, kVersionAt);
  if (version == kVersion) return {};
  return Error(ErrorCode::kUnsupported, "the weight file has storage version " +
                                            std::to_string(version) + ", version 2 is expected");
}

Result<Blob> read_blob(std::span<const std::byte> file, uint64_t offset) {
  const auto record = checked_slice(file, offset, kRecordBytes);
  if (!record || offset < kRecordBytes) {
    return Error(ErrorCode::kCorrupt, "the record lies outside of the weight file, which has " +
                                          std::to_string(file.size()) + " bytes")
        .at(place(offset));
  }
  const auto sentinel = load<uint32_t>(*record, 0);
  if (sentinel != kSentinel) {
    return Error(ErrorCode::kCorrupt, "no blob starts here: the mark is " +
                                          std::to_string(sentinel) + ", 3735928559 is expected")
        .at(place(offset));
  }
  Blob blob;
  const auto number = load<uint32_t>(*record, kTypeAt);
  blob.type = static_cast<BlobType>(number);
  if (blob_bits(blob.type) == 0) {
    return Error(ErrorCode::kUnsupported,
                 "element type " + std::to_string(number) + " is not known; 1 to 17 are")
        .at(place(offset));
  }
  const auto size = load<uint64_t>(*record, kSizeAt);
  const auto data_offset = load<uint64_t>(*record, kDataAt);
  const auto data = checked_slice(file, data_offset, size);
  if (!data) {
    return Error(ErrorCode::kCorrupt, "the data lie at " + std::to_string(data_offset) + " with " +
                                          std::to_string(size) +
                                          " bytes, outside of the weight file, which has " +
                                          std::to_string(file.size()))
        .at(place(offset));
  }
  blob.bytes = *data;
  Result<uint64_t> elements =
      count_elements(row(blob.type), size, load<uint64_t>(*record, kPaddingAt));
  if (!elements) return std::move(elements).error().at(place(offset));
  blob.elements = *elements;
  return blob;
}

WeightWriter::WeightWriter() : file_(kRecordBytes) { store<uint32_t>(file_, kVersionAt, kVersion); }

uint64_t WeightWriter::add(BlobType type, uint64_t elements, std::span<const std::byte> bytes) {
  const uint64_t offset = (file_.size() + kAlignment - 1) / kAlignment * kAlignment;
  file_.resize(offset + kRecordBytes);
  const std::span<std::byte> record = std::span(file_).subspan(offset);
  store<uint32_t>(record, 0, kSentinel);
  store<uint32_t>(record, kTypeAt, static_cast<uint32_t>(type));
  store<uint64_t>(record, kSizeAt, bytes.size());
  store<uint64_t>(record, kDataAt, offset + kRecordBytes);
  const uint64_t used = elements * static_cast<uint64_t>(blob_bits(type));
  store<uint64_t>(record, kPaddingAt, bytes.size() * 8 - used);
  file_.insert(file_.end(), bytes.begin(), bytes.end());
  store<uint32_t>(file_, kCountAt, ++count_);
  return offset;
}

std::vector<std::byte> WeightWriter::finish() && { return std::move(file_); }

}  // namespace pome::format
