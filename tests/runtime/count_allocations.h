// Counts the allocations of the whole test program.
#pragma once

#include <cstdint>

namespace pome::testing {

/// How often operator new has been called so far, by any thread.
int64_t allocations();
/// False under the address sanitizer, whose operators cannot be replaced.
bool counts_allocations();

}  // namespace pome::testing
