// The CPU backend: its kernel table for one instruction set.
#pragma once

#include "cpu/isa.h"
#include "ops/kernel.h"

namespace pome::cpu {

/// The backend for `isa`; lives as long as the process. Null for Isa::kNone: everything runs on the
/// reference.
const ops::Backend* backend(Isa isa);

}  // namespace pome::cpu
