// Weight files of ML programs: MILBlob storage, version 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "pome/result.h"

namespace pome::format {

/// Element types of a blob, by the numbers of the file. Sub-byte elements are packed from the
/// lowest bit.
enum class BlobType : uint32_t {
  kFloat16 = 1,
  kFloat32 = 2,
  kUint8 = 3,
  kInt8 = 4,
  kBfloat16 = 5,
  kInt16 = 6,
  kUint16 = 7,
  kInt4 = 8,
  kUint1 = 9,
  kUint2 = 10,
  kUint4 = 11,
  kUint3 = 12,
  kUint6 = 13,
  kInt32 = 14,
  kUint32 = 15,
  kFloat8E4m3fn = 16,
  kFloat8E5m2 = 17,
};

/// "float16", "uint4", ...; empty for a number that is none.
std::string_view to_string(BlobType type);
/// Bits of one element; 0 for a number that is none.
int blob_bits(BlobType type);

/// A blob in a file: little-endian elements in one run. Borrows from the bytes it was read of.
struct Blob {
  BlobType type = BlobType::kFloat32;
  uint64_t elements = 0;
  std::span<const std::byte> bytes;
};

/// Checks a file's header: 64 bytes at least, version 2.
Status check_weight_header(std::span<const std::byte> file);

/// Reads the blob whose metadata record lies at `offset` of a file with a good header. Errors
/// (kCorrupt, kInvalidModel) name the offset and both values: record or data outside of the file,
/// no record there, unknown element type, a size that is no whole number of elements.
Result<Blob> read_blob(std::span<const std::byte> file, uint64_t offset);

/// Writes a weight file in memory. Every bit is determined by what is added.
class WeightWriter {
 public:
  WeightWriter();
  /// Appends a blob and returns the offset of its record. Requires that bytes.size() is what
  /// `elements` of that type take, rounded up to whole bytes.
  uint64_t add(BlobType type, uint64_t elements, std::span<const std::byte> bytes);
  /// True when nothing was added.
  bool empty() const { return count_ == 0; }
  /// The file; the writer is spent.
  std::vector<std::byte> finish() &&;

 private:
  std::vector<std::byte> file_;
  uint32_t count_ = 0;
};

}  // namespace pome::format
