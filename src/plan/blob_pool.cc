#include "plan/blob_pool.h"

#include <cstring>
#include <iterator>

#include "base/content_hash.h"

namespace pome::plan {
namespace {

bool same(const AlignedBuffer& a, const AlignedBuffer& b) {
  return a.size() == b.size() && (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace

BlobPool::Blob BlobPool::intern(AlignedBuffer bytes) {
  // Equal hashes are compared byte by byte.
  const uint64_t hash = content_hash(bytes.bytes()).low;
  Blobs& blobs = blobs_.get();
  const std::lock_guard<std::mutex> lock(blobs.mutex);
  auto [it, last] = blobs.by_hash.equal_range(hash);
  while (it != last) {
    Blob held = it->second.lock();
    if (held != nullptr && same(*held, bytes)) return held;
    it = held == nullptr ? blobs.by_hash.erase(it) : std::next(it);  // whose plans are gone
  }
  auto blob = std::make_shared<const AlignedBuffer>(std::move(bytes));
  blobs.by_hash.emplace(hash, blob);
  return blob;
}

size_t BlobPool::size() const {
  Blobs& blobs = blobs_.get();
  const std::lock_guard<std::mutex> lock(blobs.mutex);
  size_t held = 0;
  for (const auto& [hash, blob] : blobs.by_hash) held += !blob.expired();
  return held;
}

}  // namespace pome::plan
