// Walks over two broadcast operands in long rows.
#pragma once

#include <array>

#include "base/shape.h"

namespace pome::ops::reference {

/// The index space of a broadcast, neighbouring axes merged where both operands allow: `extent`
/// positions, `x` and `y` elements to step in each operand (0 where it is repeated).
struct BroadcastAxes {
  struct Axis {
    int64_t extent = 1;
    std::array<int64_t, 2> step{};
  };
  std::array<Axis, Shape::kMaxRank> axes{};
  int rank = 0;

  BroadcastAxes(const Shape& x, const Shape& y, const Shape& out) {
    std::array<int64_t, 2> stride{1, 1};
    const std::array<const Shape*, 2> operands{&x, &y};
    for (int i = 1; i <= out.rank(); ++i) {
      Axis axis{out[out.rank() - i], {}};
      for (size_t k = 0; k < 2; ++k) {
        const Shape& s = *operands[k];
        const int64_t extent = i <= s.rank() ? s[s.rank() - i] : 1;
        axis.step[k] = extent == 1 ? 0 : stride[k];
        stride[k] *= extent;
      }
      push(axis);
    }
    if (rank == 0) axes[static_cast<size_t>(rank++)] = {};
  }

  /// Calls f(out_index, x_index, y_index, n, x_step, y_step) for each innermost row.
  template <typename F>
  void for_each_row(F f) const {
    const Axis& inner = axes[0];
    std::array<int64_t, Shape::kMaxRank> at{};
    int64_t rows = 1;
    for (int i = 1; i < rank; ++i) rows *= axes[static_cast<size_t>(i)].extent;
    int64_t x = 0;
    int64_t y = 0;
    for (int64_t r = 0; r < rows; ++r) {
      f(r * inner.extent, x, y, inner.extent, inner.step[0], inner.step[1]);
      for (size_t i = 1; i < static_cast<size_t>(rank); ++i) {
        x += axes[i].step[0];
        y += axes[i].step[1];
        if (++at[i] < axes[i].extent) break;
        x -= axes[i].step[0] * axes[i].extent;
        y -= axes[i].step[1] * axes[i].extent;
        at[i] = 0;
      }
    }
  }

 private:
  void push(const Axis& axis) {
    if (axis.extent == 1) return;
    if (rank > 0) {
      Axis& last = axes[static_cast<size_t>(rank - 1)];
      if (axis.step[0] == last.step[0] * last.extent &&
          axis.step[1] == last.step[1] * last.extent) {
        last.extent *= axis.extent;
        return;
      }
    }
    axes[static_cast<size_t>(rank++)] = axis;
  }
};

}  // namespace pome::ops::reference
