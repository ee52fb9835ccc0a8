// Shapes of tensor_transformation.cc, except slices (slice.cc) and blocks (block_infer.cc).
#include <algorithm>
#include <string>

#include "base/checked.h"
#include "base/try.h"
#include "ops/infer.h"
#include "ops/tensor_transformation.h"

namespace pome::ops::inference {
namespace {

/// a * b where unknown times anything but 0 is unknown; nothing on overflow.
std::optional<int64_t> times(int64_t a, int64_t b) {
  if (a == 0 || b == 0) return 0;
  if (a < 0 || b < 0) return Shape::kUnknown;
  return checked_mul(a, b);
}

Error reshape_error(const Args& args, const Ints& shape) {
  return {ErrorCode::kShapeMismatch, "x of shape " + args.shape(kReshapeX).to_string() +
                                         " cannot be reshaped to " + to_string(shape)};
}

/// `shape` with each 0 standing for an extent of x: that at its position, or counted from the last.
Status infer_reshape(const Args& args, Inferred& out, bool from_last) {
  const Shape& x = args.shape(kReshapeX);
  POME_ASSIGN(const int rank, list_length(args, kReshapeShape));
  if (rank > Shape::kMaxRank) {
    return param_error(args, kReshapeShape,
                       "has " + std::to_string(rank) + " elements, at most " +
                           std::to_string(Shape::kMaxRank) + " axes are supported");
  }
  Shape shape = Shape::filled(rank, Shape::kUnknown);
  if (!args.readable(kReshapeShape)) return set_output(args, out, args.dtype(kReshapeX), shape);
  const Ints wanted = args.ints(kReshapeShape);
  std::array<bool, Shape::kMaxRank> copied{};
  int open = -1;
  std::optional<int64_t> given = 1;
  for (int i = 0; i < rank && given; ++i) {
    const int source = from_last ? i + x.rank() - rank : i;
    if (wanted[i] == -1) {
      if (open >= 0) return reshape_error(args, wanted);
      open = i;
    } else if (wanted[i] == 0 && source >= 0 && source < x.rank()) {
      shape[i] = x[source];
      copied[static_cast<size_t>(source)] = true;
    } else if (wanted[i] == 0 && from_last) {
      shape[i] = 1;
    } else if (wanted[i] <= 0) {
      return reshape_error(args, wanted);
    } else {
      shape[i] = wanted[i];
      given = checked_mul(*given, wanted[i]);
    }
  }
  std::optional<int64_t> rest = 1;  // what x has besides the copied extents
  for (int i = 0; i < x.rank() && rest; ++i)
    if (!copied[static_cast<size_t>(i)]) rest = times(*rest, x[i]);
  if (!given || !rest) return reshape_error(args, wanted);
  if (open >= 0) {
    if (*rest >= 0 && *rest % *given != 0) return reshape_error(args, wanted);
    shape[open] = *rest < 0 ? Shape::kUnknown : *rest / *given;
  } else if (*rest >= 0 && *rest != *given && extent_product(shape, 0, rank) != 0) {
    return reshape_error(args, wanted);
  }
  return set_output(args, out, args.dtype(kReshapeX), shape);
}

}  // namespace

Status reshape(const Args& args, Inferred& out) { return infer_reshape(args, out, false); }
Status reshape_ios17(const Args& args, Inferred& out) { return infer_reshape(args, out, true); }

Status reshape_like(const Args& args, Inferred& out) {
  const int n = args.count(kReshapeLikeRefs);
  for (const int p : {kReshapeLikeBegins, kReshapeLikeEnds, kReshapeLikeEndMasks}) {
    if (args.count(p) != n) {
      return param_error(args, p,
                         "has " + std::to_string(args.count(p)) + " members, \"ref_tensors\" has " +
                             std::to_string(n));
    }
  }
  Shape shape;
  for (int i = 0; i < n; ++i) {
    const Shape& ref = args.shape(kReshapeLikeRefs, i);
    const int64_t begin = args.tensor(kReshapeLikeBegins, i).integer(0);
    const bool to_end = args.tensor(kReshapeLikeEndMasks, i).integer(0) != 0;
    const int64_t end = to_end ? ref.rank() : args.tensor(kReshapeLikeEnds, i).integer(0);
    const int64_t from = begin < 0 ? begin + ref.rank() : begin;
    const int64_t to = end < 0 ? end + ref.rank() : end;
    if (from < 0 || to > ref.rank() || from > to || shape.rank() + to - from > Shape::kMaxRank) {
      return param_error(args, kReshapeLikeBegins,
                         "and \"ends\" ask for the axes " + std::to_string(begin) + " to " +
                             std::to_string(end) + " of a shape " + ref.to_string());
    }
    for (int64_t a = from; a < to; ++a) shape.push_back(ref[static_cast<int>(a)]);
  }
  const Shape& x = args.shape(kReshapeLikeX);
  const auto have = extent_product(x, 0, x.rank());
  const auto want = extent_product(shape, 0, shape.rank());
  if (!have || !want || (*have >= 0 && *want >= 0 && *have != *want)) {
    return Error(ErrorCode::kShapeMismatch,
                 "x of shape " + x.to_string() + " cannot be reshaped to " + shape.to_string());
  }
  return set_output(args, out, args.dtype(kReshapeLikeX), shape);
}

Status expand_dims(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kAxesX);
  const int rank = x.rank() + args.ints(kAxes).size();
  if (rank > Shape::kMaxRank) {
    return param_error(args, kAxes,
                       "is " + to_string(args.ints(kAxes)) + " for x of rank " +
                           std::to_string(x.rank()) + ", at most " +
                           std::to_string(Shape::kMaxRank) + " axes are supported");
  }
  POME_ASSIGN(const Ints axes, axes_param(args, kAxes, rank));
  Shape shape;
  for (int i = 0, next = 0; i < rank; ++i) shape.push_back(axes.contains(i) ? 1 : x[next++]);
  return set_output(args, out, args.dtype(kAxesX), shape);
}

