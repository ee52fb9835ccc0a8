// What a pass is.
#pragma once

#include <string_view>

#include "ir/program.h"
#include "pome/result.h"

namespace pome::passes {

/// A rewriting of a program that keeps its meaning. A pass gets a program that passes ir::verify
/// and verify_ops, and leaves one; it may leave ops that nobody reads (remove_dead_code takes
/// them). Inputs and outputs of functions keep names and types (states_to_values aside). An Error
/// leaves the program in an unspecified but destructible state.
struct Pass {
  std::string_view name;
  Status (*run)(ir::Program& program);
};

}  // namespace pome::passes
