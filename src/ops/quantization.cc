// quantize and dequantize: between floats and bytes, while running.
#include "ops/quantization.h"

#include <string>

#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

constexpr TypeSet kBytes = bit(ir::DType::kInt8) | bit(ir::DType::kUint8);
constexpr uint8_t kOptionalConst = kOptional | kConst;
constexpr uint8_t kOptionalAxis = kOptional | kConst | kScalar;

constexpr std::string_view kOutputs[] = {"output"};
constexpr ParamDef kQuantizeParams[] = {{"input", kFloats, kRequired, 'T', {}},
                                        {"zero_point", kBytes, kOptionalConst, 0, {}},
                                        {"scale", kFloats, kConst, 'T', {}},
                                        {"axis", kInt32s, kOptionalAxis, 0, {}},
                                        {"output_dtype", kStrings, kConst | kScalar, 0, {}}};
constexpr ParamDef kDequantizeParams[] = {{"input", kBytes, kRequired, 'S', {}},
                                          {"zero_point", kBytes, kOptionalConst, 'S', {}},
                                          {"scale", kFloats, kConst, 0, {}},
                                          {"axis", kInt32s, kOptionalAxis, 0, {}}};

/// scale and zero_point are scalars, or both vectors along axis.
Status check_scales(const Args& args) {
  POME_ASSIGN(const int axis, quantized_axis(args));
  const Shape& input = args.shape(kQuantizeInput);
  const Shape& scale = args.shape(kQuantizeScale);
  if (args.has(kQuantizeZeroPoint) && args.shape(kQuantizeZeroPoint).rank() != scale.rank()) {
    return param_error(args, kQuantizeZeroPoint,
                       "has shape " + args.shape(kQuantizeZeroPoint).to_string() +
                           ", that of scale, " + scale.to_string() + ", is expected");
  }
  if (axis < 0) return {};
  for (const int p : {kQuantizeScale, kQuantizeZeroPoint})
    POME_TRY(check_vector(args, p, input[axis], "one for each index of axis"));
  return {};
}

Status infer_quantize(const Args& args, Inferred& out) {
  POME_TRY(check_scales(args));
  POME_ASSIGN(const ir::DType dtype, dtype_param(args, kQuantizeDtype, kBytes));
  if (args.has(kQuantizeZeroPoint) && args.dtype(kQuantizeZeroPoint) != dtype) {
    return param_error(args, kQuantizeZeroPoint,
                       "is " + std::string(ir::name(args.dtype(kQuantizeZeroPoint))) +
                           ", output_dtype is \"" + std::string(ir::name(dtype)) + "\"");
  }
  return set_output(args, out, dtype, args.shape(kQuantizeInput));
}

Status infer_dequantize(const Args& args, Inferred& out) {
  POME_TRY(check_scales(args));
  return set_output(args, out, args.dtype(kQuantizeScale), args.shape(kQuantizeInput));
}

constexpr std::string_view kQuantizeSamples[] = {
    "input=fp32[2,3,4]{-20..20} scale=0.125 output_dtype=\"int8\"",
    "input=fp32[2,3,4]{-20..20} scale=const:fp32[3]{0.05..0.5} zero_point=const:int8[3] axis=1 "
    "output_dtype=\"int8\"",
    "input=fp16[5,2]{0..30} scale=const:fp16[2]{0.1..0.5} zero_point=const:uint8[2]{0..20} "
    "axis=-1 output_dtype=\"uint8\"",
    "input=run:[-1e9,-1.5,-0.5,0.5,1.5,2.5,1e9,inf,-inf] scale=1.0 zero_point=int8:3 "
    "output_dtype=\"int8\"",
    "input=run:[-1e9,-1.5,-0.5,0.5,1.5,2.5,1e9] scale=-1.0 zero_point=uint8:100 "
    "output_dtype=\"uint8\"",
    "input=run:[1.0,-1.0] scale=[0.0,2.0] axis=0 output_dtype=\"uint8\"",
    "input=fp32[]{0..9} scale=2.5 output_dtype=\"uint8\"",
    "input=fp32[0,3] scale=1.0 output_dtype=\"int8\""};
constexpr std::string_view kDequantizeSamples[] = {
    "input=int8[2,3,4]{-128..127} scale=0.125",
    "input=int8[2,3,4]{-128..127} scale=const:fp32[3]{0.05..0.5} zero_point=const:int8[3] axis=1",
    "input=uint8[5,2]{0..255} scale=const:fp16[2]{0.1..0.5} zero_point=const:uint8[2]{0..255} "
    "axis=-1",
    "input=uint8[4]{0..255} scale=0.5 zero_point=uint8:128",
    "input=const:int8[3] scale=fp16:0.5",
    "input=int8[0,3] scale=1.0"};

constexpr OpDef kOps[] = {
    {.name = "dequantize",
     .since = ir::Opset::kIos17,
     .doc = "y = scale * (input - zero_point); scale and zero_point (0 where it is left out) are "
            "scalars, or vectors with a value for each index of `axis`.",
     .params = kDequantizeParams,
     .outputs = kOutputs,
     .infer = infer_dequantize,
     .reference = reference::dequantize,
     .samples = kDequantizeSamples},
    {.name = "quantize",
     .since = ir::Opset::kIos17,
     .doc = "y = round(input / scale) + zero_point, held within the range of output_dtype, which "
            "is \"int8\" or \"uint8\". The quotient is taken in float32, halves are rounded to "
            "even, and NaN gives zero_point. scale and zero_point (0 where it is left out) are "
            "scalars, or vectors with a value for each index of `axis`.",
     .params = kQuantizeParams,
     .outputs = kOutputs,
     .infer = infer_quantize,
     .reference = reference::quantize,
     .samples = kQuantizeSamples},
};
static_assert(is_well_formed(kOps));

}  // namespace

Result<int> quantized_axis(const Args& args) {
  const Shape& scale = args.shape(kQuantizeScale);
  if (scale.rank() == 0) return -1;
  if (!args.has(kQuantizeAxis)) {
    return param_error(
        args, kQuantizeAxis,
        "is missing, scale has shape " + scale.to_string() + ": a scalar, or an axis, is expected");
  }
  return axis_param(args, kQuantizeAxis, args.shape(kQuantizeInput).rank());
}

std::span<const OpDef> quantization_ops() { return kOps; }

}  // namespace pome::ops
