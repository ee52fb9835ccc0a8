// Positions of parameters and reference kernels of constexpr.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum AffineParam { kAffineData, kAffineZeroPoint, kAffineScale, kAffineAxis };
enum LutParam { kLutIndices, kLutTable, kLutShape };
enum SparseParam { kSparseData, kSparseMask, kSparseShape };
enum ConstexprCastParam { kConstexprCastSource, kConstexprCastDtype };

/// Bits of an index into a look-up table of `entries` values: 1, 2, 4, 6 or 8; 0 for any other
/// number of entries than 2^bits.
int lut_index_bits(int64_t entries);

inline constexpr ParamDef kConstexprCastParams[] = {
    {"source_val", bit(ir::DType::kFp16), kConst, 0, {}},
    {"output_dtype", kStrings, kConst | kScalar, 0, {}}};

namespace inference {

Status constexpr_cast(const Args& args, Inferred& out);

}  // namespace inference

namespace reference {

Status constexpr_affine_dequantize(const Args& args, Outputs outputs);
Status constexpr_cast(const Args& args, Outputs outputs);
Status constexpr_lut_to_dense(const Args& args, Outputs outputs);
Status constexpr_sparse_to_dense(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
