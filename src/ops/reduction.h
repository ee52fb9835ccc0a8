// Positions of parameters and reference kernels of reduction.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum ReduceParam { kReduceX, kReduceAxes, kReduceKeepDims };
enum ArgReduceParam { kArgReduceX, kArgReduceAxis, kArgReduceKeepDims, kArgReduceDtype };

namespace reference {

Status reduce_argmax(const Args& args, Outputs outputs);
Status reduce_argmin(const Args& args, Outputs outputs);
Status reduce_l1_norm(const Args& args, Outputs outputs);
Status reduce_l2_norm(const Args& args, Outputs outputs);
Status reduce_log_sum(const Args& args, Outputs outputs);
Status reduce_log_sum_exp(const Args& args, Outputs outputs);
Status reduce_max(const Args& args, Outputs outputs);
Status reduce_mean(const Args& args, Outputs outputs);
Status reduce_min(const Args& args, Outputs outputs);
Status reduce_prod(const Args& args, Outputs outputs);
Status reduce_sum(const Args& args, Outputs outputs);
Status reduce_sum_square(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
