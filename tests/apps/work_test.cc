// Room for so much at once, and no longer than that.
#include "apps/server/work.h"

#include <gtest/gtest.h>

#include <atomic>

namespace pome::app {
namespace {

using std::chrono::milliseconds;

TEST(WorkSlots, SendsAwayWhoWillNotWait) {
  WorkSlots slots(1, 1);
  auto first = slots.enter(milliseconds(0));
  ASSERT_TRUE(first);
  EXPECT_FALSE(slots.enter(milliseconds(0)));
  EXPECT_FALSE(slots.enter(milliseconds(5)));
  first.reset();
  EXPECT_TRUE(slots.enter(milliseconds(0)));
}

TEST(WorkSlots, WhoWaitsIsLetInWhenASlotIsGivenBack) {
  WorkSlots slots(1, 1);
  auto first = slots.enter(milliseconds(0));
  std::atomic<bool> waiting = false;
  std::atomic<bool> got = false;
  std::thread other([&] {
    waiting = true;
    got = slots.enter(std::chrono::seconds(30)).has_value();
  });
  while (!waiting) std::this_thread::yield();
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_FALSE(got);
  first.reset();
  other.join();
  EXPECT_TRUE(got);
}

TEST(WorkSlots, OnlySoManyWait) {
  WorkSlots slots(1, 1);
  const auto first = slots.enter(milliseconds(0));
  std::thread other([&] { EXPECT_FALSE(slots.enter(milliseconds(300))); });
  std::this_thread::sleep_for(milliseconds(100));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(slots.enter(std::chrono::seconds(30)));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  other.join();
}

TEST(Watchdog, StopsWhatLastsTooLong) {
  Watchdog dog;
  std::stop_source quick, slow;
  const auto keep = dog.watch(slow, Watchdog::Clock::now() + std::chrono::hours(1));
  const auto guard = dog.watch(quick, Watchdog::Clock::now() + milliseconds(20));
  for (int i = 0; i < 1000 && !quick.stop_requested(); ++i)
    std::this_thread::sleep_for(milliseconds(5));
  EXPECT_TRUE(quick.stop_requested());
  EXPECT_FALSE(slow.stop_requested());
}

TEST(Watchdog, ForgetsWhatIsDone) {
  Watchdog dog;
  std::stop_source work;
  { const auto guard = dog.watch(work, Watchdog::Clock::now() + milliseconds(30)); }
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_FALSE(work.stop_requested());
}

TEST(Watchdog, StopsEverythingAtTheEnd) {
  Watchdog dog;
  std::stop_source before, after;
  const auto first = dog.watch(before, Watchdog::Clock::now() + std::chrono::hours(1));
  dog.stop_all();
  const auto second = dog.watch(after, Watchdog::Clock::now() + std::chrono::hours(1));
  EXPECT_TRUE(before.stop_requested());
  EXPECT_TRUE(after.stop_requested());
}

TEST(BoundedThreads, DoesEverythingBeforeItEnds) {
  std::atomic<int> done = 0;
  BoundedThreads threads(3, 2);
  for (int i = 0; i < 100; ++i) {
    threads.enqueue([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      ++done;
    });
  }
  threads.shut_down();
  EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace pome::app
