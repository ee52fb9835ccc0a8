// Compressed constants of ios16: pure functions of constants that kernels may unpack as they like.
#include "ops/constexpr.h"

#include <string>

#include "base/checked.h"
#include "base/try.h"
#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

constexpr TypeSet kBytes = bit(ir::DType::kInt8) | bit(ir::DType::kUint8);
constexpr TypeSet kStored = kFloats | kBytes;
constexpr TypeSet kUint8s = bit(ir::DType::kUint8);
constexpr TypeSet kShapeInts = bit(ir::DType::kUint32) | kInt32s;
constexpr uint8_t kConstScalar = kConst | kScalar;
constexpr uint8_t kConstList = kConst | kShortList;

constexpr std::string_view kY[] = {"y"};
constexpr ParamDef kAffineParams[] = {{"quantized_data", kBytes, kConst, 0, {}},
                                      {"zero_point", kBytes | bit(ir::DType::kFp32), kConst, 0, {}},
                                      {"scale", kFloats, kConst, 0, {}},
                                      {"axis", kInt32s, kConstScalar, 0, {}}};
constexpr ParamDef kLutParams[] = {{"indices", kUint8s, kConst, 0, {}},
                                   {"lut", kStored, kConst, 0, {}},
                                   {"shape", kShapeInts, kConstList, 0, {}}};
constexpr ParamDef kSparseParams[] = {{"nonzero_data", kStored, kConst, 0, {}},
                                      {"mask", kUint8s, kConst, 0, {}},
                                      {"shape", kShapeInts, kConstList, 0, {}}};

/// The dense shape that `param` lists.
Result<Shape> dense_shape(const Args& args, int param) {
  const Ints extents = args.ints(param);
  Shape shape;
  for (int i = 0; i < extents.size() && i < Shape::kMaxRank; ++i) shape.push_back(extents[i]);
  const bool fits = extents.size() <= Shape::kMaxRank && shape.checked_elements().has_value();
  if (!fits) {
    return param_error(args, param,
                       "is " + to_string(extents) + ", at most " + std::to_string(Shape::kMaxRank) +
                           " extents of at least 0 are expected");
  }
  return shape;
}

/// Checks that `param` is a vector of n elements.
Status check_vector(const Args& args, int param, int64_t n, const Shape& dense) {
  const Shape& shape = args.shape(param);
  if (shape.rank() == 1 && shape[0] == n) return {};
  return param_error(args, param,
                     "has shape " + shape.to_string() + ", the dense shape " + dense.to_string() +
                         " needs a vector of " + std::to_string(n));
}

/// Bytes of n elements of `bits` bits.
Result<int64_t> packed_bytes(const Args& args, int param, int64_t n, int bits) {
  const auto total = checked_mul(n, bits);
  if (!total || *total > INT64_MAX - 7)
    return param_error(args, param, "asks for " + std::to_string(n) + " elements, too many");
  return (*total + 7) / 8;
}

Status infer_affine(const Args& args, Inferred& out) {
  const Shape& data = args.shape(kAffineData);
  POME_ASSIGN(const int axis, axis_param(args, kAffineAxis, data.rank()));
  for (const int p : {kAffineZeroPoint, kAffineScale}) {
    const Shape& shape = args.shape(p);
    const bool scalar = shape.rank() == 0 || (shape.rank() == 1 && shape[0] == 1);
    if (scalar || (shape.rank() == 1 && shape[0] == data[axis])) continue;
    return param_error(args, p,
                       "has shape " + shape.to_string() + ", a scalar or a vector of " +
                           std::to_string(data[axis]) + " (axis " + std::to_string(axis) +
                           " of quantized_data of shape " + data.to_string() + ") is expected");
  }
  return set_output(args, out, args.dtype(kAffineScale), data);
}

Status infer_lut(const Args& args, Inferred& out) {
  POME_ASSIGN(const Shape shape, dense_shape(args, kLutShape));
  const Shape& lut = args.shape(kLutTable);
  const int bits = lut.rank() == 1 ? lut_index_bits(lut[0]) : 0;
  if (bits == 0) {
    return param_error(
        args, kLutTable,
        "has shape " + lut.to_string() + ", a vector of 2, 4, 16, 64 or 256 values is expected");
  }
  POME_ASSIGN(const int64_t bytes, packed_bytes(args, kLutShape, shape.elements(), bits));
  POME_TRY(check_vector(args, kLutIndices, bytes, shape));
  return set_output(args, out, args.dtype(kLutTable), shape);
}

