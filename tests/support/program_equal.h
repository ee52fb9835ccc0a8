// Structural equality of programs, told in words.
#pragma once

#include <string>

#include "ir/program.h"

namespace pome::testing {

/// Empty when both programs are the same: functions, inputs by name, ops in order with names,
/// arguments, attributes and blocks, constants bit for bit, outputs. Otherwise the first
/// difference.
std::string difference(const ir::Program& a, const ir::Program& b);

}  // namespace pome::testing
