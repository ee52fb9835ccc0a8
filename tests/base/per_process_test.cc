// What a forked child may do with what its parent made.
#include "base/per_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mutex>
#include <thread>

#include "base/thread_pool.h"

namespace pome {
namespace {

/// The exit status of `body` -> int in a forked child; a child that hangs is killed by its alarm.
template <typename Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(body());
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int sum_of(ThreadPool& pool, int tasks) {
  std::atomic<int> sum{0};
  pool.parallel_for(tasks, [&](int task, int) noexcept { sum.fetch_add(task); });
  return sum.load();
}

TEST(PerProcess, AChildHasAnObjectOfItsOwn) {
  PerProcess<int> number(std::make_unique<int>(5));
  EXPECT_EQ(number.get(), 5);
  EXPECT_EQ(in_child([&] {
              const int fresh = number.get();
              number.get() = 7;
              const int below = in_child([&] { return number.get(); });
              return fresh * 100 + number.get() * 10 + below;
            }),
            70);
  EXPECT_EQ(number.get(), 5);
}

TEST(PerProcess, ALockThatTheParentHoldsDoesNotStopTheChild) {
  PerProcess<std::mutex> mutex;
  const std::lock_guard<std::mutex> lock(mutex.get());
  EXPECT_EQ(in_child([&] {
              const std::lock_guard<std::mutex> own(mutex.get());
              return 3;
            }),
            3);
}

TEST(PerProcess, ManyThreadsOfAChildGetTheSame) {
  PerProcess<std::atomic<int>> count;
  EXPECT_EQ(in_child([&] {
              std::thread threads[4];
              for (std::thread& t : threads) t = std::thread([&] { count.get().fetch_add(1); });
              for (std::thread& t : threads) t.join();
              return count.get().load();
            }),
            4);
}

TEST(PerProcess, APoolWorksInAChildAndInItsChild) {
  ThreadPool pool(3);
  EXPECT_EQ(sum_of(pool, 20), 190);
  EXPECT_EQ(in_child([&] {
              const int here = sum_of(pool, 20);
              const int below = in_child([&] { return sum_of(pool, 21); });
              return here == 190 && below == 210 && sum_of(pool, 3) == 3 ? 1 : 0;
            }),
            1);
  EXPECT_EQ(sum_of(pool, 20), 190);
}

TEST(PerProcess, APoolOfTheParentIsDestroyedInAChild) {
  EXPECT_EQ(in_child([pool = std::make_unique<ThreadPool>(3)]() mutable {
              pool.reset();  // its threads are not here: nobody is waited for
              return 9;
            }),
            9);
}

TEST(PerProcess, AForkInTheMiddleOfALoop) {
  ThreadPool pool(2);
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop.load()) sum_of(pool, 8);
  });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(in_child([&] { return sum_of(pool, 8); }), 28);
  stop.store(true);
  busy.join();
}

}  // namespace
}  // namespace pome
