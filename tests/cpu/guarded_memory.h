// Memory between pages that may not be touched.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace pome::cpu::test {

/// `bytes` of memory, aligned to 64, that end (rounded up to 64) where a page begins that no one
/// may read or write: going over the end by a cache line kills the test. Another such page lies in
/// front. Move-only.
class GuardedMemory {
 public:
  static constexpr size_t kAlignment = 64;

  explicit GuardedMemory(size_t bytes) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    usable_ = (rounded + page - 1) / page * page;
    mapped_ = usable_ + 2 * page;
    void* p = mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    base_ = static_cast<std::byte*>(p);
    if (usable_ > 0 && mprotect(base_ + page, usable_, PROT_READ | PROT_WRITE) != 0)
      throw std::bad_alloc();
    begin_ = base_ + page;
    data_ = begin_ + (usable_ - rounded);
  }
  GuardedMemory(GuardedMemory&& other) noexcept { *this = std::move(other); }
  GuardedMemory& operator=(GuardedMemory&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(begin_, other.begin_);
    std::swap(data_, other.data_);
    std::swap(usable_, other.usable_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }
  ~GuardedMemory() {
    if (base_ != nullptr) munmap(base_, mapped_);
  }

  std::byte* data() const { return data_; }
  /// All that may be touched: data() and what lies around it on its pages.
  std::byte* begin() const { return begin_; }
  std::byte* end() const { return begin_ + usable_; }

 private:
  std::byte* base_ = nullptr;
  std::byte* begin_ = nullptr;
  std::byte* data_ = nullptr;
  size_t usable_ = 0;
  size_t mapped_ = 0;
};

}  // namespace pome::cpu::test
