#include "ops/activation.h"

#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;
using P = ActivationParam;
using enum ir::Opset;

/// prelu and softplus_parametric: vectors of one value per channel.
Status infer_per_channel(const Args& args, Inferred& out) {
  POME_TRY(check_rank(args, P::kX, 2, Shape::kMaxRank));
  const int64_t channels = args.shape(P::kX)[1];
  POME_TRY(check_vector(args, P::kAlpha, channels, "one value per channel (axis 1) of x"));
  POME_TRY(check_vector(args, P::kBeta, channels, "one value per channel (axis 1) of x"));
  return infer_like_first(args, out);
}

Status infer_gelu(const Args& args, Inferred& out) {
  POME_TRY(
      check_text(args, GeluParam::kMode, {"EXACT", "TANH_APPROXIMATION", "SIGMOID_APPROXIMATION"}));
  return infer_like_first(args, out);
}

Status infer_softmax(const Args& args, Inferred& out) {
  const int rank = args.shape(SoftmaxParam::kX).rank();
  POME_TRY(axis_param(args, SoftmaxParam::kAxis, rank));
  return infer_like_first(args, out);
}

constexpr ParamDef kX = {.name = "x", .types = kFloats, .group = 'T'};
constexpr ParamDef scalar(std::string_view name, char group) {
  return {.name = name, .types = kFloats, .flags = kConst | kScalar, .group = group};
}
constexpr ParamDef vector(std::string_view name, char group) {
  return {.name = name, .types = kFloats, .flags = kConstWeight, .group = group};
}

constexpr ParamDef kXParams[] = {kX};
// Parameters are of x's element type until ios17 and of their own from then on.
template <char kGroup>
constexpr ParamDef kAlphaParams[] = {kX, scalar("alpha", kGroup)};
template <char kGroup>
constexpr ParamDef kAlphaBetaParams[] = {kX, scalar("alpha", kGroup), scalar("beta", kGroup)};
template <char kGroup>
constexpr ParamDef kAlphaVectorParams[] = {kX, vector("alpha", kGroup)};
template <char kGroup>
constexpr ParamDef kAlphaBetaVectorParams[] = {kX, vector("alpha", kGroup), vector("beta", kGroup)};
constexpr ParamDef kGeluParams[] = {kX,
                                    {.name = "mode",
                                     .types = kStrings,
                                     .flags = kOptional | kConst | kScalar,
                                     .fallback = def_text("EXACT")}};
constexpr ParamDef kSoftmaxParams[] = {kX,
                                       {.name = "axis",
                                        .types = kInt32s,
                                        .flags = kOptional | kConst | kScalar,
                                        .fallback = def_int(-1)}};

constexpr std::string_view kOutputs[] = {"output"};

