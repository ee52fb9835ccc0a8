// Positions of parameters and reference kernel of pixels.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum PixelsParam { kPixelsX, kPixelsScale, kPixelsBias };

namespace reference {
Status pixels(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
