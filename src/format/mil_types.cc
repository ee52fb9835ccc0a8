#include "format/mil_types.h"

#include <array>

#include "format/proto/mil.pb.h"

namespace pome::format {
namespace {

namespace mil = CoreML::Specification::MILSpec;

constexpr std::array kTypes = {
    MilType{mil::BOOL, "bool", {}},
    MilType{mil::STRING, "string", {}},
    MilType{mil::FLOAT16, "fp16", BlobType::kFloat16},
    MilType{mil::FLOAT32, "fp32", BlobType::kFloat32},
    MilType{mil::FLOAT64, "fp64", {}},
    MilType{mil::BFLOAT16, "bf16", BlobType::kBfloat16},
    MilType{mil::FLOAT8E4M3FN, "fp8e4m3fn", BlobType::kFloat8E4m3fn},
    MilType{mil::FLOAT8E5M2, "fp8e5m2", BlobType::kFloat8E5m2},
    MilType{mil::INT4, "int4", BlobType::kInt4},
    MilType{mil::INT8, "int8", BlobType::kInt8},
    MilType{mil::INT16, "int16", BlobType::kInt16},
    MilType{mil::INT32, "int32", BlobType::kInt32},
    MilType{mil::INT64, "int64", {}},
    MilType{mil::UINT1, "uint1", BlobType::kUint1},
    MilType{mil::UINT2, "uint2", BlobType::kUint2},
    MilType{mil::UINT3, "uint3", BlobType::kUint3},
    MilType{mil::UINT4, "uint4", BlobType::kUint4},
    MilType{mil::UINT6, "uint6", BlobType::kUint6},
    MilType{mil::UINT8, "uint8", BlobType::kUint8},
    MilType{mil::UINT16, "uint16", BlobType::kUint16},
    MilType{mil::UINT32, "uint32", BlobType::kUint32},
    MilType{mil::UINT64, "uint64", {}},
};

}  // namespace

std::span<const MilType> mil_types() { return kTypes; }

const MilType* mil_type(int number) {
  for (const MilType& type : kTypes)
    if (type.number == number) return &type;
  return nullptr;
}

const MilType* mil_type(std::string_view name) {
  for (const MilType& type : kTypes)
    if (type.name == name) return &type;
  return nullptr;
}

}  // namespace pome::format
