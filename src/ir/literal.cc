#include "ir/literal.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace pome::ir {

LiteralPtr Literal::view(Type type, std::span<const std::byte> bytes,
                         std::shared_ptr<const void> owner, std::optional<BlobReference> blob) {
  std::shared_ptr<Literal> literal(new Literal());
  literal->type_ = std::move(type);
  literal->bytes_ = bytes;
  literal->owner_ = std::move(owner);
  literal->blob_ = std::move(blob);
  return literal;
}

LiteralPtr Literal::own(Type type, AlignedBuffer buffer) {
  auto owner = std::make_shared<const AlignedBuffer>(std::move(buffer));
  const std::span<const std::byte> bytes = owner->bytes();
  return view(std::move(type), bytes, std::move(owner));
}

LiteralPtr Literal::widened(AlignedBuffer values, LiteralPtr stored) {
  auto literal = std::make_shared<Literal>(
      *own(Type::tensor(DType::kFp32, stored->type().shape()), std::move(values)));
  literal->stored_ = std::move(stored);
  return literal;
}

LiteralPtr Literal::copy(Type type, std::span<const std::byte> bytes) {
  auto owner = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  const std::span<const std::byte> kept = *owner;
  return view(std::move(type), kept, std::move(owner));
}

LiteralPtr Literal::boolean(bool value) {
  const auto byte = static_cast<std::byte>(value);
  return copy(Type::scalar(DType::kBool), std::span(&byte, 1));
}

LiteralPtr Literal::int32(int32_t value) {
  return copy(Type::scalar(DType::kInt32), std::span<const int32_t>(&value, 1));
}

LiteralPtr Literal::fp32(float value) {
  return copy(Type::scalar(DType::kFp32), std::span<const float>(&value, 1));
}

LiteralPtr Literal::string(std::string value) {
  return strings(Type::scalar(DType::kString), {std::move(value)});
}

LiteralPtr Literal::object(std::string name, std::shared_ptr<const HostObject> object) {
  auto literal = std::make_shared<Literal>(*string(std::move(name)));
  literal->object_ = std::move(object);
  return literal;
}

LiteralPtr Literal::ints(std::span<const int64_t> values) {
  std::vector<int32_t> narrow;
  for (int64_t v : values) {
    narrow.push_back(static_cast<int32_t>(std::clamp<int64_t>(
        v, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max())));
  }
  return copy(Type::tensor(DType::kInt32, {static_cast<int64_t>(narrow.size())}),
              std::span<const int32_t>(narrow));
}

LiteralPtr Literal::floats(std::span<const float> values) {
  return copy(Type::tensor(DType::kFp32, {static_cast<int64_t>(values.size())}), values);
}

LiteralPtr Literal::strings(Type type, std::vector<std::string> values) {
  std::shared_ptr<Literal> literal(new Literal());
  literal->type_ = std::move(type);
  literal->strings_ = std::move(values);
  return literal;
}

LiteralPtr Literal::aggregate(Type type, std::vector<LiteralPtr> members) {
  std::shared_ptr<Literal> literal(new Literal());
  literal->type_ = std::move(type);
  literal->members_ = std::move(members);
  return literal;
}

int64_t Literal::size() const {
  if (!type_.is_tensor()) return static_cast<int64_t>(members_.size());
  if (type_.dtype() == DType::kString) return static_cast<int64_t>(strings_.size());
  return type_.shape().elements();
}

double Literal::real(int64_t i) const { return load_real(type_.dtype(), bytes_.data(), i); }
int64_t Literal::integer(int64_t i) const { return load_integer(type_.dtype(), bytes_.data(), i); }

std::vector<int64_t> Literal::to_ints() const {
  std::vector<int64_t> values(static_cast<size_t>(size()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = integer(static_cast<int64_t>(i));
  return values;
}

std::vector<float> Literal::to_floats() const {
  std::vector<float> values(static_cast<size_t>(size()));
  if (type_.dtype() == DType::kFp32) {
    if (!values.empty()) std::memcpy(values.data(), bytes_.data(), values.size() * sizeof(float));
    return values;
  }
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(real(static_cast<int64_t>(i)));
  return values;
}

bool Literal::equal(const Literal& a, const Literal& b) {
  if (!(a.type_ == b.type_) || a.strings_ != b.strings_ || a.object_ != b.object_) return false;
  if (a.bytes_.size() != b.bytes_.size() || a.members_.size() != b.members_.size()) return false;
  if (!a.bytes_.empty() && std::memcmp(a.bytes_.data(), b.bytes_.data(), a.bytes_.size()) != 0)
    return false;
  for (size_t i = 0; i < a.members_.size(); ++i)
    if (!equal(*a.members_[i], *b.members_[i])) return false;
  return true;
}

}  // namespace pome::ir