Status squeeze(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kAxesX);
  if (!args.has(kAxes) && !x.known()) {
    return Error(ErrorCode::kUnsupported, "x has shape " + x.to_string() +
                                              ", which leaves the result's rank open: "
                                              "parameter \"axes\" must be given");
  }
  Ints axes;
  if (args.has(kAxes)) {
    POME_ASSIGN(axes, axes_param(args, kAxes, x.rank()));
  }
  Shape shape;
  for (int i = 0; i < x.rank(); ++i) {
    const bool listed = !args.has(kAxes) || axes.contains(i);
    const bool one = x[i] == 1 || x[i] == Shape::kUnknown;
    if (!listed || !one) shape.push_back(x[i]);
  }
  return set_output(args, out, args.dtype(kAxesX), shape);
}

Status transpose(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kTransposeX);
  POME_ASSIGN(const Ints perm, axes_param(args, kTransposePerm, x.rank()));
  if (perm.size() != x.rank()) {
    return param_error(args, kTransposePerm,
                       "is " + to_string(perm) + ", x has rank " + std::to_string(x.rank()));
  }
  Shape shape;
  for (const int64_t p : perm) shape.push_back(x[static_cast<int>(p)]);
  return set_output(args, out, args.dtype(kTransposeX), shape);
}

Status flatten2d(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kFlattenX);
  const int64_t given = args.integer(kFlattenAxis);
  const int64_t axis = given < 0 ? given + x.rank() : given;
  if (axis < 0 || axis > x.rank()) {
    return param_error(args, kFlattenAxis,
                       "is " + std::to_string(given) + ", x has rank " + std::to_string(x.rank()));
  }
  const auto rows = extent_product(x, 0, static_cast<int>(axis));
  const auto columns = extent_product(x, static_cast<int>(axis), x.rank());
  if (!rows || !columns)
    return Error(ErrorCode::kLimitExceeded, "x of shape " + x.to_string() + " is too large");
  return set_output(args, out, args.dtype(kFlattenX), {*rows, *columns});
}

Status reverse(const Args& args, Inferred& out) {
  if (args.has(kAxes)) POME_TRY(axes_param(args, kAxes, args.shape(kAxesX).rank()));
  return infer_like_first(args, out);
}

Status reverse_sequence(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kReverseSequenceX);
  POME_ASSIGN(const int seq, axis_param(args, kReverseSequenceSeqAxis, x.rank()));
  POME_ASSIGN(const int batch, axis_param(args, kReverseSequenceBatchAxis, x.rank()));
  const Shape& lengths = args.shape(kReverseSequenceLengths);
  const bool fits =
      lengths.rank() == 1 && (lengths[0] < 0 || x[batch] < 0 || lengths[0] == x[batch]);
  if (!fits) {
    return param_error(args, kReverseSequenceLengths,
                       "has shape " + lengths.to_string() + ", axis " + std::to_string(batch) +
                           " of x has " + std::to_string(x[batch]) + " elements");
  }
  if (seq == batch) {
    return param_error(args, kReverseSequenceSeqAxis,
                       "is " + std::to_string(seq) + ", the same as \"batch_axis\"");
  }
  return infer_like_first(args, out);
}

Status sliding_windows(const Args& args, Inferred& out) {
  Shape shape = args.shape(kWindowsX);
  POME_ASSIGN(const int axis, axis_param(args, kWindowsAxis, shape.rank()));
  const int64_t size = args.integer(kWindowsSize);
  const int64_t stride = args.integer(kWindowsStride);
  if (size < 1 || stride < 1 || (shape[axis] >= 0 && size > shape[axis]) ||
      shape.rank() == Shape::kMaxRank) {
    return param_error(args, kWindowsSize,
                       "is " + std::to_string(size) + " with stride " + std::to_string(stride) +
                           " for axis " + std::to_string(axis) + " of x of shape " +
                           shape.to_string());
  }
  if (shape[axis] >= 0) shape[axis] = (shape[axis] - size) / stride + 1;
  shape.insert(axis + 1, size);
  return set_output(args, out, args.dtype(kWindowsX), shape);
}

}  // namespace pome::ops::inference
