// The ops of a program, listed.
#pragma once

#include <vector>

#include "ir/program.h"
#include "pome/inspect.h"

namespace pome::api {

/// Every op but constants, in the order of the program; those of inner blocks behind their op.
std::vector<OperationInfo> operations_of(const ir::Function& function);

}  // namespace pome::api
