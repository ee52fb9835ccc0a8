#include "ops/families.h"

namespace pome::ops {

std::span<const OpDef> tensor_operation_ops() { return {}; }

}  // namespace pome::ops