Status infer_sparse(const Args& args, Inferred& out) {
  POME_ASSIGN(const Shape shape, dense_shape(args, kSparseShape));
  POME_ASSIGN(const int64_t bytes, packed_bytes(args, kSparseShape, shape.elements(), 1));
  POME_TRY(check_vector(args, kSparseMask, bytes, shape));
  const TensorView mask = args.tensor(kSparseMask);
  int64_t ones = 0;
  for (int64_t i = 0; i < shape.elements(); ++i) ones += mask.integer(i / 8) >> (i % 8) & 1;
  const Shape& data = args.shape(kSparseData);
  if (data.rank() != 1 || data[0] != ones) {
    return param_error(args, kSparseData,
                       "has shape " + data.to_string() + ", the mask has " + std::to_string(ones) +
                           " ones: as many values are "
                           "expected");
  }
  return set_output(args, out, args.dtype(kSparseData), shape);
}

constexpr std::string_view kAffineSamples[] = {
    "quantized_data=const:int8[4,3]{-128..127} zero_point=int8:2 scale=0.05 axis=0",
    "quantized_data=const:uint8[4,3]{0..255} zero_point=const:uint8[3]{0..255} "
    "scale=const:fp16[3]{0.01..0.1} axis=1",
    "quantized_data=const:int8[2,3]{-128..127} zero_point=0.5 scale=const:fp32[2]{0.1..1} axis=-2",
    "quantized_data=const:int8[2,3]{-128..127} zero_point=const:uint8[3]{0..255} scale=0.5 axis=1",
    "quantized_data=const:uint8[4]{0..255} zero_point=int8:-118 scale=0.25 axis=0"};
constexpr std::string_view kLutSamples[] = {
    "indices=const:uint8[3]{0..255} lut=const:fp32[4] shape=uint32:[3,4]",
    "indices=const:uint8[4]{0..255} lut=const:fp16[2] shape=uint32:[5,5,1]",
    "indices=const:uint8[5]{0..255} lut=const:int8[64] shape=uint32:[6]",
    "indices=const:uint8[5]{0..255} lut=const:uint8[16] shape=[10]",
    "indices=const:uint8[5]{0..255} lut=const:fp32[256] shape=[5,1]"};
constexpr std::string_view kSparseSamples[] = {
    "nonzero_data=const:fp32[5] mask=uint8:[141,2] shape=uint32:[2,5]",
    "nonzero_data=const:fp16[3] mask=uint8:[7] shape=uint32:[4]",
    "nonzero_data=const:int8[1] mask=uint8:[128] shape=[8,1]",
    "nonzero_data=const:uint8[2] mask=uint8:[0,3] shape=[2,8]"};
constexpr std::string_view kCastSamples[] = {"source_val=const:fp16[2,3] output_dtype=\"fp32\""};

constexpr OpDef kOps[] = {
    {.name = "constexpr_affine_dequantize",
     .since = ir::Opset::kIos16,
     .doc = "y = scale * (quantized_data - zero_point); scale and zero_point are scalars or one "
            "each per index of `axis`.",
     .params = kAffineParams,
     .outputs = kY,
     .infer = infer_affine,
     .reference = reference::constexpr_affine_dequantize,
     .samples = kAffineSamples},
    {.name = "constexpr_cast",
     .since = ir::Opset::kIos16,
     .doc = "source_val, a float16 constant, as float32.",
     .params = kConstexprCastParams,
     .outputs = kY,
     .infer = inference::constexpr_cast,
     .reference = reference::constexpr_cast,
     .samples = kCastSamples},
    {.name = "constexpr_lut_to_dense",
     .since = ir::Opset::kIos16,
     .doc = "y[i] = lut[index i], of the given shape. lut has 2^n values, n = 1, 2, 4, 6 or 8; the "
            "indices are packed in n bits each, from the least significant bit of byte 0 on.",
     .params = kLutParams,
     .outputs = kY,
     .infer = infer_lut,
     .reference = reference::constexpr_lut_to_dense,
     .samples = kLutSamples},
    {.name = "constexpr_sparse_to_dense",
     .since = ir::Opset::kIos16,
     .doc = "A tensor of the given shape with the values of nonzero_data, in order, where the mask "
            "has a 1, and 0 elsewhere. The mask is packed one bit an element, from the least "
            "significant bit of byte 0 on.",
     .params = kSparseParams,
     .outputs = kY,
     .infer = infer_sparse,
     .reference = reference::constexpr_sparse_to_dense,
     .samples = kSparseSamples},
};
static_assert(is_well_formed(kOps));

}  // namespace

int lut_index_bits(int64_t entries) {
  for (const int bits : {1, 2, 4, 6, 8})
    if (entries == int64_t{1} << bits) return bits;
  return 0;
}

Status inference::constexpr_cast(const Args& args, Inferred& out) {
  POME_ASSIGN(const ir::DType dtype, dtype_param(args, kConstexprCastDtype, bit(ir::DType::kFp32)));
  return set_output(args, out, dtype, args.shape(kConstexprCastSource));
}

std::span<const OpDef> constexpr_ops() { return kOps; }

}  // namespace pome::ops
