// avg_pool, l2_pool and max_pool by their definition.
#include "ops/pool.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/try.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

/// Cells of the window at o that lie inside the padded input.
int64_t padded_cells(const Window& w, int64_t o) {
  return std::max<int64_t>(0, std::min(w.start(o) + w.kernel, w.in + w.pad_after) - w.start(o));
}

/// What is summed up over a window.
struct Cell {
  std::array<Window::Range, 3> taps;
  std::array<int64_t, 3> at;
  int64_t inside = 0;  // cells inside the input
};

/// For each output: value = start; value = add(value, x) for each cell inside; stores
/// finish(value, cell).
template <typename Add, typename Finish>
Status pool(const Args& args, const TensorView& y, double start, Add add, Finish finish) {
  POME_ASSIGN(const WindowNd window, pool_window(args));
  const auto w = window.as_3d();
  const Reals x(args.tensor(PoolParam::kX));
  const Shape& shape = args.shape(PoolParam::kX);
  const int64_t planes = shape[0] * shape[1];
  int64_t next = 0;
  for (int64_t p = 0; p < planes; ++p) {
    for (int64_t d = 0; d < w[0].out; ++d) {
      for (int64_t h = 0; h < w[1].out; ++h) {
        for (int64_t c = 0; c < w[2].out; ++c) {
          Cell cell{{w[0].taps(d), w[1].taps(h), w[2].taps(c)}, {d, h, c}};
          const int64_t columns = cell.taps[2].end - cell.taps[2].begin;
          double value = start;
          for (int64_t i = cell.taps[0].begin; i < cell.taps[0].end; ++i) {
            for (int64_t j = cell.taps[1].begin; j < cell.taps[1].end; ++j) {
              const int64_t row = (p * w[0].in + w[0].start(d) + i) * w[1].in + w[1].start(h) + j;
              const int64_t first = row * w[2].in + w[2].start(c) + cell.taps[2].begin;
              for (int64_t k = 0; k < columns; ++k) value = add(value, x[first + k]);
              cell.inside += columns;
            }
          }
          y.set_real(next++, finish(value, cell, w));
        }
      }
    }
  }
  return {};
}

}  // namespace

Status avg_pool(const Args& args, Outputs outputs) {
  const bool exclude = args.flag(PoolParam::kExcludePadding);
  return pool(
      args, outputs[0], 0.0, [](double sum, double x) { return sum + x; },
      [exclude](double sum, const Cell& cell, const std::array<Window, 3>& w) {
        int64_t count = cell.inside;
        if (!exclude) {
          count = 1;
          for (size_t i = 0; i < 3; ++i) count *= padded_cells(w[i], cell.at[i]);
        }
        return count == 0 ? 0.0 : sum / static_cast<double>(count);
      });
}

Status l2_pool(const Args& args, Outputs outputs) {
  return pool(
      args, outputs[0], 0.0, [](double sum, double x) { return sum + x * x; },
      [](double sum, const auto&, const auto&) { return std::sqrt(sum); });
}

Status max_pool(const Args& args, Outputs outputs) {
  return pool(
      args, outputs[0], -std::numeric_limits<double>::infinity(),
      [](double best, double x) { return x > best || std::isnan(x) ? x : best; },
      [](double best, const auto&, const auto&) { return best; });
}

}  // namespace pome::ops::reference
