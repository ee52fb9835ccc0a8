// Shapes of tensor_operation.cc, except joins (join_infer.cc) and gathers (gather_infer.cc).
#include <cmath>
#include <string>

#include "base/checked.h"
#include "base/try.h"
#include "ops/infer.h"
#include "ops/tensor_operation.h"

namespace pome::ops::inference {

Status fill(const Args& args, Inferred& out) {
  POME_ASSIGN(const int rank, list_length(args, kFillShape));
  if (rank > Shape::kMaxRank) {
    return param_error(args, kFillShape,
                       "has " + std::to_string(rank) + " elements, at most " +
                           std::to_string(Shape::kMaxRank) + " axes are supported");
  }
  Shape shape = Shape::filled(rank, Shape::kUnknown);
  for (int i = 0; i < rank && args.readable(kFillShape); ++i) {
    shape[i] = args.ints(kFillShape)[i];
    if (shape[i] < 0) {
      return param_error(
          args, kFillShape,
          "is " + to_string(args.ints(kFillShape)) + ", extents of at least 0 are expected");
    }
  }
  return set_output(args, out, args.dtype(kFillValue), shape);
}

Status fill_like(const Args& args, Inferred& out) {
  return set_output(args, out, args.dtype(kFillLikeValue), args.shape(kFillLikeRef));
}

Status shape(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kShapeX);
  out.types.push_back(ir::Type::tensor(ir::DType::kInt32, {x.rank()}));
  if (x.known()) out.literals.push_back(ir::Literal::ints(x.dims()));
  return {};
}

Status select(const Args& args, Inferred& out) {
  const Shape& cond = args.shape(kSelectCond);
  const Shape& a = args.shape(kSelectA);
  const Shape& b = args.shape(kSelectB);
  const auto values = broadcast(a, b);
  const auto all = values ? broadcast(cond, *values) : std::nullopt;
  if (!all) {
    return Error(ErrorCode::kShapeMismatch, "cond has shape " + cond.to_string() + ", a has " +
                                                a.to_string() + " and b has " + b.to_string() +
                                                ", these do not broadcast");
  }
  return set_output(args, out, args.dtype(kSelectA), *all);
}

Status argsort(const Args& args, Inferred& out) {
  POME_TRY(axis_param(args, kArgsortAxis, args.shape(kArgsortX).rank()));
  return set_output(args, out, ir::DType::kInt32, args.shape(kArgsortX));
}

Status topk(const Args& args, Inferred& out) {
  Shape shape = args.shape(kTopkX);
  POME_ASSIGN(const int axis, axis_param(args, kTopkAxis, shape.rank()));
  if (!args.readable(kTopkK)) {
    shape[axis] = Shape::kUnknown;
  } else if (const int64_t k = args.integer(kTopkK); k != -1) {
    if (k < 0 || (shape[axis] >= 0 && k > shape[axis])) {
      return param_error(args, kTopkK,
                         "is " + std::to_string(k) + ", axis " + std::to_string(axis) +
                             " of x has " + std::to_string(shape[axis]) + " elements");
    }
    shape[axis] = k;
  }
  out.types.push_back(ir::Type::tensor(args.dtype(kTopkX), shape));
  if (args.has(kTopkReturnIndices) && !args.flag(kTopkReturnIndices)) return {};
  ir::DType dtype = ir::DType::kInt32;
  if (args.has(kTopkIndicesDtype)) {
    POME_ASSIGN(dtype, dtype_param(args, kTopkIndicesDtype, kInt32s | kSmallInts));
  }
  out.types.push_back(ir::Type::tensor(dtype, shape));
  return {};
}

Status cumsum(const Args& args, Inferred& out) {
  POME_TRY(axis_param(args, kCumsumAxis, args.shape(kCumsumX).rank()));
  return infer_like_first(args, out);
}

Status one_hot(const Args& args, Inferred& out) {
  Shape shape = args.shape(kOneHotIndices);
  if (shape.rank() == Shape::kMaxRank) {
    return param_error(args, kOneHotIndices,
                       "has rank " + std::to_string(shape.rank()) + ", the result would have " +
                           std::to_string(shape.rank() + 1) + " axes");
  }
  POME_ASSIGN(const int axis, axis_param(args, kOneHotAxis, shape.rank() + 1));
  int64_t size = Shape::kUnknown;
  if (args.readable(kOneHotSize)) {
    size = args.integer(kOneHotSize);
    if (size < 0) {
      return param_error(args, kOneHotSize,
                         "is " + std::to_string(size) + ", at least 0 is expected");
    }
  }
  shape.insert(axis, size);
  return set_output(args, out, args.dtype(kOneHotOn), shape);
}

Status band_part(const Args& args, Inferred& out) {
  if (args.shape(kBandX).rank() < 2) {
    return param_error(
        args, kBandX,
        "has shape " + args.shape(kBandX).to_string() + ", at least rank 2 is expected");
  }
  return infer_like_first(args, out);
}

Status range_1d(const Args& args, Inferred& out) {
  Shape shape{Shape::kUnknown};
  if (args.readable(kRangeEnd) && args.readable(kRangeStart) && args.readable(kRangeStep)) {
    const double end = args.real(kRangeEnd);
    const double start = args.real(kRangeStart);
    const double step = args.real(kRangeStep);
    const double n = std::ceil((end - start) / step);
    if (step == 0 || std::isnan(n) || n > 0x1p53) {
      return param_error(args, kRangeStep,
                         "is " + std::to_string(step) + " from " + std::to_string(start) + " to " +
                             std::to_string(end) + ": no finite range");
    }
    shape[0] = static_cast<int64_t>(std::max(n, 0.0));
  }
  return set_output(args, out, args.dtype(kRangeEnd), shape);
}

Status non_zero(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kNonZeroX);
  int64_t n = Shape::kUnknown;
  if (args.readable(kNonZeroX) && x.known()) {
    const TensorView t = args.tensor(kNonZeroX);
    n = 0;
    for (int64_t i = 0; i < t.elements(); ++i) n += t.real(i) != 0;
  }
  return set_output(args, out, ir::DType::kInt32, {n, x.rank()});
}

}  // namespace pome::ops::inference
