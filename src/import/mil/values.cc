#include "import/mil/values.h"

#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "base/invalid.h"
#include "base/text.h"
#include "base/try.h"
#include "format/mil_types.h"
#include "format/proto/mil.pb.h"

namespace pome::import {
namespace {

namespace mil = CoreML::Specification::MILSpec;
using ir::DType;
using ir::Literal;
using ir::LiteralPtr;
using ir::Type;

Result<int64_t> read_dimension(const mil::Dimension& dimension) {
  if (dimension.has_constant()) {
    const uint64_t size = dimension.constant().size();
    if (size <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return static_cast<int64_t>(size);
    return invalid("an extent is " + std::to_string(size));
  }
  if (dimension.has_unknown() && dimension.unknown().variadic()) {
    return Error(ErrorCode::kUnsupported, "a tensor of variable rank is not supported");
  }
  if (dimension.has_unknown()) return Shape::kUnknown;
  return invalid("an extent is neither known nor unknown");
}

Result<Type> read_tensor_type(const mil::TensorType& message) {
  const format::MilType* row = format::mil_type(message.datatype());
  const auto dtype = row != nullptr ? ir::dtype_from_name(row->name) : std::nullopt;
  if (!dtype)
    return invalid("element type " + std::to_string(message.datatype()) + " is not known");
  const int count = message.dimensions_size();
  if (message.rank() != count) {
    return invalid("the tensor has rank " + std::to_string(message.rank()) + " and " +
                   std::to_string(count) + " extents");
  }
  if (!Shape::fits_rank(static_cast<size_t>(count))) {
    return Error(ErrorCode::kUnsupported, "the tensor has rank " + std::to_string(count) +
                                              ", at most " + std::to_string(Shape::kMaxRank) +
                                              " is supported");
  }
  Shape shape;
  std::optional<int64_t> bits = 64;  // the widest element: the size in bits must fit as well
  for (const mil::Dimension& dimension : message.dimensions()) {
    POME_ASSIGN(const int64_t extent, read_dimension(dimension));
    shape.push_back(extent);
    if (extent > 0 && bits) bits = checked_mul(*bits, extent);
  }
  if (!bits) return invalid("the shape " + shape.to_string() + " overflows");
  return Type::tensor(*dtype, shape);
}

Result<LiteralPtr> make_tensor(const Type& type, std::span<const std::byte> bytes) {
  return Literal::copy(type, bytes);
}

Error wrong_count(const Type& type, int64_t found, std::string_view what) {
  return invalid("the constant has " + std::to_string(found) + " " + std::string(what) +
                 ", its type " + type.to_string() + " needs " +
                 std::to_string(type.shape().elements()));
}

Error wrong_member(const Type& type, std::string_view expected) {
  return invalid("the constant of type " + type.to_string() + " is not given as " +
                 std::string(expected));
}

/// Repeated numbers of one wire type as packed elements of T.
template <typename T, typename Values>
Result<LiteralPtr> pack(const Type& type, const Values& values) {
  if (values.size() != type.shape().elements()) return wrong_count(type, values.size(), "values");
  std::vector<T> packed;
  packed.reserve(static_cast<size_t>(values.size()));
  for (const auto value : values) {
    const T narrow = static_cast<T>(value);
    if constexpr (std::is_integral_v<T> && sizeof(T) < sizeof(value)) {
      if (static_cast<int64_t>(narrow) != static_cast<int64_t>(value)) {
        return invalid("the value " + std::to_string(value) + " does not fit " + type.to_string());
      }
    }
    packed.push_back(narrow);
  }
  return make_tensor(type, std::as_bytes(std::span(packed)));
}

Result<LiteralPtr> read_bools(const Type& type, const mil::TensorValue& tensor) {
  const auto& values = tensor.bools().values();
  if (values.size() != type.shape().elements()) return wrong_count(type, values.size(), "values");
  std::vector<std::byte> bytes;
  bytes.reserve(static_cast<size_t>(values.size()));
  for (const bool value : values) bytes.push_back(static_cast<std::byte>(value));
  return make_tensor(type, bytes);
}

Result<LiteralPtr> read_strings(const Type& type, const mil::TensorValue& tensor) {
  const auto& values = tensor.strings().values();
  if (values.size() != type.shape().elements()) return wrong_count(type, values.size(), "texts");
  return Literal::strings(type, {values.begin(), values.end()});
}

Result<LiteralPtr> read_bytes(const Type& type, const mil::TensorValue& tensor) {
  const std::string& bytes = tensor.bytes().values();
  const int64_t needed = ir::storage_bytes(type.dtype(), type.shape().elements());
  if (static_cast<int64_t>(bytes.size()) != needed) {
    return invalid("the constant has " + std::to_string(bytes.size()) + " bytes, its type " +
                   type.to_string() + " needs " + std::to_string(needed));
  }
  return make_tensor(type, std::as_bytes(std::span(bytes)));
}

/// Which member holds the elements is fixed by the element type.
Result<LiteralPtr> read_tensor(const Type& type, const mil::TensorValue& tensor) {
  // An empty tensor may leave the member out.
  const bool none =
      tensor.value_case() == mil::TensorValue::VALUE_NOT_SET && type.shape().elements() == 0;
  switch (type.dtype()) {
    case DType::kBool:
      return tensor.has_bools() || none ? read_bools(type, tensor) : wrong_member(type, "bools");
    case DType::kString:
      return tensor.has_strings() || none ? read_strings(type, tensor)
                                          : wrong_member(type, "strings");
    case DType::kFp32:
      return tensor.has_floats() || none ? pack<float>(type, tensor.floats().values())
                                         : wrong_member(type, "floats");
    case DType::kFp64:
      return tensor.has_doubles() || none ? pack<double>(type, tensor.doubles().values())
                                          : wrong_member(type, "doubles");
    case DType::kInt16:
      return tensor.has_ints() || none ? pack<int16_t>(type, tensor.ints().values())
                                       : wrong_member(type, "ints");
    case DType::kUint16:
      return tensor.has_ints() || none ? pack<uint16_t>(type, tensor.ints().values())
                                       : wrong_member(type, "ints");
    case DType::kInt32:
      return tensor.has_ints() || none ? pack<int32_t>(type, tensor.ints().values())
                                       : wrong_member(type, "ints");
    case DType::kInt64:
    case DType::kUint64:
      return tensor.has_longints() || none ? pack<int64_t>(type, tensor.longints().values())
                                           : wrong_member(type, "longInts");
    default:
      return tensor.has_bytes() || none ? read_bytes(type, tensor) : wrong_member(type, "bytes");
  }
}

Result<LiteralPtr> read_blob_value(const Type& type, const mil::Value::BlobFileValue& value,
                                   WeightCache& weights) {
  if (!type.is_tensor()) return invalid("a " + type.to_string() + " lies in a weight file");
  POME_ASSIGN(const std::shared_ptr<const MappedFile> file, weights.open(value.filename()));
  POME_ASSIGN(const format::Blob blob, format::read_blob(file->bytes(), value.offset()));
  const std::string place = "blob at " + std::to_string(value.offset());
  if (format::mil_type(ir::name(type.dtype()))->blob != blob.type) {
    return invalid("the weight file holds " + std::string(format::to_string(blob.type)) +
                   ", the constant is a " + type.to_string())
        .at(place);
  }
  if (blob.elements != static_cast<uint64_t>(type.shape().elements())) {
    return invalid("the weight file holds " + std::to_string(blob.elements) +
                   " elements, the constant's type " + type.to_string() + " needs " +
                   std::to_string(type.shape().elements()))
        .at(place);
  }
  return Literal::view(type, blob.bytes, file, ir::BlobReference{value.filename(), value.offset()});
}

template <typename Values>
Result<std::vector<LiteralPtr>> read_members(const Values& values, WeightCache& weights) {
  std::vector<LiteralPtr> members;
  members.reserve(static_cast<size_t>(values.size()));
  for (const mil::Value& value : values) {
    POME_ASSIGN(LiteralPtr member, read_value(value, weights));
    members.push_back(std::move(member));
  }
  return members;
}

Status check_member(const Type& expected, const LiteralPtr& member) {
  if (member->type() == expected) return {};
  return invalid("a member is a " + member->type().to_string() + ", " + expected.to_string() +
                 " is expected");
}

Result<LiteralPtr> read_list(const Type& type, const mil::ListValue& list, WeightCache& weights) {
  POME_ASSIGN(std::vector<LiteralPtr> members, read_members(list.values(), weights));
  for (const LiteralPtr& member : members) POME_TRY(check_member(type.members()[0], member));
  const auto count = static_cast<int64_t>(members.size());
  if (type.length() != Shape::kUnknown && type.length() != count) {
    return invalid("the list has " + std::to_string(count) + " members, its type " +
                   type.to_string() + " needs " + std::to_string(type.length()));
  }
  return Literal::aggregate(type, std::move(members));
}

Result<LiteralPtr> read_tuple(const Type& type, const mil::TupleValue& tuple,
                              WeightCache& weights) {
  POME_ASSIGN(std::vector<LiteralPtr> members, read_members(tuple.values(), weights));
  if (members.size() != type.members().size()) {
    return invalid("the tuple has " + std::to_string(members.size()) + " members, its type " +
                   type.to_string() + " needs " + std::to_string(type.members().size()));
  }
  for (size_t i = 0; i < members.size(); ++i) POME_TRY(check_member(type.members()[i], members[i]));
  return Literal::aggregate(type, std::move(members));
}

Result<LiteralPtr> read_dictionary(const Type& type, const mil::DictionaryValue& dictionary,
                                   WeightCache& weights) {
  std::vector<LiteralPtr> members;
  for (const auto& pair : dictionary.values()) {
    POME_ASSIGN(LiteralPtr key, read_value(pair.key(), weights));
    POME_ASSIGN(LiteralPtr value, read_value(pair.value(), weights));
    POME_TRY(check_member(type.members()[0], key));
    POME_TRY(check_member(type.members()[1], value));
    members.push_back(std::move(key));
    members.push_back(std::move(value));
  }
  return Literal::aggregate(type, std::move(members));
}

Result<LiteralPtr> read_immediate(const Type& type, const mil::Value::ImmediateValue& value,
                                  WeightCache& weights) {
  switch (type.kind()) {
    case Type::Kind::kTensor:
      if (value.has_tensor()) return read_tensor(type, value.tensor());
      break;
    case Type::Kind::kList:
      if (value.has_list()) return read_list(type, value.list(), weights);
      break;
    case Type::Kind::kTuple:
      if (value.has_tuple()) return read_tuple(type, value.tuple(), weights);
      break;
    case Type::Kind::kDict:
      if (value.has_dictionary()) return read_dictionary(type, value.dictionary(), weights);
      break;
    case Type::Kind::kState:
      break;
  }
  return invalid("the constant's value is not one of its type " + type.to_string());
}

}  // namespace

std::string place_text(const std::string& name) {
  std::string escaped = quoted(name);
  return escaped.size() == name.size() + 2 ? name : escaped;
}

Result<std::shared_ptr<const MappedFile>> WeightCache::open(const std::string& reference) {
  if (const auto found = opened_.find(reference); found != opened_.end()) return found->second;
  POME_ASSIGN(std::shared_ptr<const MappedFile> file, files_.open(reference));
  opened_.emplace(reference, file);
  return file;
}

Result<Type> read_type(const mil::ValueType& message) {
  switch (message.type_case()) {
    case mil::ValueType::kTensorType:
      return read_tensor_type(message.tensortype());
    case mil::ValueType::kListType: {
      POME_ASSIGN(Type element, read_type(message.listtype().type()));
      POME_ASSIGN(const int64_t length, read_dimension(message.listtype().length()));
      return Type::list(std::move(element), length);
    }
    case mil::ValueType::kTupleType: {
      std::vector<Type> members;
      for (const mil::ValueType& member : message.tupletype().types()) {
        POME_ASSIGN(Type type, read_type(member));
        members.push_back(std::move(type));
      }
      return Type::tuple(std::move(members));
    }
    case mil::ValueType::kDictionaryType: {
      POME_ASSIGN(Type key, read_type(message.dictionarytype().keytype()));
      POME_ASSIGN(Type value, read_type(message.dictionarytype().valuetype()));
      return Type::dict(std::move(key), std::move(value));
    }
    case mil::ValueType::kStateType: {
      POME_ASSIGN(Type wrapped, read_type(message.statetype().wrappedtype()));
      return Type::state(std::move(wrapped));
    }
    case mil::ValueType::TYPE_NOT_SET:
      break;
  }
  return invalid("a value has no type");
}

Result<LiteralPtr> read_value(const mil::Value& message, WeightCache& weights) {
  POME_ASSIGN(const Type type, read_type(message.type()));
  if (type.is_tensor() && !type.shape().known())
    return invalid("the constant's type " + type.to_string() + " has unknown extents");
  if (message.has_blobfilevalue()) return read_blob_value(type, message.blobfilevalue(), weights);
  if (message.has_immediatevalue()) return read_immediate(type, message.immediatevalue(), weights);
  return invalid("the constant of type " + type.to_string() + " has no value");
}

}  // namespace pome::import
