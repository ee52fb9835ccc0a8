// Positions of parameters and reference kernels of quantization.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

/// Of quantize and of dequantize, which has no kQuantizeDtype.
enum QuantizeParam {
  kQuantizeInput,
  kQuantizeZeroPoint,
  kQuantizeScale,
  kQuantizeAxis,
  kQuantizeDtype
};

/// The axis along which scale and zero_point are vectors, -1 where they are scalars. Errors: a
/// vector without an axis, an axis that input has not.
Result<int> quantized_axis(const Args& args);

namespace reference {

Status dequantize(const Args& args, Outputs outputs);
Status quantize(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
