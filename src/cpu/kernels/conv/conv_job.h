// From what the caller of a convolution gives to what its algorithm takes.
#pragma once

#include "cpu/kernels/conv/conv_impl.h"

namespace pome::cpu {

/// The packed blob taken apart, strides filled in.
ConvJob conv_job(const ConvParams& params, const ConvBuffers& buffers);

}  // namespace pome::cpu
