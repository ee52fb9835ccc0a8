#include "ops/conv.h"

#include <algorithm>
#include <string>

#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

Shape spatial(const Shape& shape) { return Shape(shape.dims().subspan(2)); }

struct Channels {
  int64_t groups;
  int64_t out;  // may be unknown
};

/// What conv and conv_transpose share: ranks, channels, groups, bias. The weight is [Cout, Cin /
/// groups, ...] for conv and [Cin, Cout / groups, ...] for conv_transpose.
Result<Channels> check_channels(const Args& args, int groups_param, bool transposed) {
  constexpr int kX = ConvParam::kX;
  constexpr int kWeight = ConvParam::kWeight;
  POME_TRY(check_rank(args, kX, 3, 5));
  const Shape& x = args.shape(kX);
  const Shape& weight = args.shape(kWeight);
  POME_TRY(check_rank(args, kWeight, x.rank(), x.rank()));
  POME_ASSIGN(const int64_t groups, count_param(args, groups_param, 1));
  const int64_t all = weight[0];
  const int64_t of_group = weight[1];
  if (all == 0 || of_group == 0 || of_group > kMaxExtent) {
    return unexpected_shape(args, kWeight, "at least one channel of each kind");
  }
  if (all != Shape::kUnknown && all % groups != 0) {
    return param_error(args, kWeight,
                       "has " + std::to_string(all) + (transposed ? " input" : " output") +
                           " channels (shape " + weight.to_string() + "), which " +
                           std::to_string(groups) + " groups do not divide");
  }
  const int64_t multiplied = of_group == Shape::kUnknown ? Shape::kUnknown : of_group * groups;
  const int64_t in = transposed ? all : multiplied;
  if (!extents_agree(x[1], in)) {
    return param_error(args, kX,
                       "has " + std::to_string(x[1]) + " channels (shape " + x.to_string() +
                           "), a weight of shape " + weight.to_string() + " with " +
                           std::to_string(groups) + " groups takes " + std::to_string(in));
  }
  const Channels channels{groups, transposed ? multiplied : all};
  POME_TRY(check_vector(args, ConvParam::kBias, channels.out, "one value per output channel"));
  return channels;
}

Status give(const Args& args, int64_t channels, const WindowNd& window, bool transposed,
            Inferred& out) {
  Shape shape{args.shape(ConvParam::kX)[0], channels};
  for (int i = 0; i < window.rank; ++i) shape.push_back(transposed ? window[i].in : window[i].out);
  return set_output(args, out, args.dtype(ConvParam::kX), shape);
}

Ints optional_ints(const Args& args, int param) {
  return args.has(param) ? args.ints(param) : Ints();
}

Status infer_conv(const Args& args, Inferred& out) {
  POME_ASSIGN(const Channels channels, check_channels(args, ConvParam::kGroups, false));
  POME_ASSIGN(const WindowNd window, conv_window(args));
  return give(args, channels.out, window, false, out);
}

Status infer_conv_transpose(const Args& args, Inferred& out) {
  using P = ConvTransposeParam;
  POME_ASSIGN(const Channels channels, check_channels(args, P::kGroups, true));
  if (args.has(P::kOutputShape)) {
    const Ints shape = args.ints(P::kOutputShape);
    const Shape& x = args.shape(P::kX);
    if (shape.size() != x.rank()) {
      return unexpected_shape(args, P::kOutputShape,
                              Shape{x.rank()}.to_string() + ", one extent for each of x's");
    }
    if (!extents_agree(x[0], shape[0]) || !extents_agree(shape[1], channels.out)) {
      return Error(ErrorCode::kInvalidModel,
                   "output_shape begins with " + std::to_string(shape[0]) + " and " +
                       std::to_string(shape[1]) + ", x and weight give " + Shape{x[0]}.to_string() +
                       " images and " + std::to_string(channels.out) + " channels");
    }
  }
  POME_ASSIGN(const WindowNd window, conv_transpose_window(args));
  return give(args, channels.out, window, true, out);
}

