// What a picture's bytes become, read from the program.
#pragma once

#include "cpu/kernels/reorder/pixels.h"
#include "cpu/table/table.h"

namespace pome::cpu {

/// The scaling of a pome.pixels; an Error where it has more channels than kernels take.
Result<PixelScaling> pixel_scaling(const ops::MatchContext& context, const ir::Op& op);

}  // namespace pome::cpu
