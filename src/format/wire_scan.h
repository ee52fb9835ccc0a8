// Looks through a model's bytes before protobuf does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "format/limits.h"
#include "format/schema.h"
#include "pome/result.h"

namespace pome::format {

/// What a scan found.
struct ScanReport {
  /// An upper bound of what parsing allocates.
  uint64_t memory_bytes = 0;
  /// The deepest message; the outermost is 0.
  int depth = 0;
  /// Fields met, known or not.
  uint64_t fields = 0;
  /// Fields among them that the format does not define (or of another wire type).
  uint64_t unknown_fields = 0;
};

/// Walks the wire format of a message without recursion and without allocating by what the bytes
/// claim: lengths lie inside their message, numbers end, texts are UTF-8, depth and memory are
/// within `limits`. What passes is safe to hand to protobuf, which then neither fails for
/// want of memory nor writes to its log. Takes about a millisecond per 100,000 fields; weights are
/// stepped over.
///
/// Errors: kCorrupt (malformed), kInvalidModel (text that is not UTF-8), kLimitExceeded; each names
/// the byte offset and the path of fields, e.g. "neuralNetwork.layers.convolution (500.1.100)".
Result<ScanReport> scan_message(std::span<const std::byte> bytes, const MessageRow& message,
                                const Limits& limits);

/// scan_message() of a Model.
Result<ScanReport> scan_model(std::span<const std::byte> bytes, const Limits& limits);

}  // namespace pome::format
