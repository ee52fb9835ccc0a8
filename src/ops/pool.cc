#include "ops/pool.h"

#include <string>

#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

using P = PoolParam;
using Lines = std::span<const std::string_view>;

Status infer_pool(const Args& args, Inferred& out) {
  POME_TRY(check_rank(args, P::kX, 3, 5));
  POME_ASSIGN(const WindowNd window, pool_window(args));
  const Shape& x = args.shape(P::kX);
  Shape y{x[0], x[1]};
  for (int i = 0; i < window.rank; ++i) y.push_back(window[i].out);
  return set_output(args, out, args.dtype(P::kX), y);
}

constexpr ParamDef kAvgPoolParams[] = {
    {.name = "x", .types = kFloats, .group = 'T'},
    {.name = "kernel_sizes", .types = kInt32s, .flags = kConst | kShortList},
    {.name = "strides", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    {.name = "pad_type", .types = kStrings, .flags = kConst | kScalar},
    {.name = "pad", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    {.name = "ceil_mode",
     .types = kBools,
     .flags = kOptional | kConst | kScalar,
     .fallback = def_bool(false)},
    {.name = "exclude_padding_from_average",
     .types = kBools,
     .flags = kOptional | kConst | kScalar,
     .fallback = def_bool(false)},
};
constexpr auto kPoolParams = std::span(kAvgPoolParams).first<6>();

constexpr std::string_view kOutputs[] = {"output"};

// Shared by the three ops: ranks, pad types, ceil_mode with and without padding, fp16.
constexpr std::string_view kSamples[] = {
    "x=fp32[2,3,7,8] kernel_sizes=[2,3] pad_type=\"valid\"",
    "x=fp32[1,2,9,8] kernel_sizes=[3,3] strides=[2,3] pad_type=\"same\"",
    "x=fp32[1,2,9,8] kernel_sizes=[4,3] strides=[2,2] pad_type=\"same_lower\"",
    "x=fp32[1,2,7,8] kernel_sizes=[3,3] strides=[2,1] pad_type=\"custom\" pad=[1,0,2,1]",
    "x=fp32[1,2,8,7] kernel_sizes=[3,2] strides=[2,2] pad_type=\"custom\" pad=[1,1,0,0] "
    "ceil_mode=true",
    "x=fp32[1,2,6,5] kernel_sizes=[2,2] strides=[2,3] pad_type=\"custom\" pad=[1,1,1,1] "
    "ceil_mode=true",
    "x=fp32[1,2,8,6] kernel_sizes=[3,3] strides=[2,2] pad_type=\"valid\" ceil_mode=true",
    "x=fp32[2,3,11] kernel_sizes=[4] strides=[3] pad_type=\"custom\" pad=[1,2] ceil_mode=false",
    "x=fp32[1,2,4,5,6] kernel_sizes=[2,3,2] strides=[2,1,2] pad_type=\"custom\" "
    "pad=[0,1,1,1,0,0]",
    "x=fp16[1,2,5,5] kernel_sizes=[3,3] strides=[1,1] pad_type=\"same\"",
};
constexpr std::string_view kAvgPoolSamples[] = {
    "x=fp32[2,3,7,8] kernel_sizes=[2,3] pad_type=\"valid\"",
    "x=fp32[1,2,9,8] kernel_sizes=[3,3] strides=[2,3] pad_type=\"same\"",
    "x=fp32[1,2,9,8] kernel_sizes=[4,3] strides=[2,2] pad_type=\"same_lower\" "
    "exclude_padding_from_average=true",
    "x=fp32[1,2,9,8] kernel_sizes=[3,3] strides=[2,3] pad_type=\"same\" "
    "exclude_padding_from_average=true",
    "x=fp32[1,2,7,8] kernel_sizes=[3,3] strides=[2,1] pad_type=\"custom\" pad=[1,0,2,1]",
    "x=fp32[1,2,7,8] kernel_sizes=[3,3] strides=[2,1] pad_type=\"custom\" pad=[1,0,2,1] "
    "exclude_padding_from_average=true",
    "x=fp32[1,2,8,7] kernel_sizes=[3,2] strides=[2,2] pad_type=\"custom\" pad=[1,1,0,0] "
    "ceil_mode=true",
    "x=fp32[1,2,8,7] kernel_sizes=[3,2] strides=[2,2] pad_type=\"custom\" pad=[1,1,1,1] "
    "ceil_mode=true exclude_padding_from_average=true",
    "x=fp32[1,2,8,6] kernel_sizes=[3,3] strides=[2,2] pad_type=\"valid\" ceil_mode=true",
    "x=fp32[2,3,11] kernel_sizes=[4] strides=[3] pad_type=\"custom\" pad=[1,2] ceil_mode=false",
    "x=fp32[1,2,4,5,6] kernel_sizes=[2,3,2] strides=[2,1,2] pad_type=\"custom\" "
    "pad=[0,1,1,1,0,0]",
    "x=fp16[1,2,5,5] kernel_sizes=[3,3] strides=[1,1] pad_type=\"same\"",
};

constexpr OpDef pool(std::string_view name, std::string_view doc, std::span<const ParamDef> params,
                     ReferenceFn reference, Lines samples) {
  return {.name = name,
          .since = ir::Opset::kIos15,
          .doc = doc,
          .params = params,
          .outputs = kOutputs,
          .infer = infer_pool,
          .reference = reference,
          .samples = samples};
}

constexpr OpDef kOps[] = {
    pool("avg_pool",
         "Mean of each window over 1 to 3 spatial dimensions of x [N, C, ...]. The divisor counts "
         "the cells of the window inside the padded input, or inside the input alone with "
         "exclude_padding_from_average. Padding as in conv; ceil_mode rounds the number of windows "
         "up, but none starts beyond the input and its front padding; the cells that a last window "
         "then has beyond the padding never count.",
         kAvgPoolParams, reference::avg_pool, kAvgPoolSamples),
    pool("l2_pool",
         "Root of the sum of squares of each window over 1 to 3 spatial dimensions of x [N, C, "
         "...]: y = sqrt(sum x^2). Padding and ceil_mode as in avg_pool.",
         kPoolParams, reference::l2_pool, kSamples),
    pool("max_pool",
         "Maximum of each window over 1 to 3 spatial dimensions of x [N, C, ...]; padding never "
         "wins (it is -inf), NaN always does. Padding and ceil_mode as in avg_pool.",
         kPoolParams, reference::max_pool, kSamples),
};
static_assert(is_well_formed(kOps));

}  // namespace

Result<WindowNd> pool_window(const Args& args) {
  POME_ASSIGN(const PadType type, pad_type(args, P::kPadType));
  const Shape& x = args.shape(P::kX);
  const Ints kernel = args.ints(P::kKernelSizes);
  const Ints pad = args.has(P::kPad) ? args.ints(P::kPad) : Ints();
  if (kernel.size() != x.rank() - 2) {
    return unexpected_shape(args, P::kKernelSizes,
                            Shape{x.rank() - 2}.to_string() + ", x has shape " + x.to_string());
  }
  const bool ceil_mode = args.flag(P::kCeilMode);
  if (ceil_mode && type == PadType::kCustom) {
    for (int i = 0; i + 1 < pad.size(); i += 2) {
      if (pad[i] == pad[i + 1]) continue;
      return param_error(args, P::kPad,
                         "is " + to_string(pad) + ", ceil_mode takes equal padding before (" +
                             std::to_string(pad[i]) + ") and after (" + std::to_string(pad[i + 1]) +
                             ") only");
    }
  }
  return make_window({.in = Shape(x.dims().subspan(2)),
                      .kernel = Shape({kernel.begin(), kernel.end()}),
                      .strides = args.has(P::kStrides) ? args.ints(P::kStrides) : Ints(),
                      .dilations = {},
                      .pad = pad,
                      .type = type,
                      .ceil_mode = ceil_mode});
}

std::span<const OpDef> pool_ops() { return kOps; }

}  // namespace pome::ops
