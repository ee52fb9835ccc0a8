// Compressed constants of ios18: blocks of scales and of look-up tables, sparse tensors, and one
// compression of another. Like those of ios16 (constexpr.cc) they are pure functions of constants.
#include "ops/compression.h"

#include <string>

#include "base/checked.h"
#include "base/try.h"
#include "ops/constexpr.h"
#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

using enum ir::Opset;

constexpr TypeSet kNibbles = bit(ir::DType::kInt4) | bit(ir::DType::kUint4);
constexpr TypeSet kBytes = bit(ir::DType::kInt8) | bit(ir::DType::kUint8);
constexpr TypeSet kQuantized = kFloats | kBytes | kNibbles;
constexpr TypeSet kTables = kFloats | kBytes;
constexpr TypeSet kBits = bit(ir::DType::kUint1);
constexpr TypeSet kIndexTypes = kBits | bit(ir::DType::kUint2) | bit(ir::DType::kUint3) |
                                bit(ir::DType::kUint4) | bit(ir::DType::kUint6) |
                                bit(ir::DType::kUint8);
constexpr uint8_t kOptionalWeight = kOptional | kConstWeight;
constexpr uint8_t kOptionalAxis = kOptional | kConst | kScalar;

constexpr std::string_view kY[] = {"y"};
constexpr std::string_view kMaskAndData[] = {"mask", "nonzero_data"};
constexpr ParamDef kShiftScaleParams[] = {{"data", kQuantized, kConstWeight, 0, {}},
                                          {"scale", kFloats, kConstWeight, 0, {}},
                                          {"offset", kQuantized, kOptionalWeight, 0, {}}};
constexpr ParamDef kSparseShiftParams[] = {{"data_mask", kBits, kConstWeight, 0, {}},
                                           {"nonzero_data", kQuantized, kConstWeight, 0, {}},
                                           {"scale", kFloats, kConstWeight, 0, {}},
                                           {"offset", kQuantized, kOptionalWeight, 0, {}}};
constexpr ParamDef kBlockLutParams[] = {{"indices", kIndexTypes, kConstWeight, 0, {}},
                                        {"lut", kTables, kConstWeight, 0, {}},
                                        {"vector_axis", kInt32s, kOptionalAxis, 0, {}}};
constexpr ParamDef kSparseLutParams[] = {{"indices_mask", kBits, kConstWeight, 0, {}},
                                         {"indices_nonzero_data", kIndexTypes, kConstWeight, 0, {}},
                                         {"lut", kTables, kConstWeight, 0, {}},
                                         {"vector_axis", kInt32s, kOptionalAxis, 0, {}}};
constexpr ParamDef kMaskedParams[] = {{"nonzero_data", kQuantized, kConstWeight, 0, {}},
                                      {"mask", kBits, kConstWeight, 0, {}}};

/// Checks that the first axes of `param` divide those of `dense`; `more` axes stand behind them.
Status check_blocks(const Args& args, int param, const Shape& dense, int more) {
  const Shape& counts = args.shape(param);
  bool fits = dense.rank() >= 1 && counts.rank() == dense.rank() + more;
  for (int i = 0; fits && i < dense.rank(); ++i)
    fits = counts[i] >= 1 && dense[i] >= 0 && dense[i] % counts[i] == 0;
  if (fits) return {};
  return param_error(args, param,
                     "has shape " + counts.to_string() + ", " +
                         (more > 0 ? "two axes more than " : "as many axes as ") +
                         dense.to_string() + " are expected, the first " +
                         std::to_string(dense.rank()) + " of extents that divide it");
}

Status check_offset(const Args& args, int offset, int scale, int data) {
  if (!args.has(offset)) return {};
  if (!(args.shape(offset) == args.shape(scale))) {
    return param_error(args, offset,
                       "has shape " + args.shape(offset).to_string() + ", that of scale, " +
                           args.shape(scale).to_string() + ", is expected");
  }
  if (ir::is_float(args.dtype(offset)) || args.dtype(offset) == args.dtype(data)) return {};
  return param_error(args, offset,
                     "is " + std::string(ir::name(args.dtype(offset))) +
                         ", a float or the type of the data, " +
                         std::string(ir::name(args.dtype(data))) + ", is expected");
}

