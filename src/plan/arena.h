// Where tensors lie in the arena.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pome/result.h"

namespace pome::plan {

/// A block of arena memory that is in use from step `first` to step `last`, both included. -1 is
/// before the first step.
struct Lifetime {
  uint64_t bytes = 0;
  int first = 0;
  int last = 0;
  uint64_t offset = 0;  // the result
};

/// Sets the offsets (multiples of 64) so that blocks in use at the same time do not overlap,
/// largest first into the lowest gap that fits (the greedy-by-size rule of arena planners). Returns
/// the arena's size, or an Error over `limit`.
Result<uint64_t> place(std::span<Lifetime> blocks, uint64_t limit);

}  // namespace pome::plan
