// From a stretch of a block to a function that can be planned.
#pragma once

#include <memory>

#include "runtime/region.h"

namespace pome::runtime {

/// The slots that the ops [first, last) of a block read and none of them writes before.
std::vector<int> slots_read(const HostBlock& block, size_t first, size_t last);

/// Compiles as many ops of the block as have known sizes, from op `first` on, up to the end of its
/// run. `slots` tells the types of what they read.
std::shared_ptr<Region> build_region(const HostProgram& program, const HostBlock& block,
                                     size_t first, const std::vector<HostValue>& slots,
                                     const plan::PlanOptions& options);

}  // namespace pome::runtime
