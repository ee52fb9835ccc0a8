// Positions of parameters, infer functions and reference kernels of tensor_operation.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum ConcatParam { kConcatValues, kConcatAxis, kConcatInterleave };
enum StackParam { kStackValues, kStackAxis };
enum SplitParam { kSplitX, kSplitNumSplits, kSplitSizes, kSplitAxis };
enum PadParam { kPadX, kPadPad, kPadMode, kPadConstant };
enum TileParam { kTileX, kTileReps };
/// gather, gather_along_axis (which has no batch_dims: ask by name), in all versions.
enum GatherParam { kGatherX, kGatherIndices, kGatherAxis, kGatherBatchDims, kGatherValidate };
enum GatherAlongParam { kAlongX, kAlongIndices, kAlongAxis, kAlongValidate };
enum GatherNdParam { kNdX, kNdIndices, kNdBatchDims, kNdValidate };
enum FillParam { kFillShape, kFillValue };
enum FillLikeParam { kFillLikeRef, kFillLikeValue };
enum ShapeParam { kShapeX };
enum SelectParam { kSelectCond, kSelectA, kSelectB };
enum ArgsortParam { kArgsortX, kArgsortAxis, kArgsortAscending };
enum TopkParam {
  kTopkX,
  kTopkK,
  kTopkAxis,
  kTopkAscending,
  kTopkSort,
  kTopkReturnIndices,
  kTopkIndicesDtype
};
enum CumsumParam { kCumsumX, kCumsumAxis, kCumsumExclusive, kCumsumReverse };
enum OneHotParam { kOneHotIndices, kOneHotSize, kOneHotAxis, kOneHotOn, kOneHotOff };
enum BandParam { kBandX, kBandLower, kBandUpper };
enum RangeParam { kRangeEnd, kRangeStart, kRangeStep };
enum NonZeroParam { kNonZeroX };

namespace inference {

Status concat(const Args& args, Inferred& out);
Status stack(const Args& args, Inferred& out);
Status split(const Args& args, Inferred& out);
Status pad(const Args& args, Inferred& out);
Status tile(const Args& args, Inferred& out);
Status gather(const Args& args, Inferred& out);
Status gather_along_axis(const Args& args, Inferred& out);
Status gather_nd(const Args& args, Inferred& out);
Status fill(const Args& args, Inferred& out);
Status fill_like(const Args& args, Inferred& out);
Status shape(const Args& args, Inferred& out);
Status select(const Args& args, Inferred& out);
Status argsort(const Args& args, Inferred& out);
Status topk(const Args& args, Inferred& out);
Status cumsum(const Args& args, Inferred& out);
Status one_hot(const Args& args, Inferred& out);
Status band_part(const Args& args, Inferred& out);
Status range_1d(const Args& args, Inferred& out);
Status non_zero(const Args& args, Inferred& out);

}  // namespace inference

namespace reference {

Status concat(const Args& args, Outputs outputs);
Status stack(const Args& args, Outputs outputs);
Status split(const Args& args, Outputs outputs);
Status pad(const Args& args, Outputs outputs);
Status tile(const Args& args, Outputs outputs);
Status gather(const Args& args, Outputs outputs);
Status gather_along_axis(const Args& args, Outputs outputs);
Status gather_nd(const Args& args, Outputs outputs);
Status fill(const Args& args, Outputs outputs);
Status fill_like(const Args& args, Outputs outputs);
Status shape(const Args& args, Outputs outputs);
Status select(const Args& args, Outputs outputs);
Status argsort(const Args& args, Outputs outputs);
Status topk(const Args& args, Outputs outputs);
Status cumsum(const Args& args, Outputs outputs);
Status one_hot(const Args& args, Outputs outputs);
Status band_part(const Args& args, Outputs outputs);
Status range_1d(const Args& args, Outputs outputs);
Status non_zero(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
