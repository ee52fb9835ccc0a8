// The caches of this machine.
#pragma once

#include <cstdint>

namespace pome::cpu {

/// Bytes of one core's second-level cache, as the operating system tells; 1 MiB where it does not.
/// Between 256 KiB and 4 MiB, and the same as long as the process lives. How a plan's scratch
/// memory is cut depends on it: a plan that was kept is good for machines of the same size alone.
int64_t second_cache_bytes();

/// The floats that fit there.
inline int64_t second_cache_floats() {
  return second_cache_bytes() / static_cast<int64_t>(sizeof(float));
}

/// Floats between layers that run as one step which a thread keeps there: three eighths of it,
/// weights and the input need the rest.
inline int64_t second_cache_share() { return second_cache_bytes() / 11; }

}  // namespace pome::cpu
