#include "ops/reference/strided_copy.h"

#include <cstring>

namespace pome::ops::reference {
namespace {

template <size_t kBytes>
void copy_row(const std::byte* from, std::byte* to, int64_t n, int64_t from_step, int64_t to_step) {
  const auto size = static_cast<int64_t>(kBytes);
  for (int64_t i = 0; i < n; ++i)
    std::memcpy(to + i * to_step * size, from + i * from_step * size, kBytes);
}

}  // namespace

void StridedCopy::add_axis(int64_t extent, int64_t from, int64_t to) {
  if (extent == 1) return;
  if (rank_ > 0) {
    Axis& outer = axes_[rank_ - 1];
    if (outer.from == from * extent && outer.to == to * extent) {
      outer = {outer.extent * extent, from, to};
      return;
    }
  }
  axes_[rank_++] = {extent, from, to};
}

void StridedCopy::run(const std::byte* from, std::byte* to, size_t bytes) const {
  const auto size = static_cast<int64_t>(bytes);
  const Axis inner = rank_ > 0 ? axes_[rank_ - 1] : Axis{1, 1, 1};
  int64_t rows = 1;
  for (size_t i = 0; i + 1 < rank_; ++i) rows *= axes_[i].extent;
  if (inner.extent == 0) return;
  std::array<int64_t, 16> at{};
  for (int64_t r = 0; r < rows; ++r) {
    if (inner.from == 1 && inner.to == 1) {
      std::memcpy(to, from, static_cast<size_t>(inner.extent) * bytes);
    } else if (bytes == 4) {
      copy_row<4>(from, to, inner.extent, inner.from, inner.to);
    } else if (bytes == 2) {
      copy_row<2>(from, to, inner.extent, inner.from, inner.to);
    } else if (bytes == 1) {
      copy_row<1>(from, to, inner.extent, inner.from, inner.to);
    } else {
      copy_row<8>(from, to, inner.extent, inner.from, inner.to);
    }
    for (size_t i = rank_ - 1; i-- > 0 && rank_ > 1;) {
      const Axis& axis = axes_[i];
      from += axis.from * size;
      to += axis.to * size;
      if (++at[i] < axis.extent) break;
      from -= axis.from * axis.extent * size;
      to -= axis.to * axis.extent * size;
      at[i] = 0;
    }
  }
}

void copy_dense(const TensorView& from, const TensorView& to) {
  const auto bytes = static_cast<size_t>(ir::storage_bytes(to.dtype, to.elements()));
  if (bytes > 0 && from.data != to.data) std::memcpy(to.data, from.data, bytes);
}

void copy_permuted(const TensorView& from, const Shape& from_shape, const TensorView& to,
                   const Ints& perm) {
  const Shape strides = from_shape.strides();
  StridedCopy copy;
  int64_t to_stride = from_shape.elements();
  for (const int64_t p : perm) {
    const int64_t extent = from_shape[static_cast<int>(p)];
    to_stride = extent == 0 ? 0 : to_stride / extent;
    copy.add_axis(extent, strides[static_cast<int>(p)], to_stride);
  }
  if (from_shape.elements() > 0) copy.run(from.data, to.data, element_bytes(to.dtype));
}

}  // namespace pome::ops::reference
