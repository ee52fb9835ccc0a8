// Objects that a forked child must not share with its parent.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace pome {

/// How often this process and its ancestors were forked: another number in a child than in its
/// parent.
uint32_t fork_generation();

/// A T of each process. fork() copies one thread only: in a child, threads that a T has are gone
/// and locks in it may be held for ever by them, so a child gets a T of its own when it first asks,
/// and the parent's stays there untouched (what it owns is not freed in the child). Threads: get()
/// any, as far as T allows.
template <typename T>
class PerProcess {
 public:
  PerProcess() : PerProcess(std::make_unique<T>()) {}
  explicit PerProcess(std::unique_ptr<T> own)
      : now_(new Entry{fork_generation(), std::move(own)}) {}
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;
  ~PerProcess() {
    Entry* entry = now_.load(std::memory_order_acquire);
    if (entry->generation == fork_generation()) delete entry;
  }

  /// This process's T; `make` -> std::unique_ptr<T> makes it where there is none yet.
  template <typename Make>
  T& get(Make make) const {
    Entry* entry = now_.load(std::memory_order_acquire);
    const uint32_t generation = fork_generation();
    while (entry->generation != generation) {
      auto fresh = std::make_unique<Entry>(Entry{generation, make()});
      if (now_.compare_exchange_strong(entry, fresh.get(), std::memory_order_acq_rel))
        return *fresh.release()->own;
    }
    return *entry->own;
  }
  T& get() const {
    return get([] { return std::make_unique<T>(); });
  }

 private:
  struct Entry {
    uint32_t generation;
    std::unique_ptr<T> own;
  };
  mutable std::atomic<Entry*> now_;
};

}  // namespace pome
