#include "tests/runtime/count_allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

#if defined(__has_feature)  // clang's way to ask
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

namespace {
std::atomic<int64_t> count{0};
}  // namespace

#if !defined(__SANITIZE_ADDRESS__)  // which has operators of its own
// In a file of their own: where the compiler sees both sides it warns of malloc and delete.
void* operator new(size_t size) {
  count.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
#endif

namespace pome::testing {

int64_t allocations() { return count.load(); }

bool counts_allocations() {
  const int64_t before = allocations();
  void* volatile p = ::operator new(1);  // volatile: the compiler may not leave the pair out
  ::operator delete(p);
  return allocations() > before;
}

}  // namespace pome::testing
