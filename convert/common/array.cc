#include "convert/common/array.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "base/shape.h"
#include "base/text.h"
#include "base/try.h"

namespace pome::translate {

std::string extents_text(std::span<const int64_t> dims) { return pome::shape_text(dims, "?"); }

std::string Array::shape_text() const { return extents_text(dims_); }

Result<Array> Array::allocate(std::vector<int64_t> dims, uint64_t limit, float*& values) {
  int64_t size = 1;
  for (int64_t d : dims) {
    const auto product = checked_mul(size, d);
    if (!product) {
      return Error(ErrorCode::kLimitExceeded,
                   "a weight of shape " + extents_text(dims) + " is too large");
    }
    size = *product;
  }
  if (static_cast<uint64_t>(size) > limit / sizeof(float)) {
    return Error(ErrorCode::kLimitExceeded, "a weight of shape " + extents_text(dims) +
                                                " is larger than the memory limit of " +
                                                format_bytes(limit));
  }
  POME_ASSIGN(AlignedBuffer buffer,
              AlignedBuffer::allocate(static_cast<size_t>(size) * sizeof(float)));
  auto shared = std::make_shared<AlignedBuffer>(std::move(buffer));
  values = shared->as<float>();
  Array array;
  array.dims_ = std::move(dims);
  array.size_ = size;
  array.data_ = std::move(shared);
  return array;
}

Result<Array> Array::from(std::vector<int64_t> dims, std::span<const float> values) {
  float* to = nullptr;
  POME_ASSIGN(Array array, allocate(std::move(dims), UINT64_MAX, to));
  if (static_cast<size_t>(array.size_) != values.size())
    return Error(ErrorCode::kInternal, "an array's shape and values do not agree");
  std::copy(values.begin(), values.end(), to);
  return array;
}

std::span<const float> Array::values() const {
  if (!data_) return {};
  return {data_->as<float>(), static_cast<size_t>(size_)};
}

Result<Array> Array::transposed(const std::vector<int>& perm) const {
  const int n = rank();
  std::vector<int64_t> strides(static_cast<size_t>(n), 1);
  for (int i = n - 2; i >= 0; --i)
    strides[static_cast<size_t>(i)] = strides[static_cast<size_t>(i) + 1] * dim(i + 1);
  std::vector<int64_t> dims;
  std::vector<int64_t> steps;
  for (int axis : perm) {
    dims.push_back(dim(axis));
    steps.push_back(strides[static_cast<size_t>(axis)]);
  }
  float* to = nullptr;
  POME_ASSIGN(Array out, allocate(dims, UINT64_MAX, to));
  const float* from = values().data();
  std::vector<int64_t> at(static_cast<size_t>(n), 0);
  int64_t source = 0;
  for (int64_t i = 0; i < size_; ++i) {
    to[i] = from[source];
    for (size_t axis = static_cast<size_t>(n); axis-- > 0;) {
      source += steps[axis];
      if (++at[axis] < dims[axis]) break;
      source -= steps[axis] * dims[axis];
      at[axis] = 0;
    }
  }
  return out;
}

Array Array::reshaped(std::vector<int64_t> dims) const {
  Array out = *this;
  out.dims_ = std::move(dims);
  return out;
}

Result<Array> Array::spatially_flipped() const {
  float* to = nullptr;
  POME_ASSIGN(Array out, allocate(dims_, UINT64_MAX, to));
  const int64_t h = dim(0);
  const int64_t w = dim(1);
  const int64_t inner = h * w == 0 ? 0 : size_ / (h * w);
  const float* from = values().data();
  for (int64_t i = 0; i < h * w; ++i)
    std::copy_n(from + (h * w - 1 - i) * inner, inner, to + i * inner);
  return out;
}

}  // namespace pome::translate
