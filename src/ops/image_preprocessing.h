// Scale and bias of a picture input, as ops.
#pragma once

#include <string>

#include "ops/builder.h"
#include "pome/result.h"

namespace pome::ops {

/// Core ML's scaler on an image input: y = channel_scale * x + bias[colour], x in 0..255, scale
/// first.
struct ImagePreprocessing {
  std::string feature;
  float channel_scale = 1;
  float red_bias = 0;
  float green_bias = 0;
  float blue_bias = 0;
  float gray_bias = 0;
  bool bgr = false;  // channel 0 is blue

  bool identity() const {
    return channel_scale == 1 && red_bias == 0 && green_bias == 0 && blue_bias == 0 &&
           gray_bias == 0;
  }
};

/// Adds `mul` and `add` (left out where they change nothing) for x of shape [N,C,H,W], C 1 or 3,
/// and returns the result.
ir::Value* apply(Builder& builder, const ImagePreprocessing& preprocessing, ir::Value* x);

}  // namespace pome::ops
