#include "plan/blob_pool.h"

#include <cstring>
#include <iterator>

namespace pome::plan {
namespace {

/// FNV-1a over words of 8 bytes; equal hashes are compared byte by byte.
uint64_t hash_of(const AlignedBuffer& bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  const std::byte* data = bytes.data();
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, data + i, 8);
    hash = (hash ^ word) * 0x100000001b3u;
    hash ^= hash >> 32;
  }
  for (; i < bytes.size(); ++i) hash = (hash ^ static_cast<uint64_t>(data[i])) * 0x100000001b3u;
  return hash;
}

bool same(const AlignedBuffer& a, const AlignedBuffer& b) {
  return a.size() == b.size() && (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace

BlobPool::Blob BlobPool::intern(AlignedBuffer bytes) {
  const uint64_t hash = hash_of(bytes);
  const std::lock_guard<std::mutex> lock(mutex_);
  auto [it, last] = blobs_.equal_range(hash);
  while (it != last) {
    Blob held = it->second.lock();
    if (held != nullptr && same(*held, bytes)) return held;
    it = held == nullptr ? blobs_.erase(it) : std::next(it);  // whose plans are gone
  }
  auto blob = std::make_shared<const AlignedBuffer>(std::move(bytes));
  blobs_.emplace(hash, blob);
  return blob;
}

size_t BlobPool::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t held = 0;
  for (const auto& [hash, blob] : blobs_) held += !blob.expired();
  return held;
}

}  // namespace pome::plan
