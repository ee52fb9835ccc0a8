// Compiled forms of a network by the shapes of its inputs.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "base/per_process.h"
#include "runtime/compiled_network.h"

namespace pome::runtime {

/// The shapes of a network's inputs, one after the other: rank, then extents.
using ShapeKey = std::vector<int64_t>;

/// A bounded store that drops what was not used for longest. Thread-safe.
class PlanCache {
 public:
  using Entry = std::shared_ptr<const CompiledNetwork>;

  /// Keeps at most `capacity` entries, and at most `max_bytes` of their memory in all.
  PlanCache(size_t capacity, uint64_t max_bytes) : capacity_(capacity), max_bytes_(max_bytes) {}

  /// Null when there is none. What is found counts as used.
  Entry find(const ShapeKey& key);
  /// Stores `entry` unless another thread was faster; returns the one to use. Others are dropped
  /// where there are too many; who still predicts with one keeps it alive.
  Entry insert(ShapeKey key, Entry entry);
  size_t size() const;

 private:
  struct Slot {
    ShapeKey key;
    Entry entry;
  };
  struct Slots {
    std::mutex mutex;
    std::list<Slot> list;  // the last used first
    uint64_t bytes = 0;

    /// Requires the mutex.
    Entry find(const ShapeKey& key);
  };

  const size_t capacity_;
  const uint64_t max_bytes_;
  PerProcess<Slots> slots_;
};

}  // namespace pome::runtime
