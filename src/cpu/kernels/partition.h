// How loops are cut into tasks for the thread pool.
#pragma once

#include <algorithm>
#include <cstdint>

namespace pome::cpu {

/// Half-open range of indices.
struct Range {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
};

/// Part `index` of `parts` nearly equal parts of [0, total), cut at multiples of `align`.
inline Range part_of(int64_t total, int64_t parts, int64_t index, int64_t align = 1) {
  const int64_t units = (total + align - 1) / align;
  return {std::min(total, units * index / parts * align),
          std::min(total, units * (index + 1) / parts * align)};
}

/// How many tasks to make of `items` items of `work` units each so that a task has at least
/// `min_work` units (what starting it costs must not show) and there are at most `per_thread` tasks
/// a thread. At least 1.
inline int task_count(int64_t items, int64_t work, int64_t min_work, int threads,
                      int per_thread = 4) {
  if (threads <= 1 || items <= 1) return 1;
  const int64_t by_work = items * work / min_work;
  const int64_t limit = std::min<int64_t>(items, int64_t{threads} * per_thread);
  return static_cast<int>(std::clamp<int64_t>(by_work, 1, limit));
}

/// a / b rounded up, for positive b.
constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// `value` rounded up to a multiple of `unit`.
constexpr int64_t round_up(int64_t value, int64_t unit) { return ceil_div(value, unit) * unit; }

}  // namespace pome::cpu
