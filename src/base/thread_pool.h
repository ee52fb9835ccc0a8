// Threads that share out loops.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace pome {

/// A pool of `threads - 1` workers beside the caller. Workers spin for a few microseconds after a
/// loop, then park. Every thread runs with flush-to-zero and denormals-are-zero while it works.
/// Loops from several callers at once are served one after another; a caller that finds the pool
/// busy, a loop within a loop among them, runs its loop alone, so nobody waits. Does not allocate
/// after construction.
class ThreadPool {
 public:
  /// `threads` >= 1; 0 means one for each CPU this process may use.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  /// Calls body(context, task, thread) for every task in [0, tasks), in any order, spread over the
  /// threads; thread is in [0, threads()). Returns when all are done. `body` must not throw.
  using Body = void (*)(void* context, int task, int thread) noexcept;
  void run(int tasks, Body body, void* context);

  /// The same for a callable `void(int task, int thread) noexcept`, by reference, without
  /// allocating.
  template <typename F>
  void parallel_for(int tasks, F&& f) {
    auto body = [](void* context, int task, int thread) noexcept {
      (*static_cast<std::remove_reference_t<F>*>(context))(task, thread);
    };
    run(tasks, body, const_cast<void*>(static_cast<const void*>(&f)));
  }

 private:
  struct State;
  int threads_;
  std::unique_ptr<State> state_;
};

/// Flush-to-zero and denormals-are-zero for the current thread while in scope (x86 MXCSR, ARM
/// FPCR): one denormal operand costs 100 times a normal one. Restores what was set before.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  uint64_t saved_;
};

/// The opposite: denormal numbers count while in scope, also on a thread of a pool. For code whose
/// results must not depend on the thread that it runs on.
class KeepDenormals {
 public:
  KeepDenormals();
  ~KeepDenormals();
  KeepDenormals(const KeepDenormals&) = delete;
  KeepDenormals& operator=(const KeepDenormals&) = delete;

 private:
  uint64_t saved_;
};

/// CPUs this process may run on: its affinity mask, and the limit of its control group; at least 1.
int available_cpus();

}  // namespace pome
