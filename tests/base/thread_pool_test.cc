#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace pome {
namespace {

TEST(ThreadPool, EveryTaskRunsOnce) {
  ThreadPool pool(3);
  for (int tasks : {0, 1, 2, 7, 1000}) {
    std::vector<std::atomic<int>> runs(static_cast<size_t>(tasks));
    pool.parallel_for(tasks, [&](int task, int thread) noexcept {
      if (thread >= 0 && thread < 3) runs[static_cast<size_t>(task)].fetch_add(1);
    });
    for (const auto& r : runs) ASSERT_EQ(r.load(), 1);
  }
}

TEST(ThreadPool, SeveralCallersAtOnce) {
  ThreadPool pool(2);
  std::atomic<int> total{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&] {
      for (int i = 0; i < 200; ++i)
        pool.parallel_for(10, [&](int, int) noexcept { total.fetch_add(1); });
    });
  }
  for (std::thread& t : callers) t.join();
  EXPECT_EQ(total.load(), 4 * 200 * 10);
}

TEST(ThreadPool, WorkersWakeAfterParking) {
  ThreadPool pool(2);
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::atomic<int> n{0};
    pool.parallel_for(64, [&](int, int) noexcept { n.fetch_add(1); });
    EXPECT_EQ(n.load(), 64);
  }
}

}  // namespace
}  // namespace pome
