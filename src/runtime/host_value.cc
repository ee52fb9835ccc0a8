#include "runtime/host_value.h"

#include <string>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace pome::runtime {

Status MemoryBudget::take(uint64_t bytes) {
  if (bytes > left()) {
    return Error(ErrorCode::kLimitExceeded,
                 "the prediction's values need more than " + format_bytes(limit_) +
                     ", the memory limit; raise ModelConfiguration::memory_limit");
  }
  used_ += bytes;
  return {};
}

Result<TensorPtr> HostTensor::allocate(const ir::Type& type, MemoryBudget& budget) {
  if (!type.is_tensor() || type.dtype() == ir::DType::kString || !type.shape().known()) {
    return Error(ErrorCode::kUnsupported,
                 "a value of type " + type.to_string() + " cannot be computed into memory");
  }
  const auto elements = type.shape().checked_elements();
  const auto bits = elements ? checked_mul(*elements, ir::bits(type.dtype())) : std::nullopt;
  if (!bits) {
    return Error(ErrorCode::kLimitExceeded,
                 "a tensor of type " + type.to_string() + " has too many elements");
  }
  const auto bytes = static_cast<size_t>(ir::storage_bytes(type.dtype(), *elements));
  POME_TRY(budget.take(bytes));
  std::shared_ptr<HostTensor> tensor(new HostTensor());
  tensor->budget_ = &budget;
  tensor->size_ = bytes;
  POME_ASSIGN(tensor->owned_, AlignedBuffer::allocate(bytes));
  tensor->type_ = type;
  tensor->data_ = tensor->owned_.data();
  return tensor;
}

TensorPtr HostTensor::of(ir::LiteralPtr literal) {
  std::shared_ptr<HostTensor> tensor(new HostTensor());
  tensor->type_ = literal->type();
  tensor->data_ = const_cast<std::byte*>(literal->bytes().data());
  tensor->size_ = literal->bytes().size();
  tensor->literal_ = std::move(literal);
  return tensor;
}

HostTensor::~HostTensor() {
  if (budget_ != nullptr) budget_->give_back(size_);
}

Result<ListPtr> HostList::copy() const {
  auto list = std::make_shared<HostList>(element_, grows_, budget_);
  POME_TRY(list->resize(size()));
  list->items_ = items_;
  return list;
}

Status HostList::resize(int64_t n) {
  if (n < size()) return Error(ErrorCode::kInternal, "a list never shrinks");
  const uint64_t more = static_cast<uint64_t>(n - size()) * sizeof(TensorPtr);
  POME_TRY(budget_.take(more));
  taken_ += more;
  items_.resize(static_cast<size_t>(n));
  return {};
}

Status HostList::set(int64_t index, TensorPtr value) {
  if (index < 0 || (index >= size() && !grows_)) {
    return Error(ErrorCode::kInvalidArgument, "the index is " + std::to_string(index) +
                                                  ", the list has " + std::to_string(size()) +
                                                  " elements");
  }
  if (index >= size()) POME_TRY(resize(index + 1));
  items_[static_cast<size_t>(index)] = std::move(value);
  return {};
}

}  // namespace pome::runtime
