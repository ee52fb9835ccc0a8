// How much is done at once, and for how long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace pome::app {

/// Room for so many predictions at once. Thread-safe.
class WorkSlots {
 public:
  /// `waiting` callers of enter() may wait for a slot, the next one is sent away.
  WorkSlots(int running, int waiting) : free_(running), may_wait_(waiting) {}

  /// One prediction's room, given back by its destructor.
  class Slot {
   public:
    explicit Slot(WorkSlots* slots) : slots_(slots) {}
    Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (slots_ != nullptr) slots_->leave();
    }

   private:
    WorkSlots* slots_;
  };

  /// A slot within `patience` (zero: now or never), or nothing.
  std::optional<Slot> enter(std::chrono::milliseconds patience);

 private:
  void leave();

  std::mutex mutex_;
  std::condition_variable freed_;
  int free_;
  int may_wait_;
};

/// Stops work that lasts too long. Thread-safe; one thread of its own.
class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;
  Watchdog();
  ~Watchdog();

  /// Forgets the work when it goes.
  class Guard {
   public:
    Guard(Watchdog* dog, uint64_t id) : dog_(dog), id_(id) {}
    Guard(Guard&& other) noexcept : dog_(std::exchange(other.dog_, nullptr)), id_(other.id_) {}
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      if (dog_ != nullptr) dog_->forget(id_);
    }

   private:
    Watchdog* dog_;
    uint64_t id_;
  };

  /// Asks `work` to stop at `when`, or when stop_all() is called, unless the guard goes before.
  [[nodiscard]] Guard watch(std::stop_source work, Clock::time_point when);
  /// Everything that is watched, and will be, is stopped at once.
  void stop_all();

 private:
  struct Watched {
    Clock::time_point when;
    std::stop_source work;
  };
  void forget(uint64_t id);
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Watched> watched_;
  uint64_t next_ = 0;
  bool stopping_ = false;
  bool ended_ = false;
  std::thread thread_;
};

/// Threads that take jobs in turn. enqueue() waits while `most` jobs wait: the clients behind are
/// then held by the system, in a queue of its own that is bounded too.
class BoundedThreads {
 public:
  BoundedThreads(int threads, size_t most);
  ~BoundedThreads();
  BoundedThreads(const BoundedThreads&) = delete;
  BoundedThreads& operator=(const BoundedThreads&) = delete;

  void enqueue(std::function<void()> job);
  /// Does what waits, then ends the threads. Once.
  void shut_down();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  size_t most_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pome::app
