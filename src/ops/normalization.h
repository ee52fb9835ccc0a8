// Normalizations: parameters and reference kernels.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

struct BatchNormParam {
  enum : int { kX, kMean, kVariance, kGamma, kBeta, kEpsilon };
};
struct InstanceNormParam {
  enum : int { kX, kGamma, kBeta, kEpsilon };
};
struct LayerNormParam {
  enum : int { kX, kAxes, kGamma, kBeta, kEpsilon };
};
struct L2NormParam {
  enum : int { kX, kEpsilon };
};
struct LocalResponseNormParam {
  enum : int { kX, kSize, kAlpha, kBeta, kK };
};

/// The axes that a layer_norm normalizes over, in [0, rank) and ascending.
Result<Ints> layer_norm_axes(const Args& args);

namespace reference {
Status batch_norm(const Args& args, Outputs outputs);
Status instance_norm(const Args& args, Outputs outputs);
Status layer_norm(const Args& args, Outputs outputs);
Status l2_norm(const Args& args, Outputs outputs);
Status local_response_norm(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