constexpr std::string_view kXSamples[] = {
    "x=fp32[2,3,5]{-9..9}",
    "x=fp16[7]{-9..9}",
    "x=fp32[]",
    "x=run:[-1e4,-100.0,-6.0,-1e-3,0.0,1e-3,3.0,6.0,100.0,1e4]",
    "x=fp32[2,0]",
};
constexpr std::string_view kAlphaSamples[] = {
    "x=fp32[2,3,5]{-4..4} alpha=0.5",
    "x=fp16[7]{-4..4} alpha=0.1",
    "x=run:[-50.0,-0.25,0.0,0.25,50.0] alpha=0.25",
};
constexpr std::string_view kAlphaSamples17[] = {
    "x=fp16[7]{-4..4} alpha=fp32:0.1",
    "x=fp32[2,9]{-4..4} alpha=fp16:0.3",
    "x=fp32[5]{-4..4} alpha=1.5",
};
constexpr std::string_view kAlphaBetaSamples[] = {
    "x=fp32[2,3,5]{-4..4} alpha=0.5 beta=1.5",
    "x=fp16[7]{-4..4} alpha=0.2 beta=0.5",
    "x=run:[-50.0,-0.25,0.0,0.25,50.0] alpha=0.25 beta=0.7",
};
constexpr std::string_view kAlphaBetaSamples17[] = {
    "x=fp16[7]{-4..4} alpha=fp32:0.1 beta=fp32:0.9",
    "x=fp32[2,9]{-4..4} alpha=fp16:0.3 beta=fp16:1.1",
};
constexpr std::string_view kPreluSamples[] = {
    "x=fp32[2,3,4,5] alpha=const:fp32[3]", "x=fp32[1,4,7] alpha=const:fp32[4]",
    "x=fp32[2,6] alpha=const:fp32[6]",     "x=fp32[1,2,2,3,2] alpha=const:fp32[2]",
    "x=fp16[1,3,5] alpha=const:fp16[3]",
};
constexpr std::string_view kPreluSamples17[] = {
    "x=fp16[1,3,5] alpha=const:fp32[3]",
    "x=fp32[1,3,5,2] alpha=const:fp16[3]",
};
constexpr std::string_view kSoftplusParametricSamples[] = {
    "x=fp32[2,3,4,5] alpha=const:fp32[3] beta=const:fp32[3]{0.5..2}",
    "x=fp32[1,4,7]{-90..90} alpha=const:fp32[4] beta=const:fp32[4]{-2..2}",
    "x=fp16[1,3,5] alpha=const:fp16[3] beta=const:fp16[3]{0.5..2}",
};
constexpr std::string_view kSoftplusParametricSamples17[] = {
    "x=fp16[1,3,5] alpha=const:fp32[3] beta=const:fp32[3]{0.5..2}",
    "x=fp32[1,3,5,2] alpha=const:fp16[3] beta=const:fp16[3]{0.5..2}",
};
constexpr std::string_view kGeluSamples[] = {
    "x=fp32[2,3,5]{-5..5}",
    "x=fp32[2,3,5]{-5..5} mode=\"EXACT\"",
    "x=fp32[2,3,5]{-5..5} mode=\"TANH_APPROXIMATION\"",
    "x=fp32[2,3,5]{-5..5} mode=\"SIGMOID_APPROXIMATION\"",
    "x=fp16[9]{-5..5}",
};
constexpr std::string_view kSoftmaxSamples[] = {
    "x=fp32[2,3,5]{-4..4}",
    "x=fp32[2,3,5]{-4..4} axis=1",
    "x=fp32[2,3,5]{-4..4} axis=-3",
    "x=fp16[3,7]{-4..4} axis=-1",
    "x=fp32[1,4,3,3]{-300..300} axis=1",
    "x=fp32[0,3]",
};

constexpr OpDef activation(std::string_view name, std::string_view doc,
                           std::span<const ParamDef> params, ReferenceFn reference, Lines samples,
                           ir::Opset since = kIos15) {
  return {.name = name,
          .since = since,
          .doc = doc,
          .params = params,
          .outputs = kOutputs,
          .properties = kElementwise | kInPlace,
          .infer = infer_like_first,
          .reference = reference,
          .samples = samples};
}

/// An activation whose parameters are one value per channel.
constexpr OpDef per_channel(std::string_view name, std::string_view doc,
                            std::span<const ParamDef> params, ReferenceFn reference, Lines samples,
                            ir::Opset since = kIos15) {
  OpDef def = activation(name, doc, params, reference, samples, since);
  def.properties = kInPlace;
  def.infer = infer_per_channel;
  return def;
}

constexpr OpDef gelu() {
  OpDef def = activation("gelu",
                         "Gaussian error linear unit. EXACT: y = x / 2 * (1 + erf(x / sqrt(2))); "
                         "TANH_APPROXIMATION: y = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 "
                         "x^3))); SIGMOID_APPROXIMATION: y = x * sigmoid(1.702 x).",
                         kGeluParams, reference::gelu, kGeluSamples);
  def.infer = infer_gelu;
  return def;
}

constexpr OpDef softmax() {
  OpDef def =
      activation("softmax", "y = exp(x - max(x)) / sum(exp(x - max(x))), max and sum along axis.",
                 kSoftmaxParams, reference::softmax, kSoftmaxSamples);
  def.properties = kInPlace;
  def.infer = infer_softmax;
  return def;
}

constexpr std::string_view kClampedReluDoc = "y = min(beta, x >= 0 ? x : alpha * x).";
constexpr std::string_view kEluDoc = "y = x where x > 0, else alpha * (exp(x) - 1).";
constexpr std::string_view kLeakyReluDoc = "y = x where x >= 0, else alpha * x.";
constexpr std::string_view kLinearDoc = "y = alpha * x + beta.";
constexpr std::string_view kPreluDoc =
    "y = x where x >= 0, else alpha[c] * x, c being the channel (axis 1).";
