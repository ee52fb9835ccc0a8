// The caches of this machine.
#pragma once

#include <cstdint>

namespace pome::cpu {

/// Bytes of one core's second-level cache, as the operating system tells; 1 MiB where it does not.
/// Between 256 KiB and 4 MiB. What depends on it is decided when a plan is made and kept in it.
int64_t second_cache_bytes();

}  // namespace pome::cpu
