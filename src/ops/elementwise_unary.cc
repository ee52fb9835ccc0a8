// One result element from one element: abs to threshold, cast, clip.
#include "ops/elementwise_unary.h"

#include <array>

#include "base/try.h"
#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;
using enum ir::Opset;

constexpr std::string_view kY[] = {"y"};
constexpr ParamDef kFloatX[] = {{"x", kFloats, kRequired, 'T', {}}};
constexpr ParamDef kNumberX[] = {{"x", kNumbers, kRequired, 'T', {}}};
constexpr ParamDef kBoolX[] = {{"x", kBools, kRequired, 'T', {}}};
constexpr ParamDef kClipParams[] = {{"x", kFloats, kRequired, 'T', {}},
                                    {"alpha", kFloats, kConst | kScalar, 'T', {}},
                                    {"beta", kFloats, kConst | kScalar, 'T', {}}};
constexpr ParamDef kThresholdParams[] = {{"x", kNumbers, kRequired, 'T', {}},
                                         {"alpha", kNumbers, kConst | kScalar, 'T', {}}};

/// x and epsilon, of x's group until ios17 and of its own from then on.
constexpr std::array<ParamDef, 2> epsilon_params(double epsilon, char group) {
  return {{{"x", kFloats, kRequired, 'T', {}},
           {"epsilon", kFloats, kOptional | kConst | kScalar, group, def_float(epsilon)}}};
}
constexpr auto kInverseParams = epsilon_params(1e-4, 'T');
constexpr auto kInverseParams17 = epsilon_params(1e-4, 'U');
constexpr auto kLogParams = epsilon_params(1e-45, 'T');
constexpr auto kLogParams17 = epsilon_params(1e-45, 'U');
constexpr auto kRsqrtParams = epsilon_params(1e-12, 'T');
constexpr auto kRsqrtParams17 = epsilon_params(1e-12, 'U');

constexpr TypeSet kCast15 = kNumbersBool;
constexpr ParamDef kCastParams[] = {{"x", kCast15, kRequired, 'T', {}},
                                    {"dtype", kStrings, kConst | kScalar, 0, {}}};
constexpr ParamDef kCastParams17[] = {{"x", kNumbersBool17, kRequired, 'T', {}},
                                      {"dtype", kStrings, kConst | kScalar, 0, {}}};

Status infer_cast(const Args& args, Inferred& out) {
  POME_ASSIGN(const ir::DType dtype,
              dtype_param(args, kCastDtype, args.def().params[kCastX].types));
  return set_output(args, out, dtype, args.shape(kCastX));
}

constexpr std::string_view kAnySamples[] = {"x=fp32[2,3,5]{-4..4}", "x=fp16[7]{-4..4}", "x=fp32[]",
                                            "x=fp32[3,0]"};
constexpr std::string_view kUnitSamples[] = {"x=fp32[2,17]{-1..1}", "x=fp16[9]{-0.9..0.9}",
                                             "x=fp32[]"};
constexpr std::string_view kPositiveSamples[] = {"x=fp32[2,17]{0..9}", "x=fp16[9]{0.01..9}",
                                                 "x=fp32[]{1..2}"};
constexpr std::string_view kNumberSamples[] = {"x=fp32[2,3,5]{-4..4}", "x=fp16[7]{-4..4}",
                                               "x=int32[11]{-6..6}", "x=run:[0,-3,7]",
                                               "x=run:[0.0,-0.5,inf]"};
constexpr std::string_view kRoundSamples[] = {"x=run:[0.5,1.5,2.5,-0.5,-1.5,2.4999,-3.7,0.0,1e9]",
                                              "x=run:fp16:[0.5,1.5,-2.5,3.25]",
                                              "x=fp32[3,4]{-9..9}"};
constexpr std::string_view kNotSamples[] = {"x=bool[2,9]", "x=const:bool[3]"};
constexpr std::string_view kClipDoc = "y = min(max(x, alpha), beta); beta where beta < alpha.";
constexpr std::string_view kClipSamples[] = {
    "x=fp32[2,3,5]{-4..4} alpha=-1.5 beta=2.5", "x=fp16[7]{-4..4} alpha=0.0 beta=3.3",
    "x=run:[-inf,0.5,inf] alpha=0.0 beta=6.0", "x=fp32[4] alpha=0.5 beta=-0.5"};
constexpr std::string_view kThresholdSamples[] = {
    "x=fp32[2,3,5]{-4..4} alpha=-1.5", "x=fp16[7]{-4..4} alpha=0.1", "x=int32[9] alpha=3"};
constexpr std::string_view kEpsilonSamples[] = {"x=fp32[2,17]{0.1..9}", "x=fp16[9]{0.1..9}",
                                                "x=fp32[7]{0.1..2} epsilon=0.5",
                                                "x=fp16[7]{0.1..2} epsilon=0.1", "x=fp32[]{1..2}"};
constexpr std::string_view kEpsilonSamples17[] = {"x=fp32[2,17]{0.1..9}", "x=fp16[9]{0.1..9}",
                                                  "x=fp16[7]{0.1..2} epsilon=fp32:0.1",
                                                  "x=fp32[7]{0.1..2} epsilon=fp16:0.5"};
constexpr std::string_view kCastSamples[] = {
    "x=fp32[3,4]{-9..9} dtype=\"int32\"",
    "x=fp32[3,4]{-9..9} dtype=\"fp16\"",
    "x=run:[70000.0,-65504.0,1e-8,0.1,2.7,-2.7] dtype=\"fp16\"",
    "x=run:[0.0,0.5,-1.0] dtype=\"bool\"",
    "x=fp16[5]{-9..9} dtype=\"fp32\"",
    "x=int32[6] dtype=\"fp32\"",
    "x=int32[6]{-1..1} dtype=\"bool\"",
    "x=const:int32[6] dtype=\"int32\"",
    "x=bool[6] dtype=\"fp32\"",
    "x=bool[6] dtype=\"int32\""};