/// A value for each 1 of the mask, which is counted where it is known.
Status check_sparse(const Args& args, int mask, int data) {
  const Shape& values = args.shape(data);
  const Shape& dense = args.shape(mask);
  const auto n = dense.checked_elements();
  if (values.rank() != 1 || !n || dense.rank() < 1) {
    return param_error(args, data,
                       "has shape " + values.to_string() + ", a vector for a mask of shape " +
                           dense.to_string() + " is expected");
  }
  return args.readable(mask) ? check_ones(args, mask, data) : Status();
}

Status infer_shift_scale(const Args& args, Inferred& out) {
  const Shape& data = args.shape(kShiftScaleData);
  POME_TRY(check_blocks(args, kShiftScaleScale, data, 0));
  POME_TRY(check_offset(args, kShiftScaleOffset, kShiftScaleScale, kShiftScaleData));
  return set_output(args, out, args.dtype(kShiftScaleScale), data);
}

Status infer_sparse_shift_scale(const Args& args, Inferred& out) {
  const Shape& dense = args.shape(kSparseShiftMask);
  POME_TRY(check_sparse(args, kSparseShiftMask, kSparseShiftData));
  POME_TRY(check_blocks(args, kSparseShiftScale, dense, 0));
  POME_TRY(check_offset(args, kSparseShiftOffset, kSparseShiftScale, kSparseShiftData));
  out.types = {ir::Type::tensor(ir::DType::kUint1, dense),
               ir::Type::tensor(args.dtype(kSparseShiftScale), args.shape(kSparseShiftData))};
  return {};
}

Status infer_block_lut(const Args& args, Inferred& out) {
  const int indices = kBlockLutIndices;
  POME_ASSIGN(const BlockLut lut, block_lut(args, args.shape(indices), args.dtype(indices),
                                            kBlockLutTable, kBlockLutAxis));
  return set_output(args, out, args.dtype(kBlockLutTable), lut.filled);
}

Status infer_lut_to_sparse(const Args& args, Inferred& out) {
  POME_TRY(check_sparse(args, kSparseLutMask, kSparseLutIndices));
  POME_ASSIGN(const BlockLut lut,
              block_lut(args, args.shape(kSparseLutMask), args.dtype(kSparseLutIndices),
                        kSparseLutTable, kSparseLutAxis));
  // No more than lut.filled has, which was checked.
  const int64_t values = args.shape(kSparseLutIndices)[0] * lut.vector;
  out.types = {ir::Type::tensor(ir::DType::kUint1, lut.filled),
               ir::Type::tensor(args.dtype(kSparseLutTable), {values})};
  return {};
}

Status infer_masked(const Args& args, Inferred& out) {
  POME_TRY(check_sparse(args, kMaskedMask, kMaskedData));
  return set_output(args, out, args.dtype(kMaskedData), args.shape(kMaskedMask));
}

constexpr std::string_view kShiftScaleSamples[] = {
    "data=const:int4[4,6] scale=const:fp32[2,3]{0.1..1} offset=const:int4[2,3]",
    "data=const:uint4[3,5]{0..15} scale=const:fp16[3,1]{0.1..1} offset=const:uint4[3,1]{0..15}",
    "data=const:int8[2,4,6]{-128..127} scale=const:fp32[1,2,1]{0.1..1}",
    "data=const:uint8[7]{0..255} scale=const:fp32[7]{0.1..1} offset=const:fp32[7]",
    "data=const:fp16[2,3] scale=const:fp16[1,1]{0.1..1} offset=const:fp16[1,1]",
    "data=const:fp32[2,4] scale=const:fp32[2,2]{0.1..1} offset=const:fp32[2,2]",
    "data=const:int8[2,4]{-128..127} scale=const:fp16[1,4]{0.1..1} offset=const:int8[1,4]",
    "data=const:int8[0,4] scale=const:fp32[1,2]"};
constexpr std::string_view kSparseShiftSamples[] = {
    "data_mask=uint1:[[1,1,0,0],[1,1,1,0],[0,0,1,1],[1,1,0,0]] nonzero_data=const:int8[9] "
    "scale=const:fp32[1,4]{0.1..1} offset=const:int8[1,4]",
    "data_mask=uint1:[[1,0,1,0,1,1],[0,1,1,0,0,1]] nonzero_data=const:int4[7] "
    "scale=const:fp16[2,3]{0.1..1} offset=const:int4[2,3]",
    "data_mask=uint1:[0,1,1] nonzero_data=const:uint4[2] scale=const:fp32[3]{0.1..1}",
    "data_mask=uint1:[0,1,1] nonzero_data=const:uint8[2] scale=const:fp32[1]{0.1..1} "
    "offset=const:fp16[1]",
    "data_mask=uint1:[0,0] nonzero_data=const:fp32[0] scale=const:fp32[1]"};
