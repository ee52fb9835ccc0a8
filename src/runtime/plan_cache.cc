#include "runtime/plan_cache.h"

#include <algorithm>

namespace pome::runtime {

PlanCache::Entry PlanCache::find_locked(const ShapeKey& key) {
  const auto slot =
      std::find_if(slots_.begin(), slots_.end(), [&](const Slot& s) { return s.key == key; });
  if (slot == slots_.end()) return nullptr;
  slots_.splice(slots_.begin(), slots_, slot);
  return slot->entry;
}

PlanCache::Entry PlanCache::find(const ShapeKey& key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return find_locked(key);
}

PlanCache::Entry PlanCache::insert(ShapeKey key, Entry entry) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (Entry earlier = find_locked(key)) return earlier;
  bytes_ += entry->bytes();
  slots_.push_front({std::move(key), entry});
  while (slots_.size() > capacity_ || (bytes_ > max_bytes_ && slots_.size() > 1)) {
    bytes_ -= slots_.back().entry->bytes();
    slots_.pop_back();
  }
  return entry;
}

size_t PlanCache::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return slots_.size();
}

}  // namespace pome::runtime