template <char kWeights, uint8_t kWeightFlags>
constexpr ParamDef kConvParams[] = {
    {.name = "x", .types = kFloats, .group = 'T'},
    {.name = "weight", .types = kFloats, .group = kWeights},
    {.name = "bias", .types = kFloats, .flags = kOptional | kWeightFlags, .group = kWeights},
    {.name = "strides", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    {.name = "pad_type",
     .types = kStrings,
     .flags = kOptional | kConst | kScalar,
     .fallback = def_text("valid")},
    {.name = "pad", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    {.name = "dilations", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    {.name = "groups",
     .types = kInt32s,
     .flags = kOptional | kConst | kScalar,
     .fallback = def_int(1)},
};

template <char kWeights, uint8_t kWeightFlags>
constexpr ParamDef kConvTransposeParams[] = {
    {.name = "x", .types = kFloats, .group = 'T'},
    {.name = "weight", .types = kFloats, .flags = kWeightFlags, .group = kWeights},
    {.name = "bias", .types = kFloats, .flags = kOptional | kWeightFlags, .group = kWeights},
    {.name = "pad", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    {.name = "output_shape", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    {.name = "pad_type",
     .types = kStrings,
     .flags = kOptional | kConst | kScalar,
     .fallback = def_text("valid")},
    {.name = "strides", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    {.name = "dilations", .types = kInt32s, .flags = kOptional | kConst | kShortList},
    {.name = "groups",
     .types = kInt32s,
     .flags = kOptional | kConst | kScalar,
     .fallback = def_int(1)},
};

constexpr std::string_view kOutputs[] = {"output"};

constexpr std::string_view kConvDoc =
    "Convolution over 1 to 3 spatial dimensions: y[n, o, p] = bias[o] + sum over the input "
    "channels "
    "c of o's group and the taps k of weight[o, c, k] * x[n, c, p * stride + k * dilation - pad]. "
    "x "
    "is [N, Cin, ...], weight [Cout, Cin / groups, ...], y [N, Cout, ...]; reads outside x give 0. "
    "pad_type: valid (none), same (the output has ceil(in / stride) positions, an odd cell of "
    "padding goes behind), same_lower (it goes in front), custom (pad holds before and after of "
    "each dimension).";
constexpr std::string_view kConvTransposeDoc =
    "Transposed convolution, the gradient of conv with respect to its input: y[n, o, p] = bias[o] "
    "+ "
    "sum of weight[c, o, k] * x[n, c, q] over the input channels c of o's group, the taps k and "
    "the "
    "positions q with q * stride + k * dilation - pad = p. x is [N, Cin, ...], weight [Cin, Cout / "
    "groups, ...]. The output has (in - 1) * stride + (kernel - 1) * dilation + 1 - pads "
    "positions, "
    "in * stride for pad_type same, or the extents of output_shape ([N, Cout, ...]).";

constexpr std::string_view kPomeConvTransposeDoc =
    "conv_transpose with a weight that may be computed, as a NeuralNetwork allows.";

constexpr std::string_view kConvSamples[] = {
    "x=fp32[2,3,8,9] weight=const:fp32[4,3,3,3]",
    "x=fp32[1,4,7,5] weight=const:fp32[6,2,3,2] bias=const:fp32[6] strides=[2,1] "
    "pad_type=\"custom\" "
    "pad=[1,0,2,1] dilations=[1,2] groups=2",
    "x=fp32[1,3,9,8] weight=const:fp32[2,3,4,3] strides=[2,3] pad_type=\"same\"",
    "x=fp32[1,3,9,8] weight=const:fp32[2,3,4,2] strides=[2,2] pad_type=\"same_lower\"",
    "x=fp32[2,5,13] weight=const:fp32[7,5,4] bias=const:fp32[7] strides=[3] dilations=[2]",
    "x=fp32[1,2,5,6,7] weight=const:fp32[3,2,2,3,2] bias=const:fp32[3] strides=[1,2,1] "
    "pad_type=\"custom\" pad=[0,1,1,1,2,0] dilations=[2,1,1]",
    "x=fp32[1,2,3,70] weight=const:fp32[2,1,3,3] bias=const:fp32[2] pad_type=\"same\" groups=2",
    "x=fp32[2,9,3,5] weight=const:fp32[11,9,1,1] bias=const:fp32[11]",
    "x=fp32[1,3,6,6] weight=const:fp32[2,3,1,1] strides=[2,2]",
    "x=fp16[1,3,6,7] weight=const:fp16[5,3,3,3] bias=const:fp16[5] pad_type=\"same\"",
    "x=fp32[1,4,6,6] weight=fp32[2,4,3,3] pad_type=\"valid\"",
    "x=fp32[1,2,1,1] weight=const:fp32[3,2,5,5] pad_type=\"custom\" pad=[2,2,2,2]",
};
constexpr std::string_view kConvSamples17[] = {
    "x=fp32[1,3,6,5] weight=fp32[4,3,3,3] bias=fp32[4] strides=[1,1] pad_type=\"custom\" "
    "pad=[1,1,1,1] dilations=[1,1] groups=1",
    "x=fp16[1,3,6,5] weight=const:fp32[4,3,2,3] bias=const:fp32[4]",
    "x=fp32[1,3,6,5] weight=const:fp16[4,3,3,2] bias=const:fp16[4]",
};
constexpr std::string_view kConvTransposeSamples[] = {
    "x=fp32[2,3,5,4] weight=const:fp32[3,2,3,3]",
    "x=fp32[1,4,5,4] weight=const:fp32[4,3,3,2] bias=const:fp32[6] strides=[2,3] "
    "pad_type=\"custom\" pad=[1,0,1,1] dilations=[2,1] groups=2",
    "x=fp32[1,2,6,5] weight=const:fp32[2,3,4,3] strides=[2,2] pad_type=\"same\"",
    "x=fp32[1,2,6,5] weight=const:fp32[2,3,3,3] strides=[2,2] pad_type=\"same_lower\"",
    "x=fp32[1,2,6,5] weight=const:fp32[2,3,3,3] strides=[2,2] pad_type=\"same\" "
    "output_shape=[1,3,11,9]",
    "x=fp32[1,2,4,5] weight=const:fp32[2,3,3,3] strides=[2,3] pad_type=\"valid\" "
    "output_shape=[1,3,10,16]",
    "x=fp32[1,2,4,5] weight=const:fp32[2,1,2,2] strides=[3,3] pad_type=\"same\"",
    "x=fp32[1,3,9] weight=const:fp32[3,2,4] bias=const:fp32[2] strides=[3] dilations=[2]",
    "x=fp32[1,2,3,4,3] weight=const:fp32[2,2,2,3,2] bias=const:fp32[2] strides=[2,1,2] "
    "pad_type=\"custom\" pad=[0,1,1,0,1,1]",
    "x=fp32[1,2,2,40] weight=const:fp32[2,1,4,4] strides=[2,2] groups=2",
    "x=fp16[1,3,4,4] weight=const:fp16[3,2,2,2] bias=const:fp16[2] strides=[2,2]",
};
constexpr std::string_view kConvTransposeSamples17[] = {
    "x=fp32[1,3,4,4] weight=fp32[3,2,2,2] bias=fp32[2] strides=[2,2] dilations=[1,1] groups=1 "
    "pad_type=\"custom\" pad=[0,0,1,1]",
    "x=fp16[1,3,4,4] weight=const:fp32[3,2,2,2] bias=const:fp32[2] output_shape=[1,2,5,5]",
};

constexpr std::string_view kPomeConvTransposeSamples[] = {
    "x=fp32[1,3,4,5] weight=fp32[3,2,2,3] bias=fp32[2] strides=[2,1] dilations=[1,1] groups=1 "
    "pad_type=\"custom\" pad=[0,1,1,0]",
    "x=fp16[1,4,4,4] weight=fp16[4,1,2,2] groups=2 output_shape=[1,2,5,5] pad_type=\"same\"",
};

constexpr OpDef kOps[] = {
    {.name = "conv",
     .since = ir::Opset::kIos15,
     .doc = kConvDoc,
     .params = kConvParams<'T', kConstWeight>,
     .outputs = kOutputs,
     .infer = infer_conv,
     .reference = reference::conv,
     .samples = kConvSamples},
    {.name = "conv",
     .since = ir::Opset::kIos17,
     .doc = kConvDoc,
     .params = kConvParams<'U', kRequired>,
     .outputs = kOutputs,
     .infer = infer_conv,
     .reference = reference::conv,
     .samples = kConvSamples17},
    {.name = "conv_transpose",
     .since = ir::Opset::kIos15,
     .doc = kConvTransposeDoc,
     .params = kConvTransposeParams<'T', kConstWeight>,
     .outputs = kOutputs,
     .infer = infer_conv_transpose,
     .reference = reference::conv_transpose,
     .samples = kConvTransposeSamples},
    {.name = "conv_transpose",
     .since = ir::Opset::kIos17,
     .doc = kConvTransposeDoc,
     .params = kConvTransposeParams<'U', kRequired>,
     .outputs = kOutputs,
     .infer = infer_conv_transpose,
     .reference = reference::conv_transpose,
     .samples = kConvTransposeSamples17},
    {.name = "pome.conv_transpose",
     .since = ir::Opset::kIos15,
     .doc = kPomeConvTransposeDoc,
     .params = kConvTransposeParams<'U', kRequired>,
     .outputs = kOutputs,
     .infer = infer_conv_transpose,
     .reference = reference::conv_transpose,
     .samples = kPomeConvTransposeSamples},
};

static_assert(is_well_formed(kOps));

}  // namespace

Result<WindowNd> conv_window(const Args& args) {
  using P = ConvParam;
  POME_ASSIGN(const PadType type, pad_type(args, P::kPadType));
  return make_window({.in = spatial(args.shape(P::kX)),
                      .kernel = spatial(args.shape(P::kWeight)),
                      .strides = optional_ints(args, P::kStrides),
                      .dilations = optional_ints(args, P::kDilations),
                      .pad = optional_ints(args, P::kPad),
                      .type = type});
}

Result<WindowNd> conv_transpose_window(const Args& args) {
  using P = ConvTransposeParam;
  POME_ASSIGN(const PadType type, pad_type(args, P::kPadType));
  Shape output;
  if (args.has(P::kOutputShape)) {
    const Ints shape = args.ints(P::kOutputShape);
    for (int i = 2; i < std::min(shape.size(), args.shape(P::kX).rank()); ++i)
      output.push_back(shape[i]);
  }
  return make_transposed_window({.in = spatial(args.shape(P::kX)),
                                 .kernel = spatial(args.shape(P::kWeight)),
                                 .strides = optional_ints(args, P::kStrides),
                                 .dilations = optional_ints(args, P::kDilations),
                                 .pad = optional_ints(args, P::kPad),
                                 .type = type},
                                output);
}

std::span<const OpDef> conv_ops() { return kOps; }

}  // namespace pome::ops
