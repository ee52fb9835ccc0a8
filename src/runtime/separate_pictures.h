// Networks whose input is a batch and that answer each of its pictures by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "feature/input_shapes.h"
#include "ir/program.h"
#include "pome/compute_plan.h"
#include "pome/result.h"

namespace pome::runtime {

/// How many pictures `function` takes along axis 0 of all its inputs, which are tensors of these
/// shapes, where the answer to each, along axis 0 of all outputs, surely depends on that picture
/// alone; else 1. An op that is not known to keep pictures apart makes it 1.
int64_t separate_pictures(const ir::Function& function, const InputShapes& shapes);

/// `function`, which keeps `pictures` pictures apart, for one picture: the same ops in the same
/// order, all computed values of one picture instead of so many. Shares the constants. Errors: an
/// op that does not fit one picture.
Result<std::unique_ptr<ir::Program>> for_one_picture(const ir::Function& function,
                                                     int64_t pictures);

/// Whether a plan of these steps for one picture, run for each, beats one for all of them, whose
/// tensors no cache holds: unless weights that its steps wait for, which it would read again for
/// each picture, are most of what it moves.
bool pays_picture_by_picture(std::span<const ComputePlanStep> one, uint64_t packed_bytes);

}  // namespace pome::runtime
