// Memory on cache-line borders.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "pome/result.h"

namespace pome {

/// An owned block of bytes aligned to 64, zero-filled, padded at the end so that a full vector may
/// be read past the last element. Move-only. Allocation failure is an Error, never an exception.
class AlignedBuffer {
 public:
  static constexpr size_t kAlignment = 64;

  AlignedBuffer() = default;
  static Result<AlignedBuffer> allocate(size_t bytes);
  /// Memory of somebody else, which `owner` keeps alive: a part of a mapped file. It must be
  /// aligned and padded as said above, and may be read only.
  static AlignedBuffer borrow(std::span<const std::byte> bytes, std::shared_ptr<const void> owner);

  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  size_t size() const { return size_; }
  std::span<std::byte> bytes() { return {data_.get(), size_}; }
  std::span<const std::byte> bytes() const { return {data_.get(), size_}; }
  template <typename T>
  T* as() {
    return reinterpret_cast<T*>(data_.get());
  }
  template <typename T>
  const T* as() const {
    return reinterpret_cast<const T*>(data_.get());
  }

 private:
  struct Free {
    std::shared_ptr<const void> owner;  // of borrowed memory
    void operator()(std::byte* p) const;
  };
  std::unique_ptr<std::byte[], Free> data_;
  size_t size_ = 0;
};

}  // namespace pome
