#include "ops/tensor_transformation.h"

#include <algorithm>
#include <string>

#include "base/try.h"
#include "ops/infer.h"
#include "ops/reference/strided_copy.h"
#include "ops/slice.h"

namespace pome::ops::reference {
namespace {

/// Between the part of `whole` that the axes name, of which the squeezed ones have extent 1, and
/// the dense tensor `part`.
void copy_part(const TensorView& whole, const SliceAxes& axes, const TensorView& part, bool back) {
  if (part.elements() == 0) return;
  const Shape strides = whole.shape.strides();
  StridedCopy copy;
  int64_t offset = 0;
  int64_t dense = part.elements();
  for (int i = 0; i < whole.shape.rank(); ++i) {
    const SliceAxis& axis = axes[static_cast<size_t>(i)];
    const int64_t stride = axis.stride * strides[i];
    dense /= axis.extent;
    offset += axis.begin * strides[i];
    copy.add_axis(axis.extent, back ? dense : stride, back ? stride : dense);
  }
  const size_t bytes = element_bytes(whole.dtype);
  std::byte* place = whole.data + offset * static_cast<int64_t>(bytes);
  copy.run(back ? part.data : place, back ? place : part.data, bytes);
}

void copy_slice(const TensorView& x, const SliceAxes& axes, const TensorView& y) {
  copy_part(x, axes, y, false);
}

/// x split as `split` (same elements) with its axes permuted.
Status rearrange(const Args& args, Outputs outputs, const Shape& split, const Ints& perm) {
  copy_permuted(args.tensor(kBlockX), split, outputs[0], perm);
  return {};
}

}  // namespace

Status copy(const Args& args, Outputs outputs) {
  copy_dense(args.tensor(0), outputs[0]);
  return {};
}

Status transpose(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kTransposeX);
  POME_ASSIGN(const Ints perm, axes_param(args, kTransposePerm, x.shape.rank()));
  copy_permuted(x, x.shape, outputs[0], perm);
  return {};
}

Status reverse(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kAxesX);
  Ints axes;
  if (args.has(kAxes)) {
    POME_ASSIGN(axes, axes_param(args, kAxes, x.shape.rank()));
  }
  SliceAxes slices;
  for (int i = 0; i < x.shape.rank(); ++i) {
    const bool turned = !args.has(kAxes) || axes.contains(i);
    slices[static_cast<size_t>(i)] = {turned ? x.shape[i] - 1 : 0, turned ? -1 : 1, x.shape[i],
                                      false};
  }
  copy_slice(x, slices, outputs[0]);
  return {};
}

Status reverse_sequence(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kReverseSequenceX);
  const TensorView lengths = args.tensor(kReverseSequenceLengths);
  POME_ASSIGN(const int seq, axis_param(args, kReverseSequenceSeqAxis, x.shape.rank()));
  POME_ASSIGN(const int batch, axis_param(args, kReverseSequenceBatchAxis, x.shape.rank()));
  const Shape strides = x.shape.strides();
  const int64_t n = x.elements();
  const size_t bytes = element_bytes(x.dtype);
  for (int64_t i = 0; i < n; ++i) {
    const int64_t at = i / strides[seq] % x.shape[seq];
    const int64_t row = i / strides[batch] % x.shape[batch];
    const int64_t length = std::clamp<int64_t>(lengths.integer(row), 0, x.shape[seq]);
    const int64_t from = at < length ? i + (length - 1 - 2 * at) * strides[seq] : i;
    std::copy_n(x.data + static_cast<size_t>(from) * bytes, bytes,
                outputs[0].data + static_cast<size_t>(i) * bytes);
  }
  return {};
}

Status slice_by_index(const Args& args, Outputs outputs) {
  POME_ASSIGN(const SliceAxes axes, slice_by_index_axes(args));
  copy_slice(args.tensor(kSliceIndexX), axes, outputs[0]);
  return {};
}

Status slice_update(const Args& args, Outputs outputs) {
  POME_ASSIGN(const SliceAxes axes, slice_update_axes(args));
  copy_dense(args.tensor(kSliceIndexX), outputs[0]);
  copy_part(outputs[0], axes, args.tensor(kSliceUpdate), true);
  return {};
}

Status slice_by_size(const Args& args, Outputs outputs) {
  POME_ASSIGN(const SliceAxes axes, slice_by_size_axes(args));
  copy_slice(args.tensor(kSliceSizeX), axes, outputs[0]);
  return {};
}

