// How much memory a piece of code takes.
#pragma once

#include <cstdint>

namespace pome::testing {

/// Counts what operator new hands out on this thread while it lives. Link memory_watch.cc.
class MemoryWatch {
 public:
  MemoryWatch();
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  /// The most bytes in use at once since it was made.
  int64_t peak() const;
};

}  // namespace pome::testing