constexpr std::string_view kScaledTanhDoc = "y = alpha * tanh(beta * x).";
constexpr std::string_view kSigmoidHardDoc = "y = min(max(alpha * x + beta, 0), 1).";
constexpr std::string_view kSoftplusParametricDoc =
    "y = alpha[c] * ln(1 + exp(beta[c] * x)), c being the channel (axis 1).";
constexpr std::string_view kThresholdedReluDoc = "y = x where x >= alpha, else 0.";

constexpr OpDef kOps[] = {
    activation("clamped_relu", kClampedReluDoc, kAlphaBetaParams<'T'>, reference::clamped_relu,
               kAlphaBetaSamples),
    activation("clamped_relu", kClampedReluDoc, kAlphaBetaParams<'U'>, reference::clamped_relu,
               kAlphaBetaSamples17, kIos17),
    activation("elu", kEluDoc, kAlphaParams<'T'>, reference::elu, kAlphaSamples),
    activation("elu", kEluDoc, kAlphaParams<'U'>, reference::elu, kAlphaSamples17, kIos17),
    gelu(),
    activation("leaky_relu", kLeakyReluDoc, kAlphaParams<'T'>, reference::leaky_relu,
               kAlphaSamples),
    activation("leaky_relu", kLeakyReluDoc, kAlphaParams<'U'>, reference::leaky_relu,
               kAlphaSamples17, kIos17),
    activation("linear_activation", kLinearDoc, kAlphaBetaParams<'T'>, reference::linear_activation,
               kAlphaBetaSamples),
    activation("linear_activation", kLinearDoc, kAlphaBetaParams<'U'>, reference::linear_activation,
               kAlphaBetaSamples17, kIos17),
    per_channel("prelu", kPreluDoc, kAlphaVectorParams<'T'>, reference::prelu, kPreluSamples),
    per_channel("prelu", kPreluDoc, kAlphaVectorParams<'U'>, reference::prelu, kPreluSamples17,
                kIos17),
    activation("relu", "y = max(x, 0); NaN stays NaN.", kXParams, reference::relu, kXSamples),
    activation("relu6", "y = min(max(x, 0), 6); NaN stays NaN.", kXParams, reference::relu6,
               kXSamples),
    activation("scaled_tanh", kScaledTanhDoc, kAlphaBetaParams<'T'>, reference::scaled_tanh,
               kAlphaBetaSamples),
    activation("scaled_tanh", kScaledTanhDoc, kAlphaBetaParams<'U'>, reference::scaled_tanh,
               kAlphaBetaSamples17, kIos17),
    activation("sigmoid", "y = 1 / (1 + exp(-x)).", kXParams, reference::sigmoid, kXSamples),
    activation("sigmoid_hard", kSigmoidHardDoc, kAlphaBetaParams<'T'>, reference::sigmoid_hard,
               kAlphaBetaSamples),
    activation("sigmoid_hard", kSigmoidHardDoc, kAlphaBetaParams<'U'>, reference::sigmoid_hard,
               kAlphaBetaSamples17, kIos17),
    activation("silu", "y = x * sigmoid(x) = x / (1 + exp(-x)).", kXParams, reference::silu,
               kXSamples),
    softmax(),
    activation("softplus", "y = ln(1 + exp(x)).", kXParams, reference::softplus, kXSamples),
    per_channel("softplus_parametric", kSoftplusParametricDoc, kAlphaBetaVectorParams<'T'>,
                reference::softplus_parametric, kSoftplusParametricSamples),
    per_channel("softplus_parametric", kSoftplusParametricDoc, kAlphaBetaVectorParams<'U'>,
                reference::softplus_parametric, kSoftplusParametricSamples17, kIos17),
    activation("softsign", "y = x / (1 + |x|).", kXParams, reference::softsign, kXSamples),
    activation("thresholded_relu", kThresholdedReluDoc, kAlphaParams<'T'>,
               reference::thresholded_relu, kAlphaSamples),
    activation("thresholded_relu", kThresholdedReluDoc, kAlphaParams<'U'>,
               reference::thresholded_relu, kAlphaSamples17, kIos17),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> activation_ops() { return kOps; }

}  // namespace pome::ops
