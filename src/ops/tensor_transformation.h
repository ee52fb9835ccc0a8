// Positions of parameters, infer functions and reference kernels of tensor_transformation.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum ReshapeParam { kReshapeX, kReshapeShape };
enum ReshapeLikeParam {
  kReshapeLikeX,
  kReshapeLikeRefs,
  kReshapeLikeBegins,
  kReshapeLikeEnds,
  kReshapeLikeEndMasks
};
/// expand_dims, squeeze, reverse.
enum AxesParam { kAxesX, kAxes };
enum TransposeParam { kTransposeX, kTransposePerm };
enum FlattenParam { kFlattenX, kFlattenAxis };
enum ReverseSequenceParam {
  kReverseSequenceX,
  kReverseSequenceLengths,
  kReverseSequenceSeqAxis,
  kReverseSequenceBatchAxis
};
enum SliceIndexParam {
  kSliceIndexX,
  kSliceIndexBegin,
  kSliceIndexEnd,
  kSliceIndexStride,
  kSliceIndexBeginMask,
  kSliceIndexEndMask,
  kSliceIndexSqueezeMask
};
/// slice_update has those of slice_by_index, and this.
enum SliceUpdateParam { kSliceUpdate = kSliceIndexSqueezeMask + 1 };
enum SliceSizeParam { kSliceSizeX, kSliceSizeBegin, kSliceSizeSize };
enum WindowsParam { kWindowsX, kWindowsAxis, kWindowsSize, kWindowsStride };
/// depth_to_space, space_to_depth, pixel_shuffle, pixel_unshuffle.
enum BlockParam { kBlockX, kBlockSize };
/// batch_to_space (crops), space_to_batch (paddings).
enum BatchBlockParam { kBatchBlockX, kBatchBlockShape, kBatchBlockBorders };

namespace inference {

Status reshape(const Args& args, Inferred& out);        // 0 copies the extent at its position
Status reshape_ios17(const Args& args, Inferred& out);  // positions counted from the last
Status reshape_like(const Args& args, Inferred& out);
Status expand_dims(const Args& args, Inferred& out);
Status squeeze(const Args& args, Inferred& out);
Status transpose(const Args& args, Inferred& out);
Status flatten2d(const Args& args, Inferred& out);
Status reverse(const Args& args, Inferred& out);
Status reverse_sequence(const Args& args, Inferred& out);
Status slice_by_index(const Args& args, Inferred& out);
Status slice_by_size(const Args& args, Inferred& out);
Status slice_update(const Args& args, Inferred& out);
Status sliding_windows(const Args& args, Inferred& out);
Status depth_to_space(const Args& args, Inferred& out);  // pixel_shuffle too
Status space_to_depth(const Args& args, Inferred& out);  // pixel_unshuffle too
Status batch_to_space(const Args& args, Inferred& out);
Status space_to_batch(const Args& args, Inferred& out);

}  // namespace inference

namespace reference {

/// The elements in the same order: reshape, expand_dims, squeeze, flatten2d, identity.
Status copy(const Args& args, Outputs outputs);
Status transpose(const Args& args, Outputs outputs);
Status reverse(const Args& args, Outputs outputs);
Status reverse_sequence(const Args& args, Outputs outputs);
Status slice_by_index(const Args& args, Outputs outputs);
Status slice_by_size(const Args& args, Outputs outputs);
Status slice_update(const Args& args, Outputs outputs);
Status sliding_windows(const Args& args, Outputs outputs);
Status depth_to_space(const Args& args, Outputs outputs);
Status space_to_depth(const Args& args, Outputs outputs);
Status pixel_shuffle(const Args& args, Outputs outputs);
Status pixel_unshuffle(const Args& args, Outputs outputs);
Status batch_to_space(const Args& args, Outputs outputs);
Status space_to_batch(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
