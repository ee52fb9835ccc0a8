// Shapes of the ops that join, cut and repeat tensors: concat, stack, split, pad, tile.
#include <string>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "ops/infer.h"
#include "ops/tensor_operation.h"

namespace pome::ops::inference {
namespace {

/// a with unknown extents filled in from b where all axes but `axis` agree.
std::optional<Shape> agree(Shape a, const Shape& b, int axis) {
  if (a.rank() != b.rank()) return std::nullopt;
  for (int i = 0; i < a.rank(); ++i) {
    if (i == axis || b[i] < 0 || a[i] == b[i]) continue;
    if (a[i] >= 0) return std::nullopt;
    a[i] = b[i];
  }
  return a;
}

Error disagreement(const Args& args, int i, int axis) {
  return {ErrorCode::kShapeMismatch, "values[" + std::to_string(i) + "] has shape " +
                                         args.shape(0, i).to_string() + ", values[0] has " +
                                         args.shape(0).to_string() + ": they may differ on axis " +
                                         std::to_string(axis) + " alone"};
}

constexpr int64_t kMaxSplits = 65536;

Result<int64_t> number_of_splits(const Args& args) {
  int64_t n = args.has(kSplitNumSplits) ? args.integer(kSplitNumSplits) : -1;
  if (args.has(kSplitSizes)) {
    const Shape& sizes = args.shape(kSplitSizes);
    if (sizes.rank() != 1 || (n >= 0 && n != sizes[0])) {
      return param_error(args, kSplitSizes,
                         "has shape " + sizes.to_string() +
                             (n >= 0 ? ", num_splits is " + std::to_string(n)
                                     : std::string(", a list is expected")));
    }
    n = sizes[0];
  } else if (n < 0 && !args.has(kSplitNumSplits)) {
    return param_error(args, kSplitNumSplits,
                       "is missing, and so is \"split_sizes\": one of them is required");
  }
  if (n >= 1 && n <= kMaxSplits) return n;
  return param_error(
      args, kSplitNumSplits,
      "is " + std::to_string(n) + ", 1 to " + std::to_string(kMaxSplits) + " parts are expected");
}

}  // namespace

Status concat(const Args& args, Inferred& out) {
  const int n = args.count(kConcatValues);
  if (args.shape(kConcatValues).empty()) {  // scalars become a list
    POME_ASSIGN([[maybe_unused]] const int only, axis_param(args, kConcatAxis, 1));
    for (int i = 1; i < n; ++i)
      if (!args.shape(kConcatValues, i).empty()) return disagreement(args, i, 0);
    return set_output(args, out, args.dtype(kConcatValues), Shape{n});
  }
  POME_ASSIGN(const int axis, axis_param(args, kConcatAxis, args.shape(kConcatValues).rank()));
  const bool interleave = args.flag(kConcatInterleave);
  Shape shape = args.shape(kConcatValues);
  int64_t sum = 0;
  for (int i = 0; i < n; ++i) {
    const auto merged = agree(shape, args.shape(kConcatValues, i), interleave ? -1 : axis);
    if (!merged) return disagreement(args, i, axis);
    shape = *merged;
    const int64_t extent = args.shape(kConcatValues, i)[axis];
    const auto next = checked_add(sum, extent);
    if (!next) return disagreement(args, i, axis);
    sum = sum < 0 || extent < 0 ? Shape::kUnknown : *next;
  }
  shape[axis] = sum;
  return set_output(args, out, args.dtype(kConcatValues), shape);
}

Status stack(const Args& args, Inferred& out) {
  Shape shape = args.shape(kStackValues);
  for (int i = 1; i < args.count(kStackValues); ++i) {
    const auto merged = agree(shape, args.shape(kStackValues, i), -1);
    if (!merged) {
      return Error(ErrorCode::kShapeMismatch,
                   "values[" + std::to_string(i) + "] has shape " +
                       args.shape(kStackValues, i).to_string() + ", values[0] has " +
                       args.shape(kStackValues).to_string() + ": equal shapes are expected");
    }
    shape = *merged;
  }
  POME_ASSIGN(const int axis, axis_param(args, kStackAxis, shape.rank() + 1));
  if (shape.rank() == Shape::kMaxRank) {
    return param_error(args, kStackValues,
                       "holds tensors of rank " + std::to_string(shape.rank()) + ", at most " +
                           std::to_string(Shape::kMaxRank) + " axes are supported");
  }
  shape.insert(axis, args.count(kStackValues));
  return set_output(args, out, args.dtype(kStackValues), shape);
}

Status split(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kSplitX);
  POME_ASSIGN(const int axis, axis_param(args, kSplitAxis, x.rank()));
  POME_ASSIGN(const int64_t n, number_of_splits(args));
  int64_t sum = 0;
  for (int64_t i = 0; i < n; ++i) {
    Shape shape = x;
    if (args.has(kSplitSizes)) {
      shape[axis] = args.tensor(kSplitSizes).integer(i);
      const auto next = checked_add(sum, shape[axis]);
      if (shape[axis] < 0 || !next) {
        return param_error(args, kSplitSizes,
                           "holds " + std::to_string(shape[axis]) + ", at least 0 is expected");
      }
      sum = *next;
    } else if (x[axis] >= 0) {
      shape[axis] = x[axis] / n;
      sum += shape[axis];
    }
    out.types.push_back(ir::Type::tensor(args.dtype(kSplitX), shape));
  }
  if (x[axis] >= 0 && sum != x[axis]) {
    return Error(ErrorCode::kShapeMismatch,
                 "axis " + std::to_string(axis) + " of x of shape " + x.to_string() +
                     (args.has(kSplitSizes)
                          ? " is split into parts of " + std::to_string(sum) + " elements in all"
                          : " does not divide into " + std::to_string(n) + " equal parts"));
  }
  return infer_small_values(args, out);
}

