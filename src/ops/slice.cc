#include "ops/slice.h"

#include <algorithm>
#include <string>

#include "base/try.h"
#include "ops/checks.h"
#include "ops/tensor_transformation.h"

namespace pome::ops {
namespace {

Status check_list(const Args& args, int param, int rank) {
  if (!args.has(param)) return {};
  POME_ASSIGN(const int n, list_length(args, param));
  if (n == rank) return {};
  return param_error(args, param,
                     "has " + std::to_string(n) + " elements, x has rank " + std::to_string(rank));
}

/// Nothing where the mask is not known yet.
std::optional<bool> masked(const Args& args, int mask, int axis) {
  if (!args.has(mask)) return false;
  if (!args.readable(mask)) return std::nullopt;
  return args.tensor(mask).integer(axis) != 0;
}

std::optional<int64_t> value(const Args& args, int param, int axis) {
  if (!args.readable(param)) return std::nullopt;
  return args.tensor(param).integer(axis);
}

/// What slice_by_index leaves of the axes.
Shape part_shape(const SliceAxes& axes, int rank) {
  Shape shape;
  for (int i = 0; i < rank; ++i) {
    const SliceAxis& axis = axes[static_cast<size_t>(i)];
    if (!axis.squeezed) shape.push_back(axis.extent);
  }
  return shape;
}

Result<SliceAxis> squeezed_axis(const Args& args, int axis, int64_t extent) {
  SliceAxis s{.squeezed = true};
  const auto index = value(args, kSliceIndexBegin, axis);
  if (!index || extent < 0) return s;
  s.begin = *index < 0 ? *index + extent : *index;
  if (s.begin < 0 || s.begin >= extent) {
    return param_error(args, kSliceIndexBegin,
                       "asks for index " + std::to_string(*index) + " of axis " +
                           std::to_string(axis) + ", which has " + std::to_string(extent) +
                           " elements");
  }
  s.extent = 1;
  return s;
}

}  // namespace

SliceAxis python_slice(int64_t extent, std::optional<int64_t> begin, std::optional<int64_t> end,
                       int64_t stride) {
  const int64_t low = stride > 0 ? 0 : -1;
  const int64_t high = stride > 0 ? extent : extent - 1;
  const auto bound = [&](std::optional<int64_t> v, int64_t missing) {
    if (!v) return missing;
    return std::clamp(*v < 0 ? *v + extent : *v, low, high);
  };
  const int64_t from = bound(begin, stride > 0 ? low : high);
  const int64_t to = bound(end, stride > 0 ? high : low);
  const int64_t span = stride > 0 ? to - from : from - to;
  const int64_t step = stride > 0 ? stride : -stride;
  return {from, stride, span <= 0 ? 0 : (span - 1) / step + 1, false};
}

Result<SliceAxes> slice_by_index_axes(const Args& args) {
  const Shape& x = args.shape(kSliceIndexX);
  for (int p = kSliceIndexBegin; p <= kSliceIndexSqueezeMask; ++p)
    POME_TRY(check_list(args, p, x.rank()));
  SliceAxes axes;
  for (int i = 0; i < x.rank(); ++i) {
    SliceAxis& axis = axes[static_cast<size_t>(i)];
    if (masked(args, kSliceIndexSqueezeMask, i).value_or(false)) {  // always a constant
      POME_ASSIGN(axis, squeezed_axis(args, i, x[i]));
      continue;
    }
    const bool has_stride = args.has(kSliceIndexStride);
    const auto stride = has_stride ? value(args, kSliceIndexStride, i) : 1;
    axis.stride = stride.value_or(1);
    if (axis.stride == 0)
      return param_error(args, kSliceIndexStride,
                         "is 0 for axis " + std::to_string(i) + ", any other step is expected");
    const auto from_start = masked(args, kSliceIndexBeginMask, i);
    const auto to_end = masked(args, kSliceIndexEndMask, i);
    if (!stride || !from_start || !to_end) continue;
    const auto begin = *from_start ? std::nullopt : value(args, kSliceIndexBegin, i);
    const auto end = *to_end ? std::nullopt : value(args, kSliceIndexEnd, i);
    const bool known = (*from_start || begin) && (*to_end || end);
    if (known && x[i] >= 0) axis = python_slice(x[i], begin, end, axis.stride);
  }
  return axes;
}

Result<SliceAxes> slice_by_size_axes(const Args& args) {
  const Shape& x = args.shape(kSliceSizeX);
  POME_TRY(check_list(args, kSliceSizeBegin, x.rank()));
  POME_TRY(check_list(args, kSliceSizeSize, x.rank()));
  SliceAxes axes;
  for (int i = 0; i < x.rank(); ++i) {
    SliceAxis& axis = axes[static_cast<size_t>(i)];
    auto begin = value(args, kSliceSizeBegin, i);
    const auto size = value(args, kSliceSizeSize, i);
    if (size && *size >= 0) axis.extent = *size;
    if (size && *size < -1)
      return param_error(args, kSliceSizeSize,
                         "is " + std::to_string(*size) + " for axis " + std::to_string(i) +
                             ", at least 0, or -1 for the rest, is expected");
    if (!begin || x[i] < 0) continue;
    if (*begin < 0) *begin += x[i];
    axis.begin = *begin;
    if (size && *size == -1) axis.extent = x[i] - *begin;
    if (*begin < 0 || *begin > x[i] || (size && axis.extent > x[i] - *begin)) {
      return param_error(
          args, kSliceSizeBegin,
          "is " + std::to_string(*value(args, kSliceSizeBegin, i)) + " for axis " +
              std::to_string(i) + " of " + std::to_string(x[i]) + " elements" +
              (size ? ", of which " + std::to_string(*size) + " are asked for" : std::string()));
    }
  }
  return axes;
}

Result<SliceAxes> slice_update_axes(const Args& args) {
  POME_ASSIGN(const SliceAxes axes, slice_by_index_axes(args));
  const Shape part = part_shape(axes, args.shape(kSliceIndexX).rank());
  const Shape& update = args.shape(kSliceUpdate);
  bool fits = part.rank() == update.rank();
  for (int i = 0; fits && i < part.rank(); ++i) fits = extents_agree(part[i], update[i]);
  if (fits) return axes;
  return param_error(args, kSliceUpdate,
                     "has shape " + update.to_string() + ", the part of x that it replaces has " +
                         part.to_string());
}

namespace inference {

Status slice_by_index(const Args& args, Inferred& out) {
  POME_ASSIGN(const SliceAxes axes, slice_by_index_axes(args));
  const Shape shape = part_shape(axes, args.shape(kSliceIndexX).rank());
  return set_output(args, out, args.dtype(kSliceIndexX), shape);
}

Status slice_update(const Args& args, Inferred& out) {
  POME_TRY(slice_update_axes(args));
  return set_output(args, out, args.dtype(kSliceIndexX), args.shape(kSliceIndexX));
}

Status slice_by_size(const Args& args, Inferred& out) {
  POME_ASSIGN(const SliceAxes axes, slice_by_size_axes(args));
  Shape shape;
  for (int i = 0; i < args.shape(kSliceSizeX).rank(); ++i)
    shape.push_back(axes[static_cast<size_t>(i)].extent);
  return set_output(args, out, args.dtype(kSliceSizeX), shape);
}

}  // namespace inference
}  // namespace pome::ops
