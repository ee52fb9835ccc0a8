#include "export/mil/values.h"

#include <string>
#include <utility>

#include "format/mil_types.h"
#include "format/proto/mil.pb.h"

namespace pome::exporter {
namespace {

namespace mil = CoreML::Specification::MILSpec;
using ir::DType;
using ir::Type;

constexpr const char* kWeightFile = "@model_path/weights/weight.bin";
constexpr int64_t kFewestInFile = 10;

void write_dimension(int64_t extent, mil::Dimension& message) {
  if (extent < 0)
    message.mutable_unknown();
  else
    message.mutable_constant()->set_size(static_cast<uint64_t>(extent));
}

void write_tensor(const ir::Literal& literal, mil::TensorValue& message) {
  const int64_t n = literal.size();
  const auto each = [n](auto add) {
    for (int64_t i = 0; i < n; ++i) add(i);
  };
  // The member is set even when there is no element.
  switch (literal.type().dtype()) {
    case DType::kBool:
      message.mutable_bools();
      return each([&](int64_t i) { message.mutable_bools()->add_values(literal.integer(i) != 0); });
    case DType::kString:
      message.mutable_strings();
      for (const std::string& text : literal.strings()) message.mutable_strings()->add_values(text);
      return;
    case DType::kFp32:
      message.mutable_floats();
      return each([&](int64_t i) {
        message.mutable_floats()->add_values(static_cast<float>(literal.real(i)));
      });
    case DType::kFp64:
      message.mutable_doubles();
      return each([&](int64_t i) { message.mutable_doubles()->add_values(literal.real(i)); });
    case DType::kInt16:
    case DType::kUint16:
    case DType::kInt32:
      message.mutable_ints();
      return each([&](int64_t i) {
        message.mutable_ints()->add_values(static_cast<int32_t>(literal.integer(i)));
      });
    case DType::kInt64:
    case DType::kUint64:
      message.mutable_longints();
      return each([&](int64_t i) { message.mutable_longints()->add_values(literal.integer(i)); });
    default:
      message.mutable_bytes()->set_values(literal.bytes().data(), literal.bytes().size());
  }
}

}  // namespace

void write_type(const Type& type, mil::ValueType& message) {
  switch (type.kind()) {
    case Type::Kind::kTensor: {
      mil::TensorType& tensor = *message.mutable_tensortype();
      tensor.set_datatype(
          static_cast<mil::DataType>(format::mil_type(ir::name(type.dtype()))->number));
      tensor.set_rank(type.shape().rank());
      for (const int64_t extent : type.shape()) write_dimension(extent, *tensor.add_dimensions());
      return;
    }
    case Type::Kind::kList:
      write_type(type.members()[0], *message.mutable_listtype()->mutable_type());
      write_dimension(type.length(), *message.mutable_listtype()->mutable_length());
      return;
    case Type::Kind::kTuple:
      message.mutable_tupletype();
      for (const Type& member : type.members())
        write_type(member, *message.mutable_tupletype()->add_types());
      return;
    case Type::Kind::kDict:
      write_type(type.members()[0], *message.mutable_dictionarytype()->mutable_keytype());
      write_type(type.members()[1], *message.mutable_dictionarytype()->mutable_valuetype());
      return;
    case Type::Kind::kState:
      write_type(type.members()[0], *message.mutable_statetype()->mutable_wrappedtype());
      return;
  }
}

bool ConstantWriter::belongs_in_file(const ir::Literal& literal) const {
  if (!literal.type().is_tensor() || literal.size() < kFewestInFile) return false;
  switch (literal.type().dtype()) {
    case DType::kFp16:
    case DType::kFp32:
    case DType::kInt8:
    case DType::kUint8:
      return true;
    default:
      return version_ >= 9 && format::mil_type(ir::name(literal.type().dtype()))->blob.has_value();
  }
}

void ConstantWriter::write(const ir::Literal& literal, mil::Value& message) {
  write_type(literal.type(), *message.mutable_type());
  if (belongs_in_file(literal)) {
    const auto blob = format::mil_type(ir::name(literal.type().dtype()))->blob;
    message.mutable_blobfilevalue()->set_filename(kWeightFile);
    message.mutable_blobfilevalue()->set_offset(
        weights_.add(*blob, static_cast<uint64_t>(literal.size()), literal.bytes()));
    return;
  }
  mil::Value::ImmediateValue& value = *message.mutable_immediatevalue();
  const auto& members = literal.members();
  switch (literal.type().kind()) {
    case Type::Kind::kTensor:
      return write_tensor(literal, *value.mutable_tensor());
    case Type::Kind::kList:
      value.mutable_list();
      for (const auto& member : members) write(*member, *value.mutable_list()->add_values());
      return;
    case Type::Kind::kTuple:
      value.mutable_tuple();
      for (const auto& member : members) write(*member, *value.mutable_tuple()->add_values());
      return;
    case Type::Kind::kDict:
      value.mutable_dictionary();
      for (size_t i = 0; i + 1 < members.size(); i += 2) {
        auto* pair = value.mutable_dictionary()->add_values();
        write(*members[i], *pair->mutable_key());
        write(*members[i + 1], *pair->mutable_value());
      }
      return;
    case Type::Kind::kState:
      return;
  }
}

std::vector<std::byte> ConstantWriter::finish() && {
  if (weights_.empty()) return {};
  return std::move(weights_).finish();
}

}  // namespace pome::exporter