Status pad(const Args& args, Inferred& out) {
  Shape shape = args.shape(kPadX);
  POME_ASSIGN(const int n, list_length(args, kPadPad));
  const std::string_view mode = args.text(kPadMode);
  if (mode != "constant" && mode != "reflect" && mode != "replicate") {
    return param_error(args, kPadMode,
                       "is " + quoted(mode) + ", constant, reflect or replicate is expected");
  }
  if (n % 2 != 0 || n / 2 > shape.rank()) {
    return param_error(args, kPadPad,
                       "has " + std::to_string(n) + " elements, x has rank " +
                           std::to_string(shape.rank()) +
                           ": two are expected for each padded axis");
  }
  const int first = shape.rank() - n / 2;
  for (int i = 0; i < n / 2; ++i) {
    int64_t& extent = shape[first + i];
    if (!args.readable(kPadPad)) {
      extent = Shape::kUnknown;
      continue;
    }
    const Ints pads = args.ints(kPadPad);
    const int64_t before = pads[2 * i];
    const int64_t after = pads[2 * i + 1];
    const auto both = checked_add(before, after);
    const bool too_far = (mode == "reflect" && extent >= 0 && std::max(before, after) >= extent) ||
                         (mode == "replicate" && extent == 0);
    const bool some = before != 0 || after != 0;
    const auto sum = both ? checked_add(*both, std::max<int64_t>(extent, 0)) : std::nullopt;
    if (before < 0 || after < 0 || !sum || (too_far && some)) {
      return param_error(args, kPadPad,
                         "is " + to_string(pads) + " for x of shape " +
                             args.shape(kPadX).to_string() + " in mode " + quoted(mode) +
                             (too_far ? ": less than the extent is expected"
                                      : ": numbers of at least 0 are expected"));
    }
    if (extent >= 0) extent = *sum;
  }
  return set_output(args, out, args.dtype(kPadX), shape);
}

Status tile(const Args& args, Inferred& out) {
  Shape shape = args.shape(kTileX);
  POME_ASSIGN(const int n, list_length(args, kTileReps));
  if (n != shape.rank()) {
    return param_error(
        args, kTileReps,
        "has " + std::to_string(n) + " elements, x has rank " + std::to_string(shape.rank()));
  }
  for (int i = 0; i < n; ++i) {
    if (!args.readable(kTileReps)) {
      shape[i] = Shape::kUnknown;
      continue;
    }
    const Ints reps = args.ints(kTileReps);
    const auto product = shape[i] < 0 ? Shape::kUnknown : checked_mul(shape[i], reps[i]);
    if (reps[i] < 0 || !product) {
      return param_error(args, kTileReps,
                         "is " + to_string(reps) + " for x of shape " +
                             args.shape(kTileX).to_string() +
                             ": numbers of at least 0 are expected");
    }
    shape[i] = *product;
  }
  return set_output(args, out, args.dtype(kTileX), shape);
}

}  // namespace pome::ops::inference
