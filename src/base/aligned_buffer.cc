#include "base/aligned_buffer.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

namespace pome {

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
  auto* p = static_cast<std::byte*>(std::aligned_alloc(kAlignment, padded));
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