constexpr std::string_view kCastSamples17[] = {"x=fp32[3,4]{0..200} dtype=\"uint8\"",
                                               "x=fp16[5]{-100..100} dtype=\"int8\"",
                                               "x=int32[5]{-30000..30000} dtype=\"int16\"",
                                               "x=int16[5] dtype=\"int32\"",
                                               "x=int8[5] dtype=\"fp16\"",
                                               "x=uint16[5] dtype=\"fp32\"",
                                               "x=uint8[5] dtype=\"int32\"",
                                               "x=bool[5] dtype=\"uint16\""};

constexpr OpDef unary(std::string_view name, std::string_view doc, std::span<const ParamDef> params,
                      ReferenceFn reference, Lines samples, ir::Opset since = kIos15) {
  return {.name = name,
          .since = since,
          .doc = doc,
          .params = params,
          .outputs = kY,
          .properties = kElementwise | kInPlace,
          .infer = infer_like_first,
          .reference = reference,
          .samples = samples};
}

constexpr OpDef cast(ir::Opset since, std::span<const ParamDef> params, Lines samples) {
  return {.name = "cast",
          .since = since,
          .doc =
              "x in another element type. Float to integer truncates toward zero and saturates "
              "(NaN gives 0), integer to narrower integer wraps, float to float rounds to "
              "nearest even, to bool is x != 0, from bool 0 or 1.",
          .params = params,
          .outputs = kY,
          .properties = kElementwise,
          .infer = infer_cast,
          .reference = reference::cast,
          .samples = samples};
}

constexpr std::string_view kInverseDoc = "y = 1 / (x + epsilon).";
constexpr std::string_view kLogDoc =
    "y = ln(x + epsilon). The default epsilon 1e-45 is 0 in float16.";
constexpr std::string_view kRsqrtDoc = "y = 1 / sqrt(x + epsilon).";

constexpr OpDef kOps[] = {
    unary("abs", "y = |x|.", kNumberX, reference::abs, kNumberSamples),
    unary("acos", "y = arccos(x), in radians; NaN outside -1..1.", kFloatX, reference::acos,
          kUnitSamples),
    unary("asin", "y = arcsin(x), in radians; NaN outside -1..1.", kFloatX, reference::asin,
          kUnitSamples),
    unary("atan", "y = arctan(x), in radians.", kFloatX, reference::atan, kAnySamples),
    unary("atanh", "y = artanh(x) = ln((1 + x) / (1 - x)) / 2.", kFloatX, reference::atanh,
          kUnitSamples),
    cast(kIos15, kCastParams, kCastSamples),
    cast(kIos17, kCastParams17, kCastSamples17),
    unary("ceil", "y = the smallest integer >= x.", kFloatX, reference::ceil, kRoundSamples),
    unary("clip", kClipDoc, kClipParams, reference::clip, kClipSamples),
    unary("clip", kClipDoc, kClipParams, reference::clip, kClipSamples, kIos17),
    unary("cos", "y = cos(x), x in radians.", kFloatX, reference::cos, kAnySamples),
    unary("cosh", "y = cosh(x).", kFloatX, reference::cosh, kAnySamples),
    unary("erf", "y = erf(x) = 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x.", kFloatX,
          reference::erf, kAnySamples),
    unary("exp", "y = e^x.", kFloatX, reference::exp, kAnySamples),
    unary("exp2", "y = 2^x; for integers truncated toward zero.", kNumberX, reference::exp2,
          kNumberSamples),
    unary("floor", "y = the largest integer <= x.", kFloatX, reference::floor, kRoundSamples),
    unary("inverse", kInverseDoc, kInverseParams, reference::inverse, kEpsilonSamples),
    unary("inverse", kInverseDoc, kInverseParams17, reference::inverse, kEpsilonSamples17, kIos17),
    unary("log", kLogDoc, kLogParams, reference::log, kEpsilonSamples),
    unary("log", kLogDoc, kLogParams17, reference::log, kEpsilonSamples17, kIos17),
    unary("logical_not", "y = not x.", kBoolX, reference::logical_not, kNotSamples),
    unary("round", "y = x rounded to the nearest integer, halves to the even one.", kFloatX,
          reference::round, kRoundSamples),
    unary("rsqrt", kRsqrtDoc, kRsqrtParams, reference::rsqrt, kEpsilonSamples),
    unary("rsqrt", kRsqrtDoc, kRsqrtParams17, reference::rsqrt, kEpsilonSamples17, kIos17),
    unary("sign", "y = -1, 0 or 1 as x < 0, x = 0 or x > 0.", kNumberX, reference::sign,
          kNumberSamples),
    unary("sin", "y = sin(x), x in radians.", kFloatX, reference::sin, kAnySamples),
    unary("sinh", "y = sinh(x).", kFloatX, reference::sinh, kAnySamples),
    unary("sqrt", "y = sqrt(x); NaN for x < 0.", kFloatX, reference::sqrt, kPositiveSamples),
    unary("square", "y = x * x.", kNumberX, reference::square, kNumberSamples),
    unary("tan", "y = tan(x), x in radians.", kFloatX, reference::tan, kUnitSamples),
    unary("tanh", "y = tanh(x).", kFloatX, reference::tanh, kAnySamples),
    unary("threshold", "y = max(x, alpha).", kThresholdParams, reference::threshold,
          kThresholdSamples),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> elementwise_unary_ops() { return kOps; }

}  // namespace pome::ops
