#include "base/aligned_buffer.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

namespace pome {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kPage = 4096;
constexpr size_t kManyPages = 16;

/// Memory of many pages begins at one; of at least one huge page at one of those, and asks for huge
/// pages as far as they fill it: packed weights are streamed through in every prediction, and each
/// small page costs a look-up.
std::byte* allocate_memory(size_t bytes) {
  void* p = nullptr;
  const bool huge = bytes >= kHugePage;
  const size_t alignment = huge                          ? kHugePage
                           : bytes >= kManyPages * kPage ? kPage
                                                         : AlignedBuffer::kAlignment;
  if (posix_memalign(&p, alignment, bytes) != 0) return nullptr;
#ifdef MADV_HUGEPAGE
  // Only advice: where it is not taken, the pages are small.
  if (huge) (void)madvise(p, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
  return static_cast<std::byte*>(p);
}

}  // namespace

void AlignedBuffer::Free::operator()(std::byte* p) const {
  if (owner == nullptr) std::free(p);
}

AlignedBuffer AlignedBuffer::borrow(std::span<const std::byte> bytes,
                                    std::shared_ptr<const void> owner) {
  AlignedBuffer buffer;
  buffer.data_ = {const_cast<std::byte*>(bytes.data()), Free{std::move(owner)}};
  buffer.size_ = bytes.size();
  return buffer;
}

Result<AlignedBuffer> AlignedBuffer::allocate(size_t bytes) {
  AlignedBuffer buffer;
  if (bytes > std::numeric_limits<size_t>::max() - 2 * kAlignment) {
    return Error(ErrorCode::kLimitExceeded,
                 "a buffer of " + std::to_string(bytes) +
                     " bytes was asked for, more than this machine can address");
  }
  const size_t padded = (bytes + 2 * kAlignment - 1) / kAlignment * kAlignment;
  std::byte* p = allocate_memory(padded);
  if (p == nullptr) {
    return Error(ErrorCode::kOutOfMemory,
                 "no memory for a buffer of " + std::to_string(bytes) + " bytes");
  }
  std::memset(p, 0, padded);
  buffer.data_.reset(p);
  buffer.size_ = bytes;
  return buffer;
}

}  // namespace pome
