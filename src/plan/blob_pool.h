// Packed weights that several plans of one network have in common.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/aligned_buffer.h"
#include "base/per_process.h"

namespace pome::plan {

/// Keeps equal blocks of bytes once, for as long as a plan holds them. Thread-safe.
class BlobPool {
 public:
  using Blob = std::shared_ptr<const AlignedBuffer>;

  /// A block with the same bytes: the one that another plan holds already, else this.
  Blob intern(AlignedBuffer bytes);
  /// How many different blocks are held by plans.
  size_t size() const;

 private:
  struct Blobs {
    std::mutex mutex;
    std::unordered_multimap<uint64_t, std::weak_ptr<const AlignedBuffer>> by_hash;
  };
  PerProcess<Blobs> blobs_;
};

}  // namespace pome::plan
