#include <algorithm>
#include <cstring>
#include <string>

#include "base/checked.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/reorder/reorder.h"
#include "cpu/kernels/reorder/split_channels.h"

namespace pome::cpu {
namespace {

// The same transpose with axes of size 1 dropped and axes that stay neighbours joined.
struct Plan {
  int rank = 0;
  int64_t dims[TransposeParams::kMaxRank] = {};     // of the output
  int64_t strides[TransposeParams::kMaxRank] = {};  // in the input, in elements, per output axis
};

Plan simplify(const TransposeParams& p) {
  int64_t in_strides[TransposeParams::kMaxRank] = {};
  int64_t stride = 1;
  for (int a = p.rank - 1; a >= 0; --a) {
    in_strides[a] = stride;
    stride *= p.in_dims[a];
  }
  Plan plan;
  for (int a = 0; a < p.rank; ++a) {
    const int from = p.perm[a];
    const int64_t dim = p.in_dims[from];
    if (dim == 1) continue;
    const int last = plan.rank - 1;
    if (last >= 0 && plan.strides[last] == in_strides[from] * dim) {
      plan.dims[last] *= dim;
      plan.strides[last] = in_strides[from];
      continue;
    }
    plan.dims[plan.rank] = dim;
    plan.strides[plan.rank++] = in_strides[from];
  }
  if (plan.rank == 0) plan = {1, {1}, {1}};
  return plan;
}

// A matrix whose output rows are read along `stride`, in squares that stay in the first cache.
template <typename T>
void copy_strided(const T* in, T* out, int64_t rows, int64_t row_stride, int64_t columns,
                  int64_t column_stride, int64_t out_row) {
  constexpr int64_t kSquare = 16;
  for (int64_t r0 = 0; r0 < rows; r0 += kSquare) {
    const int64_t r1 = std::min(rows, r0 + kSquare);
    for (int64_t c0 = 0; c0 < columns; c0 += kSquare) {
      const int64_t c1 = std::min(columns, c0 + kSquare);
      for (int64_t r = r0; r < r1; ++r) {
        for (int64_t c = c0; c < c1; ++c) {
          out[r * out_row + c] = in[r * row_stride + c * column_stride];
        }
      }
    }
  }
}

template <typename T>
void transpose_typed(const Plan& plan, const T* input, T* output, ThreadPool& pool) {
  // The last axis of the output and the axis that is contiguous in the input make the matrix; all
  // other axes are looped over.
  const int last = plan.rank - 1;
  int other = last;
  for (int a = 0; a < last; ++a) {
    if (plan.strides[a] == 1) other = a;
  }
  int64_t out_strides[TransposeParams::kMaxRank] = {};
  int64_t outer = 1;
  int64_t stride = 1;
  for (int a = last; a >= 0; --a) {
    out_strides[a] = stride;
    stride *= plan.dims[a];
    if (a != last && a != other) outer *= plan.dims[a];
  }
  const int64_t rows = other == last ? 1 : plan.dims[other];
  const int64_t columns = plan.dims[last];
  const int wanted = task_count(outer * rows, columns, 1 << 14, pool.threads());
  const int64_t parts = outer >= wanted ? 1 : std::min(rows, ceil_div(wanted, outer));
  const int64_t items = outer * parts;
  const int tasks = static_cast<int>(std::min<int64_t>(items, wanted));
  pool.parallel_for(tasks, [&](int task, int) noexcept {
    const Range mine = part_of(items, tasks, task);
    for (int64_t item = mine.begin; item < mine.end; ++item) {
      int64_t rest = item / parts;
      int64_t in_at = 0;
      int64_t out_at = 0;
      for (int a = last; a >= 0; --a) {
        if (a == last || a == other) continue;
        in_at += rest % plan.dims[a] * plan.strides[a];
        out_at += rest % plan.dims[a] * out_strides[a];
        rest /= plan.dims[a];
      }
      if (plan.strides[last] == 1) {
        std::memcpy(output + out_at, input + in_at, static_cast<size_t>(columns) * sizeof(T));
        continue;
      }
      const Range r = part_of(rows, parts, item % parts);
      const int64_t row_stride = other == last ? 0 : plan.strides[other];
      const int64_t out_row = other == last ? 0 : out_strides[other];
      copy_strided(input + in_at + r.begin * row_stride, output + out_at + r.begin * out_row,
                   r.size(), row_stride, columns, plan.strides[last], out_row);
    }
  });
}

/// A matrix of 2 to 4 columns, turned: a picture's channels.
bool splits_channels(const TransposeParams& params, const Plan& plan) {
  return params.isa != Isa::kNone && params.element_bytes == 4 && plan.rank == 2 &&
         plan.dims[0] >= 2 && plan.dims[0] <= 4 && plan.strides[0] == 1 &&
         plan.strides[1] == plan.dims[0];
}

}  // namespace

Status transpose_check(const TransposeParams& params) {
  if (params.rank < 0 || params.rank > TransposeParams::kMaxRank) {
    return Error(ErrorCode::kUnsupported,
                 "transpose of rank " + std::to_string(params.rank) + ", at most 8 is supported");
  }
  unsigned seen = 0;
  int64_t total = 1;
  for (int a = 0; a < params.rank; ++a) {
    const auto product = checked_mul(total, params.in_dims[a]);
    if (!product) return Error(ErrorCode::kInvalidArgument, "transpose of an impossible shape");
    total = *product;
    if (params.perm[a] >= 0 && params.perm[a] < params.rank) seen |= 1u << params.perm[a];
  }
  if (seen != (1u << params.rank) - 1) {
    return Error(ErrorCode::kInvalidArgument, "transpose whose axes are not a permutation");
  }
  switch (params.element_bytes) {
    case 1:
    case 2:
    case 4:
    case 8:
      return {};
    default:
      return Error(ErrorCode::kUnsupported,
                   "transpose of elements of " + std::to_string(params.element_bytes) + " bytes");
  }
}

void transpose_run(const TransposeParams& params, const void* input, void* output,
                   ThreadPool& pool) noexcept {
  for (int a = 0; a < params.rank; ++a) {
    if (params.in_dims[a] == 0) return;
  }
  const Plan plan = simplify(params);
  if (splits_channels(params, plan)) {
    return split_channels(params.isa, static_cast<const float*>(input), plan.dims[0], plan.dims[1],
                          static_cast<float*>(output), pool);
  }
  switch (params.element_bytes) {
    case 1:
      transpose_typed(plan, static_cast<const uint8_t*>(input), static_cast<uint8_t*>(output),
                      pool);
      break;
    case 2:
      transpose_typed(plan, static_cast<const uint16_t*>(input), static_cast<uint16_t*>(output),
                      pool);
      break;
    case 8:
      transpose_typed(plan, static_cast<const uint64_t*>(input), static_cast<uint64_t*>(output),
                      pool);
      break;
    default:
      transpose_typed(plan, static_cast<const uint32_t*>(input), static_cast<uint32_t*>(output),
                      pool);
      break;
  }
}

}  // namespace pome::cpu
