#include "runtime/plan_cache.h"

#include <algorithm>

namespace pome::runtime {

PlanCache::Entry PlanCache::Slots::find(const ShapeKey& key) {
  const auto slot =
      std::find_if(list.begin(), list.end(), [&](const Slot& s) { return s.key == key; });
  if (slot == list.end()) return nullptr;
  list.splice(list.begin(), list, slot);
  return slot->entry;
}

PlanCache::Entry PlanCache::find(const ShapeKey& key) {
  Slots& slots = slots_.get();
  const std::lock_guard<std::mutex> lock(slots.mutex);
  return slots.find(key);
}

PlanCache::Entry PlanCache::insert(ShapeKey key, Entry entry) {
  Slots& slots = slots_.get();
  const std::lock_guard<std::mutex> lock(slots.mutex);
  if (Entry earlier = slots.find(key)) return earlier;
  slots.bytes += entry->bytes();
  slots.list.push_front({std::move(key), entry});
  while (slots.list.size() > capacity_ || (slots.bytes > max_bytes_ && slots.list.size() > 1)) {
    slots.bytes -= slots.list.back().entry->bytes();
    slots.list.pop_back();
  }
  return entry;
}

size_t PlanCache::size() const {
  Slots& slots = slots_.get();
  const std::lock_guard<std::mutex> lock(slots.mutex);
  return slots.list.size();
}

}  // namespace pome::runtime
