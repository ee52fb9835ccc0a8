#include <algorithm>
#include <string>
#include <vector>

#include "base/checked.h"
#include "cpu/blocked.h"
#include "cpu/kernels/eltwise/binary.h"

namespace pome::cpu {
namespace {

struct Axis {
  int64_t dim;
  bool x;  // the operand has this axis in full; false: it is repeated
  bool y;
};

std::string text(std::span<const int64_t> shape) {
  std::string s = "[";
  for (size_t i = 0; i < shape.size(); ++i) s += (i ? "," : "") + std::to_string(shape[i]);
  return s + "]";
}

int64_t dim_from_end(std::span<const int64_t> shape, size_t i) {
  return i < shape.size() ? shape[shape.size() - 1 - i] : 1;
}

// Innermost first; neighbours that repeat alike are one axis.
bool append(std::vector<Axis>& axes, int64_t x, int64_t y) {
  if (x != y && x != 1 && y != 1) return false;
  const Axis axis{x == 1 ? y : x, x != 1, y != 1};
  if (axis.dim == 1 && x == 1 && y == 1) return true;
  if (!axes.empty() && axes.back().x == axis.x && axes.back().y == axis.y) {
    axes.back().dim *= axis.dim;
  } else {
    axes.push_back(axis);
  }
  return true;
}

}  // namespace

BinaryParams binary_same(Isa isa, BinaryOp op, int64_t count) {
  BinaryParams p;
  p.isa = isa;
  p.op = op;
  p.rank = 1;
  p.dims[0] = count;
  p.x_strides[0] = 1;
  p.y_strides[0] = 1;
  return p;
}

Result<BinaryParams> binary_broadcast(Isa isa, BinaryOp op, std::span<const int64_t> x_shape,
                                      std::span<const int64_t> y_shape) {
  std::vector<Axis> axes;
  int64_t total = 1;
  for (size_t i = 0; i < std::max(x_shape.size(), y_shape.size()); ++i) {
    const int64_t x = dim_from_end(x_shape, i);
    const int64_t y = dim_from_end(y_shape, i);
    const auto product = checked_mul(total, std::max(x, y));
    if (x < 0 || y < 0 || !product || !append(axes, x, y)) {
      return Error(ErrorCode::kShapeMismatch, "shapes " + text(x_shape) + " and " + text(y_shape) +
                                                  " do not broadcast to one another");
    }
    total = *product;
  }
  if (axes.empty()) axes.push_back({1, true, true});
  if (axes.size() > BinaryParams::kMaxRank) {
    return Error(ErrorCode::kUnsupported, "shapes " + text(x_shape) + " and " + text(y_shape) +
                                              " broadcast over more than 8 axes");
  }
  BinaryParams p = binary_same(isa, op, 0);
  p.rank = static_cast<int32_t>(axes.size());
  int64_t x_stride = 1;
  int64_t y_stride = 1;
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t at = axes.size() - 1 - i;
    p.dims[at] = axes[i].dim;
    p.x_strides[at] = axes[i].x ? x_stride : 0;
    p.y_strides[at] = axes[i].y ? y_stride : 0;
    if (axes[i].x) x_stride *= axes[i].dim;
    if (axes[i].y) y_stride *= axes[i].dim;
  }
  return p;
}

BinaryParams binary_per_channel(Isa isa, BinaryOp op, int64_t batch, int64_t channels,
                                int64_t pixels, bool per_image, bool swap) {
  const int64_t c = channel_block(isa);
  const int64_t blocks = channel_blocks(channels, isa);
  BinaryParams p = binary_same(isa, op, 0);
  p.rank = 4;
  const int64_t dims[4] = {batch, blocks, pixels, c};
  const int64_t full[4] = {blocks * pixels * c, pixels * c, c, 1};
  const int64_t channel[4] = {per_image ? blocks * c : 0, c, 0, 1};
  for (int i = 0; i < 4; ++i) {
    p.dims[i] = dims[i];
    p.x_strides[i] = swap ? channel[i] : full[i];
    p.y_strides[i] = swap ? full[i] : channel[i];
  }
  return p;
}

}  // namespace pome::cpu