constexpr std::string_view kBlockLutSamples[] = {
    "indices=const:uint2[6,2] lut=const:fp16[2,1,4,1]",
    "indices=const:uint1[2,2,2] lut=const:int8[1,1,1,2,3] vector_axis=1",
    "indices=const:uint1[2,2,2] lut=const:int8[1,1,1,2,3] vector_axis=-1",
    "indices=const:uint3[4,3]{0..7} lut=const:fp32[2,3,8,2] vector_axis=0",
    "indices=const:uint4[4,6]{0..15} lut=const:fp32[1,2,16,1] vector_axis=0",
    "indices=const:uint6[5]{0..63} lut=const:uint8[1,64,1]",
    "indices=const:uint8[3,2]{0..255} lut=const:fp32[3,1,256,1]",
    "indices=const:uint8[0,2] lut=const:fp32[1,1,256,4] vector_axis=1"};
constexpr std::string_view kSparseLutSamples[] = {
    "indices_mask=uint1:[[1,1,0,0,0,0],[1,1,0,0,0,1],[0,1,1,0,1,0],[0,0,0,1,0,0]] "
    "indices_nonzero_data=const:uint1[9] lut=const:fp16[1,1,2,1]",
    "indices_mask=uint1:[[1,1,0,0,0,0],[1,1,0,0,0,1],[0,1,1,0,1,0],[0,0,0,1,0,0]] "
    "indices_nonzero_data=const:uint1[9] lut=const:fp32[2,3,2,2] vector_axis=0",
    "indices_mask=uint1:[[1,1,0,0],[0,1,1,0]] indices_nonzero_data=const:uint2[4] "
    "lut=const:int8[1,2,4,3] vector_axis=1",
    "indices_mask=uint1:[[[1],[0]],[[1],[1]]] indices_nonzero_data=const:uint3[3]{0..7} "
    "lut=const:uint8[1,2,1,8,2] vector_axis=-2",
    "indices_mask=uint1:[1,0,1] indices_nonzero_data=const:uint4[2]{0..15} "
    "lut=const:fp32[1,16,1] vector_axis=0",
    "indices_mask=uint1:[1,0,1] indices_nonzero_data=const:uint6[2]{0..63} lut=const:fp32[1,64,1]",
    "indices_mask=uint1:[1,0,1] indices_nonzero_data=const:uint8[2]{0..255} "
    "lut=const:fp32[3,256,1]"};
constexpr std::string_view kMaskedSamples[] = {
    "nonzero_data=const:fp32[3] mask=uint1:[[1,0,1],[0,1,0]]",
    "nonzero_data=const:fp16[5] mask=uint1:[1,0,1,1,1,0,0,0,0,1]",
    "nonzero_data=const:int4[2] mask=uint1:[[[1],[0]],[[0],[1]]]",
    "nonzero_data=const:uint4[2] mask=uint1:[0,1,1]",
    "nonzero_data=const:int8[1] mask=uint1:[0,0,0,0,0,0,0,0,1]",
    "nonzero_data=const:uint8[0] mask=uint1:[0,0]"};
constexpr std::string_view kCastSamples[] = {"source_val=const:fp16[2,3] output_dtype=\"fp32\""};

