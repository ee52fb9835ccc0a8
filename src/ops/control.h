// Positions of parameters and functions of control.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum IdentityParam { kIdentityX };
enum ClassifyParam { kClassifyProbabilities, kClassifyClasses };
enum ClassifyOutput { kClassifyLabel, kClassifyDictionary };

}  // namespace pome::ops
