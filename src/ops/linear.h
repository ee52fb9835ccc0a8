// Matrix products: parameters and reference kernels.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

struct LinearParam {
  enum : int { kX, kWeight, kBias };
};
struct MatmulParam {
  enum : int { kX, kY, kTransposeX, kTransposeY };
};
struct EinsumParam {
  enum : int { kValues, kEquation };
};

/// A matmul as batches of [rows, depth] x [depth, columns] over row-major memory; an operand of
/// rank 1 counts as one row (x) or one column (y).
struct MatmulShape {
  Shape batch;  // broadcast
  Shape x_batch;
  Shape y_batch;
  int64_t rows = 1;
  int64_t depth = 0;
  int64_t columns = 1;
  /// Elements from one row, or column, to the next in each operand.
  int64_t x_row = 0, x_column = 0;
  int64_t y_row = 0, y_column = 0;
  Shape out;
};
/// Extents may be unknown (then the steps mean nothing). Errors: operands that do not fit.
Result<MatmulShape> matmul_shape(const Args& args);

namespace reference {
Status linear(const Args& args, Outputs outputs);
Status matmul(const Args& args, Outputs outputs);
Status einsum(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
