#include "ops/normalization.h"

#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;
using enum ir::Opset;

constexpr std::string_view kPerChannel = "one value per channel (axis 1) of x";

Status infer_batch_norm(const Args& args, Inferred& out) {
  using P = BatchNormParam;
  POME_TRY(check_rank(args, P::kX, 3, 5));
  for (const int param : {P::kMean, P::kVariance, P::kGamma, P::kBeta})
    POME_TRY(check_vector(args, param, args.shape(P::kX)[1], kPerChannel));
  return infer_like_first(args, out);
}

Status infer_instance_norm(const Args& args, Inferred& out) {
  using P = InstanceNormParam;
  POME_TRY(check_rank(args, P::kX, 3, 5));
  for (const int param : {P::kGamma, P::kBeta})
    POME_TRY(check_vector(args, param, args.shape(P::kX)[1], kPerChannel));
  return infer_like_first(args, out);
}

Status infer_layer_norm(const Args& args, Inferred& out) {
  using P = LayerNormParam;
  const Shape& x = args.shape(P::kX);
  POME_ASSIGN(const Ints axes, layer_norm_axes(args));
  Shape normalized;
  for (const int64_t axis : axes) normalized.push_back(x[static_cast<int>(axis)]);
  for (const int param : {P::kGamma, P::kBeta}) {
    if (!args.has(param)) continue;
    const Shape& shape = args.shape(param);
    bool fits = shape.rank() == normalized.rank();
    for (int i = 0; fits && i < shape.rank(); ++i) fits = extents_agree(shape[i], normalized[i]);
    if (!fits) {
      return unexpected_shape(args, param,
                              normalized.to_string() + ": the extents of x " + x.to_string() +
                                  " on axes " + to_string(axes));
    }
  }
  return infer_like_first(args, out);
}

Status infer_l2_norm(const Args& args, Inferred& out) {
  POME_TRY(check_rank(args, L2NormParam::kX, 3, Shape::kMaxRank));
  return infer_like_first(args, out);
}

Status infer_local_response_norm(const Args& args, Inferred& out) {
  using P = LocalResponseNormParam;
  POME_TRY(check_rank(args, P::kX, 3, Shape::kMaxRank));
  POME_TRY(count_param(args, P::kSize, 1));
  return infer_like_first(args, out);
}

constexpr ParamDef x_param() { return {.name = "x", .types = kFloats, .group = 'T'}; }
constexpr ParamDef weights(std::string_view name, char group, uint8_t flags = kOptional) {
  return {.name = name,
          .types = kFloats,
          .flags = static_cast<uint8_t>(flags | kConstWeight),
          .group = group};
}
constexpr ParamDef number(std::string_view name, char group, double fallback) {
  return {.name = name,
          .types = kFloats,
          .flags = kOptional | kConst | kScalar,
          .group = group,
          .fallback = def_float(fallback)};
}

// Parameters are of x's element type until ios17 and of their own from then on.
template <char kGroup>
constexpr ParamDef kBatchNormParams[] = {
    x_param(),
    weights("mean", kGroup, kRequired),
    weights("variance", kGroup, kRequired),
    weights("gamma", kGroup),
    weights("beta", kGroup),
    number("epsilon", kGroup, 1e-5),
};
template <char kGroup>
constexpr ParamDef kInstanceNormParams[] = {
    x_param(), weights("gamma", kGroup), weights("beta", kGroup), number("epsilon", kGroup, 1e-5)};
