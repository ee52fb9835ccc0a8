// Positions of parameters of control_flow.cc, and how the types of several ways become one.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum CondParam { kCondPred };
enum CondBlock { kCondTrue, kCondFalse };
enum WhileParam { kWhileLoopVars };
enum WhileBlock { kWhileCond, kWhileBody };

/// The type of a value that is of type `a` or `b`: extents (and lengths of lists) that differ are
/// unknown. kInvalidModel, with both, when they differ in kind, element type or rank.
Result<ir::Type> join_types(const ir::Type& a, const ir::Type& b);

}  // namespace pome::ops
