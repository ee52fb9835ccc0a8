// One result element from all elements along some axes.
#include "ops/reduction.h"

#include <string>

#include "base/try.h"
#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;
using enum ir::Opset;

constexpr std::string_view kY[] = {"y"};
constexpr uint8_t kOptionalScalar = kOptional | kConst | kScalar;
constexpr ParamDef kParams[] = {{"x", kNumbers, kRequired, 'T', {}},
                                {"axes", kInt32s, kOptional | kConst | kShortList, 0, {}},
                                {"keep_dims", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr ParamDef kArgParams[] = {{"x", kNumbers, kRequired, 'T', {}},
                                   {"axis", kInt32s, kOptionalScalar, 0, def_int(-1)},
                                   {"keep_dims", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr ParamDef kArgParams17[] = {
    {"x", kNumbers, kRequired, 'T', {}},
    {"axis", kInt32s, kOptionalScalar, 0, def_int(-1)},
    {"keep_dims", kBools, kOptionalScalar, 0, def_bool(false)},
    {"output_dtype", kStrings, kOptionalScalar, 0, def_text("int32")}};

Status infer_reduce(const Args& args, Inferred& out) {
  const Shape& x = args.shape(kReduceX);
  Ints axes;
  if (args.has(kReduceAxes)) {
    POME_ASSIGN(axes, axes_param(args, kReduceAxes, x.rank()));
  }
  Shape shape;
  for (int i = 0; i < x.rank(); ++i) {
    const bool reduced = !args.has(kReduceAxes) || axes.contains(i);
    if (!reduced) shape.push_back(x[i]);
    if (reduced && args.flag(kReduceKeepDims)) shape.push_back(1);
  }
  return set_output(args, out, args.dtype(kReduceX), shape);
}

Status infer_arg(const Args& args, Inferred& out) {
  Shape shape = args.shape(kArgReduceX);
  POME_ASSIGN(const int axis, axis_param(args, kArgReduceAxis, shape.rank()));
  if (shape[axis] == 0) {
    return Error(ErrorCode::kShapeMismatch, "axis " + std::to_string(axis) + " of x of shape " +
                                                shape.to_string() +
                                                " has no elements, at least 1 is expected");
  }
  ir::DType dtype = ir::DType::kInt32;
  if (args.has(kArgReduceDtype)) {
    POME_ASSIGN(dtype, dtype_param(args, kArgReduceDtype, kInt32s | kSmallInts));
  }
  if (args.flag(kArgReduceKeepDims)) {
    shape[axis] = 1;
  } else {
    shape.erase(axis);
  }
  return set_output(args, out, dtype, shape);
}

constexpr std::string_view kSamples[] = {"x=fp32[2,3,4,5]{-2..2} axes=[2,3]",
                                         "x=fp32[2,3,4,5]{-2..2} axes=[-2,-1] keep_dims=true",
                                         "x=fp32[2,3,4]{-2..2} axes=[0,2]",
                                         "x=fp32[3,4]{-2..2}",
                                         "x=fp32[3,4]{-2..2} keep_dims=true",
                                         "x=fp16[2,40]{-1..1} axes=[1]",
                                         "x=int32[3,5]{-4..4} axes=[0] keep_dims=false",
                                         "x=const:int32[4]{1..5} axes=[0]",
                                         "x=fp32[]",
                                         "x=fp32[2,300]{-1..1} axes=[-1]"};
constexpr std::string_view kPositiveSamples[] = {
    "x=fp32[2,3,4,5]{0.1..2} axes=[2,3]",
    "x=fp32[2,3,4,5]{0.1..2} axes=[-2,-1] keep_dims=true",
    "x=fp32[2,3,4]{0.1..2} axes=[0,2]",
    "x=fp32[3,4]{0.1..2}",
    "x=fp32[3,4]{0.1..2} keep_dims=true",
    "x=fp16[2,40]{0.1..1} axes=[1]",
    "x=int32[3,5]{1..9} axes=[0] keep_dims=false",
    "x=const:int32[4]{1..5} axes=[0]",
    "x=fp32[]{1..2}"};
constexpr std::string_view kSumSamples[] = {"x=fp32[2,3,4,5]{-2..2} axes=[2,3]",
                                            "x=fp32[2,3,4,5]{-2..2} axes=[1] keep_dims=true",
                                            "x=fp32[3,4]{-2..2}",
                                            "x=fp16[2,40]{-1..1} axes=[1]",
                                            "x=int32[3,5]{-4..4} axes=[0] keep_dims=false",
                                            "x=const:int32[4]{1..5} axes=[0]",
                                            "x=fp32[2,0] axes=[1]",
                                            "x=int32[0,2] axes=[0]",
                                            "x=fp32[0,3] axes=[1]"};
constexpr std::string_view kLargeSamples[] = {"x=fp32[2,3,4]{-2..2} axes=[2]",
                                              "x=run:[[1000.0,1001.0],[-1000.0,-999.0]] axes=[1]",
                                              "x=fp32[3,4]{-2..2} keep_dims=true",
                                              "x=fp16[2,40]{-1..1} axes=[1]",
                                              "x=int32[3,5]{1..9} axes=[0] keep_dims=false",
                                              "x=run:[-inf,-inf]"};
constexpr std::string_view kArgSamples[] = {
    "x=fp32[2,7]", "x=fp32[2,7,3] axis=1 keep_dims=true", "x=fp16[5] axis=0",
    "x=int32[3,9]{-9999..9999} axis=-2 keep_dims=false", "x=run:[3.0,5.0,5.0,1.0,1.0]"};
constexpr std::string_view kArgSamples17[] = {"x=fp32[2,7] output_dtype=\"uint16\"",
                                              "x=fp16[2,7] axis=0 keep_dims=true",
                                              "x=int32[2,7]{-9999..9999} output_dtype=\"int32\""};

constexpr OpDef reduce(std::string_view name, std::string_view doc, ReferenceFn reference,
                       Lines samples) {
  return {.name = name,
          .since = kIos15,
          .doc = doc,
          .params = kParams,
          .outputs = kY,
          .infer = infer_reduce,
          .reference = reference,
          .samples = samples};
}

constexpr OpDef arg(std::string_view name, ir::Opset since, std::string_view doc,
                    ReferenceFn reference) {
  const bool new_form = since >= kIos17;
  return {.name = name,
          .since = since,
          .doc = doc,
          .params = new_form ? std::span<const ParamDef>(kArgParams17)
                             : std::span<const ParamDef>(kArgParams),
          .outputs = kY,
          .infer = infer_arg,
          .reference = reference,
          .samples = new_form ? Lines(kArgSamples17) : Lines(kArgSamples)};
}

constexpr std::string_view kArgmaxDoc =
    "The position of the largest element along `axis`, the first of equal ones (or the first NaN).";
constexpr std::string_view kArgminDoc =
    "The position of the smallest element along `axis`, the first of equal ones (or the first "
    "NaN).";

constexpr OpDef kOps[] = {
    arg("reduce_argmax", kIos15, kArgmaxDoc, reference::reduce_argmax),
    arg("reduce_argmax", kIos17, kArgmaxDoc, reference::reduce_argmax),
    arg("reduce_argmin", kIos15, kArgminDoc, reference::reduce_argmin),
    arg("reduce_argmin", kIos17, kArgminDoc, reference::reduce_argmin),
    reduce("reduce_l1_norm", "sum |x| over `axes` (all when absent).", reference::reduce_l1_norm,
           kSamples),
    reduce("reduce_l2_norm",
           "sqrt(sum x^2) over `axes` (all when absent). Integers: truncated toward zero.",
           reference::reduce_l2_norm, kSamples),
    reduce("reduce_log_sum",
           "ln(sum x) over `axes` (all when absent). Integers: truncated toward zero.",
           reference::reduce_log_sum, kPositiveSamples),
    reduce("reduce_log_sum_exp",
           "ln(sum e^x) over `axes` (all when absent), without overflow. Integers: truncated "
           "toward zero.",
           reference::reduce_log_sum_exp, kLargeSamples),
    reduce("reduce_max",
           "The largest element over `axes` (all when absent), NaN when there is one; of no "
           "elements the smallest value of the dtype.",
           reference::reduce_max, kSamples),
    reduce("reduce_mean",
           "sum x / n over `axes` (all when absent); of no elements NaN. Integers: truncated "
           "toward zero.",
           reference::reduce_mean, kSamples),
    reduce("reduce_min",
           "The smallest element over `axes` (all when absent), NaN when there is one; of no "
           "elements the largest value of the dtype.",
           reference::reduce_min, kSamples),
    reduce("reduce_prod", "The product over `axes` (all when absent), 1 of no elements.",
           reference::reduce_prod, kSumSamples),
    reduce("reduce_sum", "The sum over `axes` (all when absent), 0 of no elements.",
           reference::reduce_sum, kSumSamples),
    reduce("reduce_sum_square", "sum x^2 over `axes` (all when absent).",
           reference::reduce_sum_square, kSumSamples),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> reduction_ops() { return kOps; }

}  // namespace pome::ops
