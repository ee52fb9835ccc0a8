// Counts the allocations of the whole test program.
#pragma once

#include <cstdint>

namespace pome::testing {

/// How often operator new has been called so far, by any thread.
int64_t allocations();

}  // namespace pome::testing
