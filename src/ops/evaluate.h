// Runs one op's reference on operands that are all known: constant folding, samples, tests.
#pragma once

#include <vector>

#include "base/aligned_buffer.h"
#include "ops/op_def.h"

namespace pome::ops {

/// A tensor that owns its memory. Move-only.
struct OwnedTensor {
  ir::Type type;
  AlignedBuffer data;

  /// The memory of the tensor; the view must not outlive it.
  TensorView view() const {
    return {type.dtype(), type.shape(), const_cast<std::byte*>(data.data())};
  }
};

/// A zero-filled tensor. Errors: an unknown extent, a string, more than `limit` bytes.
Result<OwnedTensor> allocate_tensor(const ir::Type& type, int64_t limit = int64_t{1} << 32);

/// Infers the outputs of `args.def()` from operands whose values are all readable, allocates and
/// computes them. Errors: what infer and the reference return; outputs of more than `limit` bytes.
Result<std::vector<OwnedTensor>> evaluate(const Args& args, int64_t limit = int64_t{1} << 32);

/// For infer functions of shape arithmetic: fills out.literals by running the reference when every
/// operand is constant and each output is a bool, int32 or fp32 tensor (a NeuralNetwork's shapes
/// are floats) of at most kSmallElements elements. Does nothing otherwise. Requires that out.types
/// is filled.
Status infer_small_values(const Args& args, Inferred& out);
inline constexpr int64_t kSmallElements = 64;

}  // namespace pome::ops
