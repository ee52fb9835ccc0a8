// Random small networks made of what the planner fuses, for comparing plans with the references.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "ir/program.h"
#include "tests/support/property.h"

namespace pome::testing {

/// A kind of network and the rows of the kernel table that one large enough makes use of.
struct FusedNetwork {
  std::string_view name;
  /// Input "x" of rank 4, one output "y". The choices decide everything; channels, extents and
  /// kernels grow with `size` (1 to 4).
  std::unique_ptr<ir::Program> (*build)(Draws& draws, int size);
  std::vector<std::string_view> kernels;

  std::unique_ptr<ir::Program> make(uint64_t seed, int size) const {
    Draws draws(seed);
    return build(draws, size);
  }
};

const std::vector<FusedNetwork>& fused_networks();

}  // namespace pome::testing
