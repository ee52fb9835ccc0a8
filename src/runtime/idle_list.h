// What predictions borrow and give back.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace pome::runtime {

/// Things that nobody uses at the moment, kept for the next who needs one. Thread-safe.
template <typename T>
class IdleList {
 public:
  /// The one given back last; null where there is none.
  std::unique_ptr<T> take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.empty()) return nullptr;
    std::unique_ptr<T> one = std::move(idle_.back());
    idle_.pop_back();
    return one;
  }
  void give_back(std::unique_ptr<T> one) {
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(one));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace pome::runtime
