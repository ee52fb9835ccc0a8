// Orders of axes, as transpose takes them.
#pragma once

#include <optional>

#include "base/shape.h"
#include "ir/program.h"

namespace pome::passes {

/// perm[i] is the axis of the input that becomes axis i of the output.
using Permutation = Shape;

/// The perm of a transpose, normalised to 0..rank-1; nothing for other ops.
std::optional<Permutation> transpose_perm(const ir::Op& op);
bool is_identity(const Permutation& p);
/// First `first`, then `second`, as one.
Permutation then(const Permutation& first, const Permutation& second);
Permutation inverse(const Permutation& p);
/// The shape that a transpose gives.
Shape permuted(const Shape& shape, const Permutation& p);

}  // namespace pome::passes
