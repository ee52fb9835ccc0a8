// Positions of parameters and reference kernels of elementwise_binary.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum BinaryParam { kBinaryX, kBinaryY };

namespace reference {

Status add(const Args& args, Outputs outputs);
Status equal(const Args& args, Outputs outputs);
Status floor_div(const Args& args, Outputs outputs);
Status greater(const Args& args, Outputs outputs);
Status greater_equal(const Args& args, Outputs outputs);
Status less(const Args& args, Outputs outputs);
Status less_equal(const Args& args, Outputs outputs);
Status logical_and(const Args& args, Outputs outputs);
Status logical_or(const Args& args, Outputs outputs);
Status logical_xor(const Args& args, Outputs outputs);
Status maximum(const Args& args, Outputs outputs);
Status minimum(const Args& args, Outputs outputs);
Status mod(const Args& args, Outputs outputs);
Status mul(const Args& args, Outputs outputs);
Status not_equal(const Args& args, Outputs outputs);
Status pow(const Args& args, Outputs outputs);
Status real_div(const Args& args, Outputs outputs);
Status sub(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
