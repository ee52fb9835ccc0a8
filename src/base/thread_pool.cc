#include "base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/cpu_limit.h"
#include "base/per_process.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace pome {
namespace {

// About 20 to 60 microseconds of spinning: longer than the gap between two steps of a network,
// shorter than a time slice.
constexpr int kSpins = 20000;

void cpu_relax() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

#if defined(__x86_64__) || defined(__i386__)
constexpr uint64_t kFlush = 0x8040;  // of MXCSR: flush-to-zero, denormals-are-zero
uint64_t float_mode() { return _mm_getcsr(); }
void set_float_mode(uint64_t mode) { _mm_setcsr(static_cast<uint32_t>(mode)); }
#elif defined(__aarch64__)
constexpr uint64_t kFlush = 1ull << 24;  // of FPCR: FZ
uint64_t float_mode() {
  uint64_t mode = 0;
  asm volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
}
void set_float_mode(uint64_t mode) { asm volatile("msr fpcr, %0" ::"r"(mode)); }
#else
constexpr uint64_t kFlush = 0;
uint64_t float_mode() { return 0; }
void set_float_mode(uint64_t) {}
#endif

/// Threads beside the callers' own, and the loop that they share.
class Workers {
 public:
  using Body = ThreadPool::Body;

  /// `threads` - 1 of them, or as many as can be started.
  explicit Workers(int threads) {
    try {
      for (int t = 1; t < threads; ++t) workers_.emplace_back([this, t] { work(t); });
    } catch (const std::system_error&) {  // the others do it all
    }
  }

  ~Workers() {
    {
      std::lock_guard<std::mutex> lock(parking_);
      stop_.store(true);
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  /// False when another loop is being shared out.
  bool run(int tasks, Body body, void* context) {
    if (shared_out_.exchange(true, std::memory_order_acquire)) return false;
    tasks_ = tasks;
    body_ = body;
    context_ = context;
    next_.store(0, std::memory_order_relaxed);
    open();
    drain(0);
    close();
    shared_out_.store(false, std::memory_order_release);
    return true;
  }

 private:
  void drain(int thread) {
    for (int task = next_.fetch_add(1, std::memory_order_relaxed); task < tasks_;
         task = next_.fetch_add(1, std::memory_order_relaxed)) {
      body_(context_, task, thread);
    }
  }

  static constexpr uint64_t kJoined = 0xffff;
  static constexpr uint64_t kClosed = 0x10000;
  static uint32_t number(uint64_t loop) { return static_cast<uint32_t>(loop >> 32); }

  void wait_for_other(uint32_t seen) {
    for (int spin = 0; spin < kSpins; ++spin) {
      if (number(loop_.load(std::memory_order_acquire)) != seen ||
          stop_.load(std::memory_order_relaxed))
        return;
      cpu_relax();
    }
    std::unique_lock<std::mutex> lock(parking_);
    parked_.fetch_add(1);
    wake_.wait(lock, [&] { return number(loop_.load()) != seen || stop_.load(); });
    parked_.fetch_sub(1);
  }

  /// Takes part in the current loop, whose number goes to `seen`; false when that is over.
  bool join(uint32_t& seen) {
    uint64_t now = loop_.load(std::memory_order_acquire);
    while ((now & kClosed) == 0 &&
           !loop_.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel,
                                        std::memory_order_acquire)) {
    }
    seen = number(now);
    return (now & kClosed) == 0;
  }

  /// Opens the next loop, whose tasks are set. Sequentially consistent with `parked_`: no wake-up
  /// is lost.
  void open() {
    loop_.store(uint64_t{number(loop_.load(std::memory_order_relaxed)) + 1u} << 32);
    if (parked_.load() == 0) return;
    { std::lock_guard<std::mutex> lock(parking_); }
    wake_.notify_all();
  }

  /// Nobody joins any more; waits for those who did.
  void close() {
    uint64_t now = loop_.fetch_or(kClosed, std::memory_order_acq_rel);
    for (int spin = 0; (now & kJoined) != 0; ++spin) {
      // Who joined and has no CPU may be waiting for this one.
      if (spin < kSpins) {
        cpu_relax();
      } else {
        std::this_thread::yield();
      }
      now = loop_.load(std::memory_order_acquire);
    }
  }

  void work(int thread) {
    FlushDenormals flush;
    uint32_t seen = 0;
    while (true) {
      wait_for_other(seen);
      if (stop_.load()) return;
      if (!join(seen)) continue;
      drain(thread);
      loop_.fetch_sub(1, std::memory_order_release);
    }
  }

  // Whether a loop is being shared out. No mutex: the loop may be the asking thread's own.
  std::atomic<bool> shared_out_{false};
  std::mutex parking_;
  std::condition_variable wake_;
  // The loop that is being shared out: its number in the upper half, kClosed once its last task was
  // taken, and how many workers have joined it. A worker that comes too late, because it had no CPU
  // or was parked, is not waited for: the caller needs only those that took a task.
  alignas(64) std::atomic<uint64_t> loop_{kClosed};
  alignas(64) std::atomic<int> next_{0};
  alignas(64) std::atomic<int> parked_{0};
  std::atomic<bool> stop_{false};
  int tasks_ = 0;
  Body body_ = nullptr;
  void* context_ = nullptr;
  std::vector<std::thread> workers_;
};

}  // namespace

FlushDenormals::FlushDenormals() : saved_(float_mode()) { set_float_mode(saved_ | kFlush); }

FlushDenormals::~FlushDenormals() { set_float_mode(saved_); }

KeepDenormals::KeepDenormals() : saved_(float_mode()) { set_float_mode(saved_ & ~kFlush); }

KeepDenormals::~KeepDenormals() { set_float_mode(saved_); }

int available_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  int cpus = static_cast<int>(std::thread::hardware_concurrency());
  if (sched_getaffinity(0, sizeof(set), &set) == 0) cpus = CPU_COUNT(&set);
  // Asked once a process: half a dozen files, a good part of the time that a small model loads.
  static const int limit = control_group_cpus("/sys/fs/cgroup", own_control_group());
  return std::max(1, limit > 0 ? std::min(cpus, limit) : cpus);
}

struct ThreadPool::State {
  // A forked child has none of its parent's threads: it starts its own at its first loop.
  PerProcess<Workers> workers;
};

ThreadPool::ThreadPool(int threads)
    : threads_(threads > 0 ? threads : available_cpus()),
      state_(new State{PerProcess<Workers>(std::make_unique<Workers>(threads_))}) {}

ThreadPool::~ThreadPool() = default;

void ThreadPool::run(int tasks, Body body, void* context) {
  if (threads_ > 1 && tasks > 1) {
    Workers& workers = state_->workers.get([&] { return std::make_unique<Workers>(threads_); });
    if (workers.run(tasks, body, context)) return;
  }
  for (int task = 0; task < tasks; ++task) body(context, task, 0);
}

}  // namespace pome
