// Positions of parameters and reference kernels of elementwise_unary.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum UnaryParam { kUnaryX };
enum ClipParam { kClipX, kClipAlpha, kClipBeta };
enum ThresholdParam { kThresholdX, kThresholdAlpha };
/// inverse, log, rsqrt.
enum EpsilonParam { kEpsilonX, kEpsilon };
enum CastParam { kCastX, kCastDtype };

namespace reference {

Status abs(const Args& args, Outputs outputs);
Status acos(const Args& args, Outputs outputs);
Status asin(const Args& args, Outputs outputs);
Status atan(const Args& args, Outputs outputs);
Status atanh(const Args& args, Outputs outputs);
Status cast(const Args& args, Outputs outputs);
Status ceil(const Args& args, Outputs outputs);
Status clip(const Args& args, Outputs outputs);
Status cos(const Args& args, Outputs outputs);
Status cosh(const Args& args, Outputs outputs);
Status erf(const Args& args, Outputs outputs);
Status exp(const Args& args, Outputs outputs);
Status exp2(const Args& args, Outputs outputs);
Status floor(const Args& args, Outputs outputs);
Status inverse(const Args& args, Outputs outputs);
Status log(const Args& args, Outputs outputs);
Status logical_not(const Args& args, Outputs outputs);
Status round(const Args& args, Outputs outputs);
Status rsqrt(const Args& args, Outputs outputs);
Status sign(const Args& args, Outputs outputs);
Status sin(const Args& args, Outputs outputs);
Status sinh(const Args& args, Outputs outputs);
Status sqrt(const Args& args, Outputs outputs);
Status square(const Args& args, Outputs outputs);
Status tan(const Args& args, Outputs outputs);
Status tanh(const Args& args, Outputs outputs);
Status threshold(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
