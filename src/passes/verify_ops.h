// Is every op used as its definition says?
#pragma once

#include "ir/program.h"
#include "pome/result.h"

namespace pome::passes {

/// Resolves and infers every op of every function and compares the result with the declared types:
/// an extent may be unknown on either side, everything else must agree. Errors name function and
/// op, and both types.
Status verify_ops(const ir::Program& program);

/// `declared` and `inferred` as one type, with the extents that either knows; an Error that names
/// both when they contradict each other.
Result<ir::Type> merge_types(const ir::Type& declared, const ir::Type& inferred);

}  // namespace pome::passes