constexpr OpDef kOps[] = {
    {.name = "constexpr_blockwise_shift_scale",
     .since = kIos18,
     .doc = "y = scale * (data - offset). scale and offset have the axes of data; along each of "
            "them a value counts for a block of data's extent / scale's extent neighbours.",
     .params = kShiftScaleParams,
     .outputs = kY,
     .infer = infer_shift_scale,
     .reference = reference::constexpr_blockwise_shift_scale,
     .samples = kShiftScaleSamples},
    {.name = "constexpr_cast",
     .since = kIos18,
     .doc = "source_val, a float16 constant, as float32.",
     .params = kConstexprCastParams,
     .outputs = kY,
     .infer = inference::constexpr_cast,
     .reference = reference::constexpr_cast,
     .samples = kCastSamples},
    {.name = "constexpr_lut_to_dense",
     .since = kIos18,
     .doc = "The values that indices name in look-up tables. lut has the axes of indices, then "
            "the entries of a table (2^bits of an index) and the values of an entry; along the "
            "first axes a table counts for a block of indices' extent / lut's extent neighbours. "
            "An entry of several values puts them side by side along vector_axis, which becomes "
            "as many times longer.",
     .params = kBlockLutParams,
     .outputs = kY,
     .infer = infer_block_lut,
     .reference = reference::constexpr_block_lut_to_dense,
     .samples = kBlockLutSamples},
    {.name = "constexpr_lut_to_sparse",
     .since = kIos18,
     .doc = "constexpr_lut_to_dense of the indices that are there: where indices_mask has a 1, the "
            "next of indices_nonzero_data. The results are the mask, each of its elements repeated "
            "along vector_axis for every value of an entry, and the values where it has a 1, in "
            "the row-major order of the result.",
     .params = kSparseLutParams,
     .outputs = kMaskAndData,
     .infer = infer_lut_to_sparse,
     .reference = reference::constexpr_lut_to_sparse,
     .samples = kSparseLutSamples},
    {.name = "constexpr_sparse_blockwise_shift_scale",
     .since = kIos18,
     .doc = "constexpr_blockwise_shift_scale of the values that are there: where data_mask has a "
            "1, the next of nonzero_data. The results are the mask and scale * (data - offset) of "
            "each value, scale and offset those of its place in the dense tensor.",
     .params = kSparseShiftParams,
     .outputs = kMaskAndData,
     .infer = infer_sparse_shift_scale,
     .reference = reference::constexpr_sparse_blockwise_shift_scale,
     .samples = kSparseShiftSamples},
    {.name = "constexpr_sparse_to_dense",
     .since = kIos18,
     .doc = "A tensor of the mask's shape with the values of nonzero_data, in order, where the "
            "mask has a 1, and 0 elsewhere.",
     .params = kMaskedParams,
     .outputs = kY,
     .infer = infer_masked,
     .reference = reference::constexpr_masked_to_dense,
     .samples = kMaskedSamples},
};
static_assert(is_well_formed(kOps));

}  // namespace

int64_t block_of(const Shape& dense, const Shape& counts, int64_t i) {
  int64_t block = 0;
  int64_t step = 1;
  for (int axis = dense.rank() - 1; axis >= 0; --axis) {
    block += i % dense[axis] / (dense[axis] / counts[axis]) * step;
    step *= counts[axis];
    i /= dense[axis];
  }
  return block;
}

Status check_ones(const Args& args, int mask, int data) {
  const Shape& values = args.shape(data);
  const TensorView bits = args.tensor(mask);
  int64_t ones = 0;
  for (int64_t i = 0; i < bits.elements(); ++i) ones += bits.integer(i);
  if (ones == values[0]) return {};
  return param_error(args, data,
                     "has shape " + values.to_string() + ", the mask has " + std::to_string(ones) +
                         " ones: as many values are expected");
}

Result<BlockLut> block_lut(const Args& args, const Shape& indices, ir::DType dtype, int table,
                           int axis) {
  POME_TRY(check_blocks(args, table, indices, 2));
  const Shape& tables = args.shape(table);
  BlockLut lut{.entries = tables.at(-2), .vector = tables.at(-1), .filled = indices};
  if (lut.entries != int64_t{1} << ir::bits(dtype) || lut.vector < 1) {
    return param_error(args, table,
                       "has shape " + tables.to_string() + ", " +
                           std::to_string(int64_t{1} << ir::bits(dtype)) +
                           " entries of at least one value (the last two extents) go with "
                           "indices of " +
                           std::string(ir::name(dtype)));
  }
  if (lut.vector > 1 && !args.has(axis)) {
    return param_error(args, axis,
                       "is missing, the tables of shape " + tables.to_string() +
                           " have entries of " + std::to_string(lut.vector) + " values");
  }
  if (args.has(axis)) {
    POME_ASSIGN(const int at, axis_param(args, axis, indices.rank()));
    const auto inner = extent_product(indices, at + 1, indices.rank());
    const auto extent = checked_mul(indices[at], lut.vector);
    lut.inner = inner.value_or(1);
    lut.filled[at] = extent.value_or(0);
    if (!inner || !extent || !lut.filled.checked_elements()) {
      return param_error(args, table,
                         "has entries of " + std::to_string(lut.vector) +
                             " values, too many for indices of shape " + indices.to_string());
    }
  }
  return lut;
}

std::span<const OpDef> compression_ops() { return kOps; }

}  // namespace pome::ops
