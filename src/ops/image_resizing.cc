#include "ops/families.h"

namespace pome::ops {

std::span<const OpDef> image_resizing_ops() { return {}; }

}  // namespace pome::ops
