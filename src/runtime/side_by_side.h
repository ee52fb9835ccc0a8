// Predictions that do not wait for one another, each on a thread of its own.
#pragma once

#include <atomic>

#include "base/thread_pool.h"

namespace pome::runtime {

/// Calls body(i) -> bool for every i in [0, count) until one gives false; then those below it have
/// been called too. As many as fill all threads evenly run side by side, each in one thread: whole
/// predictions need no waiting between steps. The rest follow one by one and share theirs out. Body
/// is noexcept; floating point is as the caller has it, denormals kept where workers flush them.
template <typename Body>
void side_by_side(ThreadPool& pool, int count, Body&& body) {
  std::atomic<int> failed{count};  // the lowest that did
  const auto call = [&](int i) noexcept {
    if (i > failed.load(std::memory_order_relaxed) || body(i)) return;
    int lowest = failed.load();
    while (i < lowest && !failed.compare_exchange_weak(lowest, i)) {
    }
  };
  const int together = pool.threads() > 1 ? count - count % pool.threads() : 0;
  pool.parallel_for(together, [&](int i, int) noexcept {
    const KeepDenormals keep;
    call(i);
  });
  for (int i = together; i < count; ++i) call(i);
}

}  // namespace pome::runtime
