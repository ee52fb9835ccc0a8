// The arithmetic of slices, shared by infer and reference.
#pragma once

#include <array>
#include <optional>

#include "ops/op_def.h"

namespace pome::ops {

/// Along one axis: `extent` elements from `begin` on, `stride` apart. Unknown numbers are
/// Shape::kUnknown extents.
struct SliceAxis {
  int64_t begin = 0;
  int64_t stride = 1;
  int64_t extent = Shape::kUnknown;
  bool squeezed = false;
};
using SliceAxes = std::array<SliceAxis, Shape::kMaxRank>;

/// The axes of a slice_by_index, one per axis of x; begin and stride are exact wherever extent is
/// known.
/// Errors: lists of another length than x's rank, a stride of 0, a squeezed index outside.
Result<SliceAxes> slice_by_index_axes(const Args& args);
/// The same of a slice_update. Errors: also an update that has not the shape of the part.
Result<SliceAxes> slice_update_axes(const Args& args);
/// The same of a slice_by_size. Errors: lists of another length, parts outside of x.
Result<SliceAxes> slice_by_size_axes(const Args& args);

/// Python's x[begin:end:stride] on an axis of `extent` elements; a missing bound is the far end.
/// Requires stride != 0, extent >= 0.
SliceAxis python_slice(int64_t extent, std::optional<int64_t> begin, std::optional<int64_t> end,
                       int64_t stride);

}  // namespace pome::ops
