// Copies a box of elements between two strided places: what every data-movement op comes down to.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ops/args.h"

namespace pome::ops::reference {

/// A nest of loops over elements, outermost axis added first. Neighbouring axes are merged where
/// both sides are contiguous across them.
class StridedCopy {
 public:
  /// `extent` positions; `from` and `to` are the elements to step on each side (any sign, 0 to
  /// repeat). At most 16 axes.
  void add_axis(int64_t extent, int64_t from, int64_t to);
  /// Copies elements of `bytes` bytes. Every position that the axes reach must lie in the memory.
  void run(const std::byte* from, std::byte* to, size_t bytes) const;

 private:
  struct Axis {
    int64_t extent, from, to;
  };
  std::array<Axis, 16> axes_{};
  size_t rank_ = 0;
};

/// Bytes of an element of a dtype that data-movement ops take.
inline size_t element_bytes(ir::DType dtype) { return static_cast<size_t>(ir::bits(dtype) / 8); }

/// Copies a dense tensor.
void copy_dense(const TensorView& from, const TensorView& to);
/// Copies `from` to the dense tensor `to` of permuted axes: to's axis i is from's axis perm[i].
void copy_permuted(const TensorView& from, const Shape& from_shape, const TensorView& to,
                   const Ints& perm);

}  // namespace pome::ops::reference
