// Walks over broadcast operands in long rows.
#pragma once

#include <array>

#include "base/shape.h"

namespace pome::ops::reference {

/// The index space of a broadcast of K operands, neighbouring axes merged where all operands allow:
/// `extent` positions and the elements to step in each operand (0 where it is repeated), innermost
/// first.
template <size_t K>
class BroadcastAxes {
 public:
  using Steps = std::array<int64_t, K>;

  /// Requires that the operands broadcast to `out`.
  BroadcastAxes(const std::array<const Shape*, K>& operands, const Shape& out) {
    Steps stride;
    stride.fill(1);
    for (int i = 1; i <= out.rank(); ++i) {
      Axis axis{out[out.rank() - i], {}};
      for (size_t k = 0; k < K; ++k) {
        const Shape& s = *operands[k];
        const int64_t extent = i <= s.rank() ? s[s.rank() - i] : 1;
        axis.step[k] = extent == 1 ? 0 : stride[k];
        stride[k] *= extent;
      }
      push(axis);
    }
    if (rank_ == 0) axes_[rank_++] = {};
  }

  /// Calls f(out_index, operand_indices, n, operand_steps) for each innermost row.
  template <typename F>
  void for_each_row(F f) const {
    const Axis& inner = axes_[0];
    std::array<int64_t, Shape::kMaxRank> at{};
    int64_t rows = 1;
    for (size_t i = 1; i < rank_; ++i) rows *= axes_[i].extent;
    Steps index{};
    for (int64_t r = 0; r < rows; ++r) {
      f(r * inner.extent, index, inner.extent, inner.step);
      for (size_t i = 1; i < rank_; ++i) {
        for (size_t k = 0; k < K; ++k) index[k] += axes_[i].step[k];
        if (++at[i] < axes_[i].extent) break;
        for (size_t k = 0; k < K; ++k) index[k] -= axes_[i].step[k] * axes_[i].extent;
        at[i] = 0;
      }
    }
  }

 private:
  struct Axis {
    int64_t extent = 1;
    Steps step{};
  };

  void push(const Axis& axis) {
    if (axis.extent == 1) return;
    if (rank_ > 0) {
      Axis& last = axes_[rank_ - 1];
      bool contiguous = true;
      for (size_t k = 0; k < K; ++k) contiguous &= axis.step[k] == last.step[k] * last.extent;
      if (contiguous) {
        last.extent *= axis.extent;
        return;
      }
    }
    axes_[rank_++] = axis;
  }

  std::array<Axis, Shape::kMaxRank> axes_{};
  size_t rank_ = 0;
};

}  // namespace pome::ops::reference
