#include "ops/families.h"

namespace pome::ops {

std::span<const OpDef> pool_ops() { return {}; }

}  // namespace pome::ops
