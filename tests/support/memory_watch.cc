#include "tests/support/memory_watch.h"

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local bool watching = false;
thread_local int64_t in_use = 0;
thread_local int64_t most = 0;

void* take(std::size_t size) {
  void* p = std::malloc(size != 0 ? size : 1);
  if (p == nullptr) throw std::bad_alloc();
  if (watching) {
    in_use += static_cast<int64_t>(malloc_usable_size(p));
    most = std::max(most, in_use);
  }
  return p;
}

void give(void* p) {
  if (watching && p != nullptr) in_use -= static_cast<int64_t>(malloc_usable_size(p));
  std::free(p);
}

}  // namespace

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void operator delete(void* p) noexcept { give(p); }
void operator delete[](void* p) noexcept { give(p); }
void operator delete(void* p, std::size_t) noexcept { give(p); }
void operator delete[](void* p, std::size_t) noexcept { give(p); }

namespace pome::testing {

MemoryWatch::MemoryWatch() {
  watching = true;
  in_use = 0;
  most = 0;
}

MemoryWatch::~MemoryWatch() { watching = false; }

int64_t MemoryWatch::peak() const { return most; }

}  // namespace pome::testing
