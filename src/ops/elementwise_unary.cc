#include "ops/families.h"

namespace pome::ops {

std::span<const OpDef> elementwise_unary_ops() { return {}; }

}  // namespace pome::ops
