#include "ops/evaluate.h"

#include <algorithm>
#include <string>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace pome::ops {
namespace {

bool is_small(const ir::Type& type) {
  if (!type.is_tensor()) return false;
  using enum ir::DType;
  if (type.dtype() != kInt32 && type.dtype() != kBool && type.dtype() != kFp32) return false;
  return type.shape().checked_elements().value_or(kSmallElements + 1) <= kSmallElements;
}

bool is_numeric_literal(const Bound& b) {
  return b.literal != nullptr && b.type.is_tensor() && b.type.dtype() != ir::DType::kString;
}

bool all_constant(const Args& args) {
  for (const auto& slot : args.slots()) {
    for (const Bound& b : slot) {
      if (b.literal == nullptr || !b.type.is_tensor()) return false;
      if (is_numeric_literal(b) && b.literal->size() > 4 * kSmallElements) return false;
    }
  }
  return true;
}

Result<std::vector<OwnedTensor>> run(const Args& args, const std::vector<ir::Type>& types,
                                     int64_t limit) {
  std::vector<OwnedTensor> outputs;
  std::vector<TensorView> views;
  for (const ir::Type& type : types) {
    POME_ASSIGN(OwnedTensor tensor, allocate_tensor(type, limit));
    outputs.push_back(std::move(tensor));
    views.push_back(outputs.back().view());
  }
  POME_TRY(args.def().reference(args, views));
  return outputs;
}

}  // namespace

Result<OwnedTensor> allocate_tensor(const ir::Type& type, int64_t limit) {
  if (!type.is_tensor() || type.dtype() == ir::DType::kString) {
    return Error(ErrorCode::kUnsupported,
                 "a value of type " + type.to_string() + " cannot be computed into memory");
  }
  const auto elements = type.shape().checked_elements();
  const auto bits = elements ? checked_mul(*elements, ir::bits(type.dtype())) : std::nullopt;
  if (!bits || *bits / 8 >= limit) {
    return Error(ErrorCode::kLimitExceeded,
                 "a tensor of type " + type.to_string() + " cannot be allocated, at most " +
                     format_bytes(static_cast<uint64_t>(limit)) + " are allowed");
  }
  const auto bytes = static_cast<size_t>(ir::storage_bytes(type.dtype(), *elements));
  POME_ASSIGN(AlignedBuffer data, AlignedBuffer::allocate(bytes));
  return OwnedTensor{type, std::move(data)};
}

Result<std::vector<OwnedTensor>> evaluate(const Args& args, int64_t limit) {
  Inferred inferred;
  POME_TRY(args.def().infer(args, inferred));
  return run(args, inferred.types, limit);
}

Status infer_small_values(const Args& args, Inferred& out) {
  if (!std::all_of(out.types.begin(), out.types.end(), is_small) || !all_constant(args)) return {};
  POME_ASSIGN(std::vector<OwnedTensor> values, run(args, out.types, int64_t{1} << 20));
  for (OwnedTensor& value : values)
    out.literals.push_back(ir::Literal::own(value.type, std::move(value.data)));
  return {};
}

}  // namespace pome::ops
