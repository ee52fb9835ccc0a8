// Where resizing ops read: the sampling grids of resize_bilinear, crop_resize and their kin.
#pragma once

#include <cstdint>

#include "ops/args.h"
#include "pome/result.h"

namespace pome::ops {

/// MIL's sampling modes. n points over the positions 0..last of a line of last + 1 cells, position
/// of point i before it is clamped to [0, last]:
enum class SamplingMode {
  kStrictAlignCorners,  // i * last / (n - 1); 0 when n is 1
  kAlignCorners,        // the same; last / 2 when n is 1
  kDefault,             // i * (last + 1) / n
  kOffsetCorners,       // (i + 1/2) * max(1, last) / n
  kUnalignCorners,      // (i + 1/2) * (last + 1) / n - 1/2
};

/// The mode that a constant string parameter names; kDefault when it is absent.
Result<SamplingMode> sampling_mode(const Args& args, int param);

/// Position of point i of n, in [0, last]. Requires 0 <= i < n and last >= 0; `last` need not be
/// whole.
double grid_position(SamplingMode mode, int64_t i, int64_t n, double last);

/// The input cell nearest to point i of n over `in` cells: floor(i * in / n) for kDefault (exact,
/// in integers), else the position rounded half up.
int64_t nearest_cell(SamplingMode mode, int64_t i, int64_t n, int64_t in);

}  // namespace pome::ops