Status sliding_windows(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kWindowsX);
  POME_ASSIGN(const int axis, axis_param(args, kWindowsAxis, x.shape.rank()));
  const Shape& shape = outputs[0].shape;
  const Shape from = x.shape.strides();
  const Shape to = shape.strides();
  StridedCopy copy;
  for (int i = 0; i < shape.rank(); ++i) {
    const int source = i > axis ? i - 1 : i;
    const int64_t step = i == axis ? args.integer(kWindowsStride) : 1;
    copy.add_axis(shape[i], from[source] * step, to[i]);
  }
  if (outputs[0].elements() > 0) copy.run(x.data, outputs[0].data, element_bytes(x.dtype));
  return {};
}

Status depth_to_space(const Args& args, Outputs outputs) {
  const int64_t b = args.integer(kBlockSize);
  const Shape& x = args.shape(kBlockX);
  return rearrange(args, outputs, {x[0], b, b, x[1] / (b * b), x[2], x[3]}, {0, 3, 4, 1, 5, 2});
}

Status space_to_depth(const Args& args, Outputs outputs) {
  const int64_t b = args.integer(kBlockSize);
  const Shape& x = args.shape(kBlockX);
  return rearrange(args, outputs, {x[0], x[1], x[2] / b, b, x[3] / b, b}, {0, 3, 5, 1, 2, 4});
}

Status pixel_shuffle(const Args& args, Outputs outputs) {
  const int64_t b = args.integer(kBlockSize);
  const Shape& x = args.shape(kBlockX);
  return rearrange(args, outputs, {x[0], x[1] / (b * b), b, b, x[2], x[3]}, {0, 1, 4, 2, 5, 3});
}

Status pixel_unshuffle(const Args& args, Outputs outputs) {
  const int64_t b = args.integer(kBlockSize);
  const Shape& x = args.shape(kBlockX);
  return rearrange(args, outputs, {x[0], x[1], x[2] / b, b, x[3] / b, b}, {0, 1, 3, 5, 2, 4});
}

Status space_to_batch(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kBatchBlockX);
  const TensorView blocks = args.tensor(kBatchBlockShape);
  const TensorView paddings = args.tensor(kBatchBlockBorders);
  const TensorView& y = outputs[0];
  const int64_t bh = blocks.integer(0);
  const int64_t bw = blocks.integer(1);
  const int64_t top = paddings.integer(0);
  const int64_t left = paddings.integer(2);
  int64_t out = 0;
  for (int64_t batch = 0; batch < y.shape[0]; ++batch) {
    const int64_t n = batch % x.shape[0];
    const int64_t block = batch / x.shape[0];
    for (int64_t c = 0; c < y.shape[1]; ++c) {
      for (int64_t h = 0; h < y.shape[2]; ++h) {
        for (int64_t w = 0; w < y.shape[3]; ++w, ++out) {
          const int64_t row = h * bh + block / bw - top;
          const int64_t column = w * bw + block % bw - left;
          const bool inside = row >= 0 && row < x.shape[2] && column >= 0 && column < x.shape[3];
          const int64_t from = ((n * x.shape[1] + c) * x.shape[2] + row) * x.shape[3] + column;
          y.set_real(out, inside ? x.real(from) : 0);
        }
      }
    }
  }
  return {};
}

Status batch_to_space(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kBatchBlockX);
  const TensorView blocks = args.tensor(kBatchBlockShape);
  const TensorView crops = args.tensor(kBatchBlockBorders);
  const TensorView& y = outputs[0];
  const int64_t bh = blocks.integer(0);
  const int64_t bw = blocks.integer(1);
  const int64_t top = crops.integer(0);
  const int64_t left = crops.integer(2);
  int64_t out = 0;
  for (int64_t n = 0; n < y.shape[0]; ++n) {
    for (int64_t c = 0; c < y.shape[1]; ++c) {
      for (int64_t h = top; h < top + y.shape[2]; ++h) {
        for (int64_t w = left; w < left + y.shape[3]; ++w, ++out) {
          const int64_t batch = (h % bh * bw + w % bw) * y.shape[0] + n;
          const int64_t from =
              ((batch * x.shape[1] + c) * x.shape[2] + h / bh) * x.shape[3] + w / bw;
          y.set_real(out, x.real(from));
        }
      }
    }
  }
  return {};
}

}  // namespace pome::ops::reference
