// Activations: parameters and reference kernels.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

/// Positions of x and, where the op has them, alpha and beta.
struct ActivationParam {
  enum : int { kX, kAlpha, kBeta };
};
struct GeluParam {
  enum : int { kX, kMode };
};
struct SoftmaxParam {
  enum : int { kX, kAxis };
};

namespace reference {
Status clamped_relu(const Args& args, Outputs outputs);
Status elu(const Args& args, Outputs outputs);
Status gelu(const Args& args, Outputs outputs);
Status leaky_relu(const Args& args, Outputs outputs);
Status linear_activation(const Args& args, Outputs outputs);
Status prelu(const Args& args, Outputs outputs);
Status relu(const Args& args, Outputs outputs);
Status relu6(const Args& args, Outputs outputs);
Status scaled_tanh(const Args& args, Outputs outputs);
Status sigmoid(const Args& args, Outputs outputs);
Status sigmoid_hard(const Args& args, Outputs outputs);
Status silu(const Args& args, Outputs outputs);
Status softmax(const Args& args, Outputs outputs);
Status softplus(const Args& args, Outputs outputs);
Status softplus_parametric(const Args& args, Outputs outputs);
Status softsign(const Args& args, Outputs outputs);
Status thresholded_relu(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
