// Weights as they come out of a file.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "pome/result.h"

namespace pome::translate {

/// A dense row-major float32 tensor of any rank up to 8; immutable, cheap to copy.
class Array {
 public:
  Array() = default;
  /// Zero-filled values to write through `values`. The number of elements must fit `limit` bytes.
  static Result<Array> allocate(std::vector<int64_t> dims, uint64_t limit, float*& values);
  static Result<Array> from(std::vector<int64_t> dims, std::span<const float> values);

  const std::vector<int64_t>& dims() const { return dims_; }
  int rank() const { return static_cast<int>(dims_.size()); }
  int64_t dim(int i) const { return dims_[static_cast<size_t>(i)]; }
  int64_t size() const { return size_; }
  std::span<const float> values() const;
  /// What keeps values() alive.
  std::shared_ptr<const void> owner() const { return data_; }
  /// "[3,3,8,16]"
  std::string shape_text() const;

  /// The axes in the order of `perm` (a permutation of 0..rank-1), as a copy.
  Result<Array> transposed(const std::vector<int>& perm) const;
  /// The same elements under another shape with as many elements.
  Array reshaped(std::vector<int64_t> dims) const;
  /// The first two axes reversed (a kernel turned by 180 degrees), as a copy.
  Result<Array> spatially_flipped() const;

 private:
  std::vector<int64_t> dims_;
  int64_t size_ = 0;
  std::shared_ptr<const AlignedBuffer> data_;
};

/// "[1,2,3]" of any list of extents.
std::string extents_text(std::span<const int64_t> dims);

}  // namespace pome::translate
