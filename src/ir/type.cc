#include "ir/type.h"

namespace pome::ir {
namespace {

std::shared_ptr<const std::vector<Type>> share(std::vector<Type> members) {
  return std::make_shared<const std::vector<Type>>(std::move(members));
}

std::string dim_text(int64_t d) { return d == Shape::kUnknown ? "?" : std::to_string(d); }

}  // namespace

Type Type::tensor(DType dtype, const Shape& shape) {
  Type t;
  t.dtype_ = dtype;
  t.shape_ = shape;
  return t;
}

Type Type::list(Type element, int64_t length) {
  Type t;
  t.kind_ = Kind::kList;
  t.length_ = length;
  t.members_ = share({std::move(element)});
  return t;
}

Type Type::dict(Type key, Type value) {
  Type t;
  t.kind_ = Kind::kDict;
  t.members_ = share({std::move(key), std::move(value)});
  return t;
}

Type Type::tuple(std::vector<Type> members) {
  Type t;
  t.kind_ = Kind::kTuple;
  t.members_ = share(std::move(members));
  return t;
}

Type Type::state(Type wrapped) {
  Type t;
  t.kind_ = Kind::kState;
  t.members_ = share({std::move(wrapped)});
  return t;
}

const std::vector<Type>& Type::members() const {
  static const std::vector<Type> none;
  return members_ ? *members_ : none;
}

std::string Type::to_string() const {
  if (kind_ == Kind::kTensor) {
    if (shape_.empty()) return std::string(name(dtype_));
    std::string text = "tensor<" + std::string(name(dtype_)) + ", [";
    for (int i = 0; i < shape_.rank(); ++i) text += (i ? ", " : "") + dim_text(shape_[i]);
    return text + "]>";
  }
  static constexpr const char* kNames[] = {"tensor", "list", "dict", "tuple", "state"};
  std::string text = std::string(kNames[static_cast<int>(kind_)]) + "<";
  for (size_t i = 0; i < members().size(); ++i) text += (i ? ", " : "") + members()[i].to_string();
  if (kind_ == Kind::kList) text += ", " + dim_text(length_);
  return text + ">";
}

bool operator==(const Type& a, const Type& b) {
  if (a.kind_ != b.kind_) return false;
  if (a.is_tensor()) return a.dtype_ == b.dtype_ && a.shape_ == b.shape_;
  return a.length_ == b.length_ && a.members() == b.members();
}

}  // namespace pome::ir
