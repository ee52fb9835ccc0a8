// Shapes of the ops that move blocks of pixels into channels or batches and back.
#include <string>

#include "base/checked.h"
#include "base/try.h"
#include "ops/infer.h"
#include "ops/tensor_transformation.h"

namespace pome::ops::inference {
namespace {

Result<int64_t> block_size(const Args& args) {
  const int64_t b = args.integer(kBlockSize);
  if (b < 1 || b > 65535)
    return param_error(args, kBlockSize, "is " + std::to_string(b) + ", 1 to 65535 is expected");
  return b;
}

Status check_rank4(const Shape& x) {
  if (x.rank() == 4) return {};
  return Error(ErrorCode::kShapeMismatch,
               "x has shape " + x.to_string() + ", rank 4 [N,C,H,W] is expected");
}

Error indivisible(const Shape& x, int axis, int64_t by) {
  return {ErrorCode::kShapeMismatch, "axis " + std::to_string(axis) + " of x of shape " +
                                         x.to_string() + " is not divisible by " +
                                         std::to_string(by)};
}

Error too_large(const Shape& x) {
  return {ErrorCode::kLimitExceeded, "the result of x of shape " + x.to_string() + " is too large"};
}

/// extents[axis] *= by or /= by, unknown stays.
Status multiply(Shape& shape, int axis, int64_t by, const Shape& x) {
  if (shape[axis] < 0) return {};
  const auto product = checked_mul(shape[axis], by);
  if (!product) return too_large(x);
  shape[axis] = *product;
  return {};
}
Status divide(Shape& shape, int axis, int64_t by, const Shape& x) {
  if (shape[axis] < 0) return {};
  if (shape[axis] % by != 0) return indivisible(x, axis, by);
  shape[axis] /= by;
  return {};
}

struct Blocks {
  int64_t size[2];
  int64_t border[2][2];
};

Result<Blocks> batch_blocks(const Args& args) {
  const TensorView shape = args.tensor(kBatchBlockShape);
  const TensorView borders = args.tensor(kBatchBlockBorders);
  if (!(shape.shape == Shape{2}))
    return param_error(args, kBatchBlockShape,
                       "has shape " + shape.shape.to_string() + ", [2] is expected");
  if (!(borders.shape == Shape{2, 2}))
    return param_error(args, kBatchBlockBorders,
                       "has shape " + borders.shape.to_string() + ", [2,2] is expected");
  Blocks b;
  for (int i = 0; i < 2; ++i) {
    b.size[i] = shape.integer(i);
    if (b.size[i] < 1 || b.size[i] > 65535)
      return param_error(args, kBatchBlockShape,
                         "holds " + std::to_string(b.size[i]) + ", 1 to 65535 is expected");
    for (int k = 0; k < 2; ++k) {
      b.border[i][k] = borders.integer(i * 2 + k);
      if (b.border[i][k] < 0)
        return param_error(args, kBatchBlockBorders,
                           "holds " + std::to_string(b.border[i][k]) + ", at least 0 is expected");
    }
  }
  return b;
}

}  // namespace

Status depth_to_space(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kBlockX);
  POME_TRY(check_rank4(x));
  POME_ASSIGN(const int64_t b, block_size(args));
  Shape shape = x;
  POME_TRY(divide(shape, 1, b * b, x));
  POME_TRY(multiply(shape, 2, b, x));
  POME_TRY(multiply(shape, 3, b, x));
  return set_output(args, out, args.dtype(kBlockX), shape);
}

Status space_to_depth(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kBlockX);
  POME_TRY(check_rank4(x));
  POME_ASSIGN(const int64_t b, block_size(args));
  Shape shape = x;
  POME_TRY(multiply(shape, 1, b * b, x));
  POME_TRY(divide(shape, 2, b, x));
  POME_TRY(divide(shape, 3, b, x));
  return set_output(args, out, args.dtype(kBlockX), shape);
}

Status space_to_batch(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kBatchBlockX);
  POME_TRY(check_rank4(x));
  POME_ASSIGN(const Blocks b, batch_blocks(args));
  Shape shape = x;
  for (int i = 0; i < 2; ++i) {
    if (shape[2 + i] >= 0) {
      const auto padded = checked_add(shape[2 + i], b.border[i][0] + b.border[i][1]);
      if (!padded) return too_large(x);
      if (*padded % b.size[i] != 0)
        return Error(ErrorCode::kShapeMismatch,
                     "axis " + std::to_string(2 + i) + " of x of shape " + x.to_string() +
                         " padded to " + std::to_string(*padded) + " is not divisible by " +
                         std::to_string(b.size[i]));
      shape[2 + i] = *padded / b.size[i];
    }
    POME_TRY(multiply(shape, 0, b.size[i], x));
  }
  return set_output(args, out, args.dtype(kBatchBlockX), shape);
}

Status batch_to_space(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kBatchBlockX);
  POME_TRY(check_rank4(x));
  POME_ASSIGN(const Blocks b, batch_blocks(args));
  Shape shape = x;
  POME_TRY(divide(shape, 0, b.size[0] * b.size[1], x));
  for (int i = 0; i < 2; ++i) {
    POME_TRY(multiply(shape, 2 + i, b.size[i], x));
    if (shape[2 + i] < 0) continue;
    shape[2 + i] -= b.border[i][0] + b.border[i][1];
    if (shape[2 + i] < 0) {
      return param_error(args, kBatchBlockBorders,
                         "removes " + std::to_string(b.border[i][0] + b.border[i][1]) + " of the " +
                             std::to_string(shape[2 + i] + b.border[i][0] + b.border[i][1]) +
                             " elements of axis " + std::to_string(2 + i));
    }
  }
  return set_output(args, out, args.dtype(kBatchBlockX), shape);
}

}  // namespace pome::ops::inference
