// What a convolution or linear kernel does to its sums before it stores them.
#pragma once

#include <cstdint>

namespace pome::cpu {

/// Activations cheap enough for registers. Others are steps of their own (kernels/eltwise).
enum class Activation : uint8_t {
  kNone = 0,
  kRelu = 1,         // max(x, 0)
  kClamp = 2,        // min(max(x, alpha), beta); relu6 is (0, 6)
  kLeakyRelu = 3,    // x >= 0 ? x : alpha * x
  kHardSigmoid = 4,  // min(max(alpha * x + beta, 0), 1)
  kHardSwish = 5,    // x * min(max(alpha * x + beta, 0), 1); MobileNetV3's is (1/6, 0.5)
  kSilu = 6,         // x / (1 + e^-x)
};

/// out = activation(sum + bias + residual), or activation(sum + bias) + residual when
/// `residual_last`. NaN stays NaN. Plain data, part of a plan.
struct Epilogue {
  Activation activation = Activation::kNone;
  /// The packed weights hold one bias per output channel (zeros are packed where false).
  bool has_bias = false;
  /// A tensor of the output's layout and geometry is added.
  bool has_residual = false;
  bool residual_last = false;
  float alpha = 0;
  float beta = 0;
};

/// Identifies a kernel in plans and profiles. A stored plan whose version differs is not used.
struct KernelId {
  const char* name;
  int version;
};

}  // namespace pome::cpu
