// Constants as halves.
#pragma once

#include "ir/literal.h"

namespace pome::exporter {

/// True when every finite element of an fp32 tensor stays finite as a half.
bool fits_half(const ir::Literal& literal);

/// An fp32 tensor as halves, rounded to nearest even. In tensors of at most 400 elements what is
/// not 0 does not become 0 but the smallest half: epsilons must not vanish.
ir::LiteralPtr to_half(const ir::Literal& literal);

}  // namespace pome::exporter
