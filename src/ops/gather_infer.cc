// Shapes of gather, gather_along_axis, gather_nd.
#include <string>

#include "base/try.h"
#include "ops/infer.h"
#include "ops/tensor_operation.h"

namespace pome::ops::inference {
namespace {

bool match(int64_t a, int64_t b) { return a < 0 || b < 0 || a == b; }

std::string shapes_text(const Args& args) {
  return "x has shape " + args.shape(kGatherX).to_string() + " and indices have shape " +
         args.shape(kGatherIndices).to_string();
}

/// batch_dims, at most `limit`, with equal extents of x and indices.
Result<int> batch_dims(const Args& args, int param, int limit) {
  const int64_t n = args.has(param) ? args.integer(param) : 0;
  if (n < 0 || n > limit) {
    return param_error(args, param,
                       "is " + std::to_string(n) + ", 0 to " + std::to_string(limit) +
                           " is expected: " + shapes_text(args));
  }
  for (int i = 0; i < n; ++i) {
    if (match(args.shape(kGatherX)[i], args.shape(kGatherIndices)[i])) continue;
    return Error(ErrorCode::kShapeMismatch,
                 shapes_text(args) + ", the first " + std::to_string(n) + " extents must be equal");
  }
  return static_cast<int>(n);
}

Status check_rank(const Args& args, int rank) {
  if (rank <= Shape::kMaxRank) return {};
  return Error(ErrorCode::kUnsupported, shapes_text(args) + ", the result has rank " +
                                            std::to_string(rank) + ", at most " +
                                            std::to_string(Shape::kMaxRank) + " is supported");
}

}  // namespace

Status gather(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kGatherX);
  const Shape& indices = args.shape(kGatherIndices);
  POME_ASSIGN(const int axis, axis_param(args, kGatherAxis, x.rank()));
  POME_ASSIGN(const int batch, batch_dims(args, kGatherBatchDims, std::min(axis, indices.rank())));
  POME_TRY(check_rank(args, x.rank() + indices.rank() - batch - 1));
  Shape shape;
  for (int i = 0; i < axis; ++i) shape.push_back(i < batch && x[i] < 0 ? indices[i] : x[i]);
  for (int i = batch; i < indices.rank(); ++i) shape.push_back(indices[i]);
  for (int i = axis + 1; i < x.rank(); ++i) shape.push_back(x[i]);
  return set_output(args, out, args.dtype(kGatherX), shape);
}

Status gather_along_axis(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kAlongX);
  Shape shape = args.shape(kAlongIndices);
  POME_ASSIGN(const int axis, axis_param(args, kAlongAxis, x.rank()));
  bool fits = x.rank() == shape.rank();
  for (int i = 0; fits && i < x.rank(); ++i) {
    if (i == axis) continue;
    fits = match(x[i], shape[i]);
    if (shape[i] < 0) shape[i] = x[i];
  }
  if (!fits) {
    return Error(ErrorCode::kShapeMismatch, shapes_text(args) + ", they may differ on axis " +
                                                std::to_string(axis) + " alone");
  }
  return set_output(args, out, args.dtype(kAlongX), shape);
}

Status gather_nd(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kNdX);
  const Shape& indices = args.shape(kNdIndices);
  if (indices.rank() == 0 || indices.back() < 0) {
    return param_error(args, kNdIndices,
                       "has shape " + indices.to_string() +
                           ", a last axis of known extent is expected: it holds one index");
  }
  POME_ASSIGN(const int batch,
              batch_dims(args, kNdBatchDims, std::min(x.rank(), indices.rank() - 1)));
  const int64_t depth = indices.back();
  if (batch + depth > x.rank()) {
    return Error(ErrorCode::kShapeMismatch,
                 shapes_text(args) + ", an index of " + std::to_string(depth) + " numbers behind " +
                     std::to_string(batch) + " batch axes is longer than x's rank");
  }
  const int first = batch + static_cast<int>(depth);
  POME_TRY(check_rank(args, indices.rank() - 1 + x.rank() - first));
  Shape shape;
  for (int i = 0; i + 1 < indices.rank(); ++i)
    shape.push_back(i < batch && indices[i] < 0 ? x[i] : indices[i]);
  for (int i = first; i < x.rank(); ++i) shape.push_back(x[i]);
  return set_output(args, out, args.dtype(kNdX), shape);
}

}  // namespace pome::ops::inference
