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

TEST(ThreadPool, LoopsWithinLoopsRunAlone) {
  ThreadPool pool(3);
  std::atomic<int> total{0};
  std::atomic<int> other_threads{0};
  pool.parallel_for(7, [&](int, int) noexcept {
    const auto caller = std::this_thread::get_id();
    pool.parallel_for(11, [&](int task, int thread) noexcept {
      total.fetch_add(task);
      other_threads.fetch_add(thread != 0 || std::this_thread::get_id() != caller);
    });
  });
  EXPECT_EQ(total.load(), 7 * 55);
  EXPECT_EQ(other_threads.load(), 0);
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

/// More threads than most machines have CPUs, and loops too short to wait for: a worker often comes
/// when its loop is over.
TEST(ThreadPool, WorkersMayComeTooLate) {
  ThreadPool pool(6);
  int64_t sum = 0;
  for (int loop = 0; loop < 20000; ++loop) {
    const int tasks = 2 + loop % 3;
    std::atomic<int> done{0};
    std::atomic<int> ones{0};
    pool.parallel_for(tasks, [&](int task, int thread) noexcept {
      done.fetch_add(1, std::memory_order_relaxed);
      ones.fetch_add(task == 1 && thread < 6, std::memory_order_relaxed);
    });
    ASSERT_EQ(done.load(), tasks) << loop;
    ASSERT_EQ(ones.load(), 1) << loop;
    sum += tasks;
  }
  EXPECT_EQ(sum, 20000 / 3 * 9 + 2 + 3);
}

}  // namespace
}  // namespace pome
