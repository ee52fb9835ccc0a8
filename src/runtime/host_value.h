// What values are while a program is interpreted.
#pragma once

#include <memory>
#include <vector>

#include "base/aligned_buffer.h"
#include "ir/literal.h"
#include "ops/args.h"
#include "pome/result.h"

namespace pome::runtime {

/// Counts the memory of one prediction's values. For one thread; outlives what it counts.
class MemoryBudget {
 public:
  explicit MemoryBudget(uint64_t limit) : limit_(limit) {}
  /// kLimitExceeded when that many bytes more are over the limit.
  Status take(uint64_t bytes);
  void give_back(uint64_t bytes) { used_ -= bytes; }
  uint64_t left() const { return limit_ - used_; }

 private:
  uint64_t limit_;
  uint64_t used_ = 0;
};

/// A tensor: memory of its own, or that of a constant.
class HostTensor {
 public:
  /// Zero-filled. Errors: an unknown extent, over the budget, no memory.
  static Result<std::shared_ptr<HostTensor>> allocate(const ir::Type& type, MemoryBudget& budget);
  /// A constant's; not to be written.
  static std::shared_ptr<HostTensor> of(ir::LiteralPtr literal);
  HostTensor(const HostTensor&) = delete;
  HostTensor& operator=(const HostTensor&) = delete;
  ~HostTensor();

  const ir::Type& type() const { return type_; }
  ops::TensorView view() const { return {type_.dtype(), type_.shape(), data_}; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }
  bool is_constant() const { return literal_ != nullptr; }

 private:
  HostTensor() = default;
  ir::Type type_;
  std::byte* data_ = nullptr;
  size_t size_ = 0;
  AlignedBuffer owned_;
  ir::LiteralPtr literal_;
  MemoryBudget* budget_ = nullptr;
};
using TensorPtr = std::shared_ptr<HostTensor>;

/// A list of tensors; null where nothing was written.
class HostList {
 public:
  HostList(ir::Type element, bool grows, MemoryBudget& budget)
      : element_(std::move(element)), grows_(grows), budget_(budget) {}
  HostList(const HostList&) = delete;
  HostList& operator=(const HostList&) = delete;
  ~HostList() { budget_.give_back(taken_); }
  /// The same elements in a list of its own.
  Result<std::shared_ptr<HostList>> copy() const;

  const ir::Type& element() const { return element_; }
  const std::vector<TensorPtr>& items() const { return items_; }
  int64_t size() const { return static_cast<int64_t>(items_.size()); }
  Status resize(int64_t n);
  /// Index from 0; grows a list of dynamic length. kInvalidArgument outside of another.
  Status set(int64_t index, TensorPtr value);

 private:
  ir::Type element_;
  bool grows_;
  MemoryBudget& budget_;
  uint64_t taken_ = 0;
  std::vector<TensorPtr> items_;
};
using ListPtr = std::shared_ptr<HostList>;

/// One of the two, or nothing yet.
struct HostValue {
  TensorPtr tensor;
  ListPtr list;
};

}  // namespace pome::runtime
