#include "apps/server/work.h"

#include <algorithm>

namespace pome::app {

std::optional<WorkSlots::Slot> WorkSlots::enter(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (free_ == 0) {
    if (patience.count() <= 0 || may_wait_ == 0) return std::nullopt;
    --may_wait_;
    const bool got = freed_.wait_for(lock, patience, [this] { return free_ > 0; });
    ++may_wait_;
    if (!got) return std::nullopt;
  }
  --free_;
  return Slot(this);
}

void WorkSlots::leave() {
  {
    const std::lock_guard lock(mutex_);
    ++free_;
  }
  freed_.notify_one();
}

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Watchdog::Guard Watchdog::watch(std::stop_source work, Clock::time_point when) {
  const std::lock_guard lock(mutex_);
  if (stopping_) work.request_stop();
  watched_.insert_or_assign(++next_, Watched{when, std::move(work)});
  changed_.notify_all();
  return Guard(this, next_);
}

void Watchdog::forget(uint64_t id) {
  const std::lock_guard lock(mutex_);
  watched_.erase(id);
}

void Watchdog::stop_all() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (auto& [id, watched] : watched_) watched.work.request_stop();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    // There are as many entries as predictions run at once: a handful.
    const auto now = Clock::now();
    auto next = now + std::chrono::hours(1);
    for (auto& [id, watched] : watched_) {
      if (watched.when <= now) {
        watched.work.request_stop();
      } else {
        next = std::min(next, watched.when);
      }
    }
    changed_.wait_until(lock, next);
  }
}

BoundedThreads::BoundedThreads(int threads, size_t most) : most_(most) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

BoundedThreads::~BoundedThreads() { shut_down(); }

void BoundedThreads::enqueue(std::function<void()> job) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return jobs_.size() < most_ || ending_; });
    jobs_.push_back(std::move(job));
  }
  changed_.notify_all();
}

void BoundedThreads::shut_down() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void BoundedThreads::run() {
  for (;;) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !jobs_.empty() || ending_; });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    changed_.notify_all();
    job();
  }
}

}  // namespace pome::app
