// One result element from two, with NumPy's broadcasting: arithmetic, comparisons, logic.
#include "ops/elementwise_binary.h"

#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;

constexpr std::string_view kZ[] = {"z"};
constexpr ParamDef kNumberParams[] = {{"x", kNumbers, kRequired, 'T', {}},
                                      {"y", kNumbers, kRequired, 'T', {}}};
constexpr ParamDef kBoolParams[] = {{"x", kBools, kRequired, 'T', {}},
                                    {"y", kBools, kRequired, 'T', {}}};

Status infer_broadcast(const Args& args, Inferred& out, ir::DType dtype) {
  const Shape& x = args.shape(kBinaryX);
  const Shape& y = args.shape(kBinaryY);
  const auto shape = broadcast(x, y);
  if (!shape) {
    return Error(ErrorCode::kShapeMismatch,
                 "x has shape " + x.to_string() + " and y has shape " + y.to_string() +
                     ", these do not broadcast: counted from the last, extents must be equal or 1");
  }
  return set_output(args, out, dtype, *shape);
}

Status infer_arithmetic(const Args& args, Inferred& out) {
  return infer_broadcast(args, out, args.dtype(kBinaryX));
}

Status infer_bool(const Args& args, Inferred& out) {
  return infer_broadcast(args, out, ir::DType::kBool);
}

constexpr std::string_view kNumberSamples[] = {"x=fp32[2,3,5]{-4..4} y=fp32[2,3,5]{-4..4}",
                                               "x=fp32[2,3,5]{-4..4} y=fp32[3,1]{-4..4}",
                                               "x=fp32[4,1,3] y=const:fp32[2,1]{1..3}",
                                               "x=fp32[7] y=fp32[]",
                                               "x=run:2.5 y=0.5",
                                               "x=fp32[3,0] y=fp32[1]",
                                               "x=fp16[9]{-4..4} y=fp16[9]{1..4}",
                                               "x=int32[3,7]{-9..9} y=int32[7]{1..5}",
                                               "x=const:int32[4]{-9..9} y=const:int32[4]{1..5}"};
constexpr std::string_view kDivideSamples[] = {
    "x=fp32[2,3,5]{-4..4} y=fp32[2,3,5]{0.25..4}",
    "x=fp32[2,3,5]{-40..40} y=fp32[3,1]{-4..-0.25}",
    "x=fp32[4,1,3] y=const:fp32[2,1]{1..3}",
    "x=run:[7.0,-7.0,7.0,-7.0,0.0,1.0] y=[2.0,2.0,-2.0,-2.0,3.0,0.0]",
    "x=fp16[9]{-4..4} y=fp16[9]{1..4}",
    "x=int32[3,7]{-99..99} y=int32[7]{1..5}",
    "x=int32[3,7]{-99..99} y=int32[7]{-5..-1}",
    "x=const:int32[4]{-9..9} y=const:int32[4]{1..5}"};
constexpr std::string_view kPowSamples[] = {
    "x=fp32[2,3,5]{0.1..3} y=fp32[3,1]{-2..2}", "x=fp32[7]{-3..3} y=2.0",
    "x=fp16[9]{0.1..3} y=fp16[9]{-1..2}", "x=int32[3,4]{-5..5} y=int32[4]{0..6}"};
constexpr std::string_view kCompareSamples[] = {
    "x=fp32[2,3,5] y=fp32[3,1]", "x=run:[0.0,1.0,nan,inf] y=[0.0,2.0,0.0,inf]",
    "x=fp16[9] y=fp16[9]", "x=int32[3,17]{-2..2} y=int32[17]{-2..2}",
    "x=const:int32[9]{0..1} y=const:int32[9]{0..1}"};
constexpr std::string_view kBoolSamples[] = {"x=bool[4,9] y=bool[4,9]", "x=bool[4,1] y=bool[7]",
                                             "x=const:bool[8] y=true"};

constexpr OpDef binary(std::string_view name, std::string_view doc, ReferenceFn reference,
                       Lines samples, uint32_t properties = kPlain) {
  return {.name = name,
          .since = ir::Opset::kIos15,
          .doc = doc,
          .params = kNumberParams,
          .outputs = kZ,
          .properties = kElementwise | kInPlace | properties,
          .infer = infer_arithmetic,
          .reference = reference,
          .samples = samples};
}

constexpr OpDef compare(std::string_view name, std::string_view doc, ReferenceFn reference,
                        uint32_t properties = kPlain) {
  return {.name = name,
          .since = ir::Opset::kIos15,
          .doc = doc,
          .params = kNumberParams,
          .outputs = kZ,
          .properties = kElementwise | properties,
          .infer = infer_bool,
          .reference = reference,
          .samples = kCompareSamples};
}

constexpr OpDef logical(std::string_view name, std::string_view doc, ReferenceFn reference) {
  return {.name = name,
          .since = ir::Opset::kIos15,
          .doc = doc,
          .params = kBoolParams,
          .outputs = kZ,
          .properties = kElementwise | kCommutative | kInPlace,
          .infer = infer_bool,
          .reference = reference,
          .samples = kBoolSamples};
}

constexpr OpDef kOps[] = {
    binary("add", "z = x + y, broadcast. Integers wrap.", reference::add, kNumberSamples,
           kCommutative),
    compare("equal", "z = (x == y), broadcast.", reference::equal, kCommutative),
    binary("floor_div",
           "z = floor(x / y), broadcast: rounded toward minus infinity. An integer divided by 0 "
           "gives 0.",
           reference::floor_div, kDivideSamples),
    compare("greater", "z = (x > y), broadcast.", reference::greater),
    compare("greater_equal", "z = (x >= y), broadcast.", reference::greater_equal),
    compare("less", "z = (x < y), broadcast.", reference::less),
    compare("less_equal", "z = (x <= y), broadcast.", reference::less_equal),
    logical("logical_and", "z = x and y, broadcast.", reference::logical_and),
    logical("logical_or", "z = x or y, broadcast.", reference::logical_or),
    logical("logical_xor", "z = (x != y), broadcast.", reference::logical_xor),
    binary("maximum", "z = the larger of x and y, broadcast; NaN when one is NaN.",
           reference::maximum, kNumberSamples, kCommutative),
    binary("minimum", "z = the smaller of x and y, broadcast; NaN when one is NaN.",
           reference::minimum, kNumberSamples, kCommutative),
    binary("mod",
           "z = x - y * floor(x / y), broadcast: the sign is that of y. An integer modulo 0 gives "
           "0.",
           reference::mod, kDivideSamples),
    binary("mul", "z = x * y, broadcast. Integers wrap.", reference::mul, kNumberSamples,
           kCommutative),
    compare("not_equal", "z = (x != y), broadcast.", reference::not_equal, kCommutative),
    binary("pow",
           "z = x^y, broadcast. For integers y < 0 gives the power truncated toward zero (0 for "
           "x = 0), and overflow wraps.",
           reference::pow, kPowSamples),
    binary("real_div",
           "z = x / y, broadcast. For integers the quotient truncated toward zero, 0 when y is 0.",
           reference::real_div, kDivideSamples),
    binary("sub", "z = x - y, broadcast. Integers wrap.", reference::sub, kNumberSamples),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> elementwise_binary_ops() { return kOps; }

}  // namespace pome::ops
