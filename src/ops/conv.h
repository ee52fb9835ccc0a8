// Convolutions: parameters, windows and reference kernels.
#pragma once

#include <span>

#include "ops/op_def.h"
#include "ops/window.h"

namespace pome::ops {

/// Positions of conv's parameters.
struct ConvParam {
  enum : int { kX, kWeight, kBias, kStrides, kPadType, kPad, kDilations, kGroups };
};
/// Positions of conv_transpose's parameters.
struct ConvTransposeParam {
  enum : int {
    kX,
    kWeight,
    kBias,
    kPad,
    kOutputShape,
    kPadType,
    kStrides,
    kDilations,
    kGroups,
  };
};

/// The windows of a conv or conv_transpose whose arguments infer accepted or is to check.
Result<WindowNd> conv_window(const Args& args);
Result<WindowNd> conv_transpose_window(const Args& args);

namespace reference {
Status conv(const Args& args, Outputs outputs);
Status conv_transpose(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
