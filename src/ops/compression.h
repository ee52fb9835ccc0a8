// Positions of parameters, blocks and reference kernels of compression.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum ShiftScaleParam { kShiftScaleData, kShiftScaleScale, kShiftScaleOffset };
enum SparseShiftScaleParam {
  kSparseShiftMask,
  kSparseShiftData,
  kSparseShiftScale,
  kSparseShiftOffset
};
enum BlockLutParam { kBlockLutIndices, kBlockLutTable, kBlockLutAxis };
enum SparseLutParam { kSparseLutMask, kSparseLutIndices, kSparseLutTable, kSparseLutAxis };
enum MaskedParam { kMaskedData, kMaskedMask };

/// The block of element `i` (row-major) of a tensor of shape `dense` that is cut into `counts`
/// equal parts along each of its axes; blocks are numbered row-major too. `counts` may have more
/// axes, which are not looked at. Requires counts that divide the extents.
int64_t block_of(const Shape& dense, const Shape& counts, int64_t i);

/// Look-up tables and how they fill a tensor: `vector` values for an index, side by side along one
/// axis, `inner` elements apart.
struct BlockLut {
  int64_t entries = 0;  // of each table
  int64_t vector = 1;
  int64_t inner = 1;  // indices behind the axis
  Shape filled;       // of the result
};

/// Checks tables against indices of the given shape and dtype, of the op whose parameters `table`
/// and `axis` are. Errors: other than two axes more than the indices have, tables that do not
/// divide them, other than 2^bits entries, vectors without an axis, a shape beyond 64 bits.
Result<BlockLut> block_lut(const Args& args, const Shape& indices, ir::DType dtype, int table,
                           int axis);

/// Errors, at `data`, where a vector has another number of values than the mask has ones.
Status check_ones(const Args& args, int mask, int data);

namespace reference {

Status constexpr_blockwise_shift_scale(const Args& args, Outputs outputs);
Status constexpr_sparse_blockwise_shift_scale(const Args& args, Outputs outputs);
Status constexpr_block_lut_to_dense(const Args& args, Outputs outputs);
Status constexpr_lut_to_sparse(const Args& args, Outputs outputs);
Status constexpr_masked_to_dense(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