template <char kGroup>
constexpr ParamDef kLayerNormParams[] = {
    x_param(),
    {.name = "axes", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    weights("gamma", kGroup),
    weights("beta", kGroup),
    number("epsilon", kGroup, 1e-5),
};
template <char kGroup>
constexpr ParamDef kL2NormParams[] = {x_param(), number("epsilon", kGroup, 1e-6)};
template <char kGroup>
constexpr ParamDef kLocalResponseNormParams[] = {
    x_param(),
    {.name = "size", .types = kInt32s, .flags = kConst | kScalar},
    number("alpha", kGroup, 1e-4),
    number("beta", kGroup, 0.75),
    number("k", kGroup, 1.0),
};

constexpr std::string_view kOutputs[] = {"output"};

constexpr std::string_view kBatchNormDoc =
    "y = gamma[c] * (x - mean[c]) / sqrt(variance[c] + epsilon) + beta[c], c being the channel "
    "(axis 1) of x, which has rank 3 to 5. Absent gamma is 1, absent beta 0.";
constexpr std::string_view kInstanceNormDoc =
    "y = gamma[c] * (x - mean) / sqrt(variance + epsilon) + beta[c], mean and variance (divided by "
    "the count) being those of x [N, C, ...] over all but the first two axes. Absent gamma is 1, "
    "absent beta 0.";
constexpr std::string_view kLayerNormDoc =
    "y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, mean and variance (divided by the "
    "count) being those of x over `axes` (all, where absent). gamma and beta have the extents of x "
    "on the axes, in ascending order, and are the same for all other positions; absent gamma is 1, "
    "absent beta 0.";
constexpr std::string_view kL2NormDoc =
    "y = x / sqrt(sum x^2 + epsilon), the sum going over the last three axes.";
constexpr std::string_view kLocalResponseNormDoc =
    "y = x / (k + alpha / size * sum x^2)^beta, the sum going over `size` channels (axis 1): those "
    "from c - floor(size / 2) to c + floor((size - 1) / 2) that exist.";

constexpr std::string_view kBatchNormSamples[] = {
    "x=fp32[2,3,4,5] mean=const:fp32[3] variance=const:fp32[3]{0.5..2} gamma=const:fp32[3] "
    "beta=const:fp32[3]",
    "x=fp32[2,3,7] mean=const:fp32[3] variance=const:fp32[3]{0.0..0.1} epsilon=0.01",
    "x=fp32[1,2,2,3,2] mean=const:fp32[2] variance=const:fp32[2]{0.5..2} gamma=const:fp32[2]",
    "x=fp16[1,3,4,2] mean=const:fp16[3] variance=const:fp16[3]{0.5..2} beta=const:fp16[3]",
};
constexpr std::string_view kBatchNormSamples17[] = {
    "x=fp16[1,3,4,2] mean=const:fp32[3] variance=const:fp32[3]{0.5..2} gamma=const:fp32[3] "
    "beta=const:fp32[3] epsilon=1e-4",
    "x=fp32[1,3,4,2] mean=const:fp16[3] variance=const:fp16[3]{0.5..2}",
};
constexpr std::string_view kInstanceNormSamples[] = {
    "x=fp32[2,3,4,5] gamma=const:fp32[3] beta=const:fp32[3]",
    "x=fp32[2,3,7] epsilon=0.01",
    "x=fp32[1,2,2,3,2] gamma=const:fp32[2]",
    "x=fp16[1,3,4,2] gamma=const:fp16[3] beta=const:fp16[3]",
};
constexpr std::string_view kInstanceNormSamples17[] = {
    "x=fp16[1,3,4,2] gamma=const:fp32[3] beta=const:fp32[3] epsilon=1e-4",
    "x=fp32[1,3,4,2]",
};
constexpr std::string_view kLayerNormSamples[] = {
    "x=fp32[2,3,7] axes=[-1] gamma=const:fp32[7] beta=const:fp32[7]",
    "x=fp32[2,3,4,5] axes=[2,-1] gamma=const:fp32[4,5]",
    "x=fp32[2,3,4,5] axes=[1] beta=const:fp32[3] epsilon=0.1",
    "x=fp32[2,3,4,5] axes=[3,1] gamma=const:fp32[3,5] beta=const:fp32[3,5]",
    "x=fp32[3,4]",
    "x=fp16[3,8] axes=[1] gamma=const:fp16[8] beta=const:fp16[8]",
    "x=fp32[2,3]{5000..5001} axes=[1]",
};
constexpr std::string_view kLayerNormSamples17[] = {
    "x=fp16[3,8] axes=[1] gamma=const:fp32[8] beta=const:fp32[8] epsilon=1e-6",
    "x=fp32[3,8] axes=[-1]",
};
constexpr std::string_view kL2NormSamples[] = {
    "x=fp32[2,3,4,5]",
    "x=fp32[3,2,4] epsilon=0.5",
    "x=fp32[2,2,3,1,2] epsilon=1e-10",
    "x=fp16[2,2,4,3]",
};
constexpr std::string_view kL2NormSamples17[] = {
    "x=fp16[2,2,4,3] epsilon=fp32:1e-8",
    "x=fp32[2,4,3]",
};
constexpr std::string_view kLocalResponseNormSamples[] = {
    "x=fp32[2,7,3,2]{-9..9} size=3",
    "x=fp32[2,7,3,2]{-9..9} size=5 alpha=0.01 beta=0.5 k=2.0",
    "x=fp32[1,6,3]{-9..9} size=2 alpha=0.5",
    "x=fp32[1,6,3]{-9..9} size=4 alpha=0.5 k=0.5",
    "x=fp32[1,3,2,2,2] size=9 alpha=1.0",
    "x=fp16[1,5,3]{-9..9} size=3 alpha=0.1",
};
constexpr std::string_view kLocalResponseNormSamples17[] = {
    "x=fp16[1,5,3]{-9..9} size=3 alpha=fp32:0.1 beta=fp32:0.75 k=fp32:1",
    "x=fp32[1,5,3]{-9..9} size=1",
};

constexpr OpDef norm(std::string_view name, ir::Opset since, std::string_view doc,
                     std::span<const ParamDef> params, InferFn infer_fn, ReferenceFn reference,
                     Lines samples) {
  return {.name = name,
          .since = since,
          .doc = doc,
          .params = params,
          .outputs = kOutputs,
          .properties = kInPlace,
          .infer = infer_fn,
          .reference = reference,
          .samples = samples};
}

constexpr OpDef kOps[] = {
    norm("batch_norm", kIos15, kBatchNormDoc, kBatchNormParams<'T'>, infer_batch_norm,
         reference::batch_norm, kBatchNormSamples),
    norm("batch_norm", kIos17, kBatchNormDoc, kBatchNormParams<'U'>, infer_batch_norm,
         reference::batch_norm, kBatchNormSamples17),
    norm("instance_norm", kIos15, kInstanceNormDoc, kInstanceNormParams<'T'>, infer_instance_norm,
         reference::instance_norm, kInstanceNormSamples),
    norm("instance_norm", kIos17, kInstanceNormDoc, kInstanceNormParams<'U'>, infer_instance_norm,
         reference::instance_norm, kInstanceNormSamples17),
    norm("l2_norm", kIos15, kL2NormDoc, kL2NormParams<'T'>, infer_l2_norm, reference::l2_norm,
         kL2NormSamples),
    norm("l2_norm", kIos17, kL2NormDoc, kL2NormParams<'U'>, infer_l2_norm, reference::l2_norm,
         kL2NormSamples17),
    norm("layer_norm", kIos15, kLayerNormDoc, kLayerNormParams<'T'>, infer_layer_norm,
         reference::layer_norm, kLayerNormSamples),
    norm("layer_norm", kIos17, kLayerNormDoc, kLayerNormParams<'U'>, infer_layer_norm,
         reference::layer_norm, kLayerNormSamples17),
    norm("local_response_norm", kIos15, kLocalResponseNormDoc, kLocalResponseNormParams<'T'>,
         infer_local_response_norm, reference::local_response_norm, kLocalResponseNormSamples),
    norm("local_response_norm", kIos17, kLocalResponseNormDoc, kLocalResponseNormParams<'U'>,
         infer_local_response_norm, reference::local_response_norm, kLocalResponseNormSamples17),
};
static_assert(is_well_formed(kOps));

}  // namespace

Result<Ints> layer_norm_axes(const Args& args) {
  using P = LayerNormParam;
  const int rank = args.shape(P::kX).rank();
  Ints chosen;
  if (args.has(P::kAxes)) {
    POME_ASSIGN(chosen, axes_param(args, P::kAxes, rank));
  }
  Ints sorted;
  for (int axis = 0; axis < rank; ++axis)
    if (!args.has(P::kAxes) || chosen.contains(axis)) sorted.push_back(axis);
  return sorted;
}

std::span<const OpDef> normalization_ops() { return kOps; }

}  // namespace pome::ops
