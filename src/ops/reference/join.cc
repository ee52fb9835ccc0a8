// concat, stack, split, pad, tile.
#include <algorithm>
#include <array>
#include <cstring>

#include "base/try.h"
#include "ops/infer.h"
#include "ops/reference/strided_copy.h"
#include "ops/tensor_operation.h"

namespace pome::ops::reference {
namespace {

/// Extents before the axis, and elements from it on.
struct Around {
  int64_t outer = 1;
  int64_t inner = 1;  // behind the axis
};

Around around(const Shape& shape, int axis) {
  Around a;
  for (int i = 0; i < axis; ++i) a.outer *= shape[i];
  for (int i = axis + 1; i < shape.rank(); ++i) a.inner *= shape[i];
  return a;
}

/// Joins the values along an axis on which value i has extents[i] elements of `a.inner`.
void join(const Args& args, const Around& a, int64_t total, int axis, const TensorView& y) {
  const auto size = static_cast<int64_t>(element_bytes(y.dtype));
  int64_t offset = 0;
  for (int i = 0; i < args.count(0); ++i) {
    const TensorView x = args.tensor(0, i);
    const int64_t extent = axis < 0 ? 1 : x.shape[axis];
    if (x.elements() > 0) {
      StridedCopy copy;
      copy.add_axis(a.outer, extent * a.inner, total * a.inner);
      copy.add_axis(extent * a.inner, 1, 1);
      copy.run(x.data, y.data + offset * a.inner * size, static_cast<size_t>(size));
    }
    offset += extent;
  }
}

/// The element of x that fills position i - before of an axis.
int64_t reflected(int64_t i, int64_t extent, bool reflect) {
  if (!reflect) return std::clamp<int64_t>(i, 0, extent - 1);
  if (i < 0) i = -i;
  return i < extent ? i : 2 * (extent - 1) - i;
}

/// Copies x into the middle of y.
void pad_constant(const TensorView& x, const TensorView& y, const Shape& before,
                  const TensorView& constant) {
  const size_t bytes = element_bytes(y.dtype);
  const int64_t n = y.elements();
  for (int64_t i = 0; i < n; ++i)
    std::memcpy(y.data + static_cast<size_t>(i) * bytes, constant.data, bytes);
  if (x.elements() == 0) return;
  const Shape from = x.shape.strides();
  const Shape to = y.shape.strides();
  StridedCopy copy;
  int64_t offset = 0;
  for (int i = 0; i < x.shape.rank(); ++i) {
    offset += before[i] * to[i];
    copy.add_axis(x.shape[i], from[i], to[i]);
  }
  copy.run(x.data, y.data + offset * static_cast<int64_t>(bytes), bytes);
}

void pad_from_inside(const TensorView& x, const TensorView& y, const Shape& before, bool reflect) {
  const int rank = x.shape.rank();
  const size_t bytes = element_bytes(y.dtype);
  const Shape strides = x.shape.strides();
  const int64_t columns = rank == 0 ? 1 : y.shape.back();
  const int64_t rows = columns == 0 ? 0 : y.elements() / columns;
  for (int64_t r = 0; r < rows; ++r) {
    int64_t from = 0;
    for (int64_t i = rank - 2, rest = r; i >= 0; --i) {
      const int axis = static_cast<int>(i);
      from +=
          reflected(rest % y.shape[axis] - before[axis], x.shape[axis], reflect) * strides[axis];
      rest /= y.shape[axis];
    }
    std::byte* row = y.data + static_cast<size_t>(r * columns) * bytes;
    for (int64_t c = 0; c < columns; ++c) {
      const int64_t at =
          rank == 0 ? 0 : from + reflected(c - before[rank - 1], x.shape.back(), reflect);
      std::memcpy(row + static_cast<size_t>(c) * bytes, x.data + static_cast<size_t>(at) * bytes,
                  bytes);
    }
  }
}

}  // namespace

Status concat(const Args& args, Outputs outputs) {
  const TensorView& y = outputs[0];
  POME_ASSIGN(const int axis, axis_param(args, kConcatAxis, y.shape.rank()));
  if (args.shape(kConcatValues).empty()) {
    join(args, around(y.shape, axis), y.shape[axis], -1, y);
  } else if (args.flag(kConcatInterleave)) {
    // Element k of every value, then element k + 1: the values are an axis behind the joined one.
    Around a = around(args.shape(kConcatValues), axis);
    a.outer *= args.shape(kConcatValues)[axis];
    join(args, a, args.count(kConcatValues), -1, y);
  } else {
    join(args, around(y.shape, axis), y.shape[axis], axis, y);
  }
  return {};
}

Status stack(const Args& args, Outputs outputs) {
  const TensorView& y = outputs[0];
  POME_ASSIGN(const int axis, axis_param(args, kStackAxis, y.shape.rank()));
  join(args, around(y.shape, axis), y.shape[axis], -1, y);
  return {};
}

Status split(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kSplitX);
  POME_ASSIGN(const int axis, axis_param(args, kSplitAxis, x.shape.rank()));
  const Around a = around(x.shape, axis);
  const auto size = static_cast<int64_t>(element_bytes(x.dtype));
  int64_t offset = 0;
  for (const TensorView& y : outputs) {
    const int64_t extent = y.shape[axis];
    if (y.elements() > 0) {
      StridedCopy copy;
      copy.add_axis(a.outer, x.shape[axis] * a.inner, extent * a.inner);
      copy.add_axis(extent * a.inner, 1, 1);
      copy.run(x.data + offset * a.inner * size, y.data, static_cast<size_t>(size));
    }
    offset += extent;
  }
  return {};
}

Status pad(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kPadX);
  const Ints pads = args.ints(kPadPad);
  Shape before = Shape::filled(x.shape.rank(), 0);
  const int first = x.shape.rank() - pads.size() / 2;
  for (int i = 0; i < pads.size() / 2; ++i) before[first + i] = pads[2 * i];
  const std::string_view mode = args.text(kPadMode);
  if (mode == "constant") {
    pad_constant(x, outputs[0], before, args.tensor(kPadConstant));
  } else {
    pad_from_inside(x, outputs[0], before, mode == "reflect");
  }
  return {};
}

Status tile(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kTileX);
  const TensorView& y = outputs[0];
  if (y.elements() == 0) return {};
  const Shape from = x.shape.strides();
  const Shape to = y.shape.strides();
  StridedCopy copy;
  for (int i = 0; i < x.shape.rank(); ++i) {
    copy.add_axis(y.shape[i] / x.shape[i], 0, x.shape[i] * to[i]);
    copy.add_axis(x.shape[i], from[i], to[i]);
  }
  copy.run(x.data, y.data, element_bytes(y.dtype));
  return {};
}

}  // namespace pome::ops::reference
