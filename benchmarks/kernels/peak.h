// What the machine can do at best.
#pragma once

#include "cpu/isa.h"

namespace pome::cpu::bench {

/// Runs `steps` rounds of independent multiply-adds in registers; returns the floating-point
/// operations done.
double multiply_adds(Isa isa, long steps);

}  // namespace pome::cpu::bench
