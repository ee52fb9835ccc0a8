// How much a model file may ask for.
#pragma once

#include <cstdint>

namespace pome::format {

/// Bounds checked while a file is scanned, before anything is allocated for it.
struct Limits {
  /// Of a model message. protobuf itself stops at 2 GiB; larger weights live in weight files.
  uint64_t max_file_bytes = (uint64_t{1} << 31) - 1;
  /// Messages within one another: 16 pipelines, or 64 blocks with values in them, need less.
  int max_depth = 256;
  /// Fields and packed elements of all messages together that take memory of their own.
  uint64_t max_memory_bytes = uint64_t{4} << 30;
};

}  // namespace pome::format
