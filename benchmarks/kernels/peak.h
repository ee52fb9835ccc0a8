// What the machine can do at best.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

namespace pome::cpu::bench {

/// Runs `steps` rounds of independent multiply-adds in registers; returns the floating-point
/// operations done.
double multiply_adds(Isa isa, long steps);

/// The sum of `count` floats, a multiple of a vector's lanes, as fast as they can be read.
float sum_of(Isa isa, const float* values, int64_t count);

}  // namespace pome::cpu::bench
