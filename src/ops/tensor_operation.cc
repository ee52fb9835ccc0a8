// Joining, cutting, gathering, filling, sorting.
#include "ops/tensor_operation.h"

#include <array>

#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;
using Params = std::span<const ParamDef>;
using Names = std::span<const std::string_view>;
using enum ir::Opset;

constexpr std::string_view kY[] = {"y"};
constexpr std::string_view kParts[] = {"y_0", "y_1"};
constexpr std::string_view kTopkOutputs[] = {"values", "indices"};
constexpr uint8_t kConstScalar = kConst | kScalar;
constexpr uint8_t kOptionalScalar = kOptional | kConst | kScalar;
constexpr TypeSet kNumbers17 = kNumbers | kSmallInts;
constexpr TypeSet kIndices16 = kInt32s | bit(ir::DType::kInt16) | bit(ir::DType::kUint16);
constexpr TypeSet kIndices17 = kInt32s | kSmallInts;

constexpr OpDef row(std::string_view name, ir::Opset since, std::string_view doc, Params params,
                    InferFn infer, ReferenceFn reference, Lines samples,
                    uint32_t properties = kPlain, Names outputs = kY) {
  return {name, since, doc, params, outputs, properties, infer, reference, samples};
}

constexpr ParamDef kConcatParams[] = {{"values", kNumbersBool17, kTuple, 'T', {}},
                                      {"axis", kInt32s, kConstScalar, 0, {}},
                                      {"interleave", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr std::string_view kConcatSamples[] = {
    "values=(fp32[2,3,4],fp32[2,1,4],const:fp32[2,2,4]) axis=1",
    "values=(fp16[2,3],fp16[2,5]) axis=-1",
    "values=(fp32[2,3,2],fp32[2,3,2]) axis=1 interleave=true",
    "values=(int32[2,3],int32[2,3],int32[2,3]) axis=0 interleave=true",
    "values=(const:int32[2],const:int32[3]) axis=0",
    "values=(bool[2],bool[1]) axis=0",
    "values=(int8[3],int8[2]) axis=0",
    "values=(uint8[3],uint8[2]) axis=0",
    "values=(int16[3],int16[2]) axis=0",
    "values=(uint16[3]) axis=0",
    "values=(fp32[],fp32[],const:fp32[]) axis=0",
    "values=(int32[]) axis=-1 interleave=true",
    "values=(fp32[2,0],fp32[2,3]) axis=1"};

constexpr ParamDef kStackParams[] = {{"values", kNumbersBool17, kTuple, 'T', {}},
                                     {"axis", kInt32s, kConstScalar, 0, {}}};
constexpr std::string_view kStackSamples[] = {
    "values=(fp32[2,3],fp32[2,3]) axis=0",
    "values=(fp16[2,3],fp16[2,3]) axis=1",
    "values=(fp32[2,3],const:fp32[2,3],fp32[2,3]) axis=-1",
    "values=(int32[],const:int32[]) axis=0",
    "values=(bool[2],bool[2]) axis=1",
    "values=(int8[3],int8[3]) axis=0",
    "values=(uint8[3],uint8[3]) axis=0",
    "values=(int16[3],int16[3]) axis=0",
    "values=(uint16[3],uint16[3]) axis=0"};

constexpr ParamDef kSplitParams[] = {{"x", kNumbersBool, kRequired, 'T', {}},
                                     {"num_splits", kInt32s, kOptionalScalar, 0, {}},
                                     {"split_sizes", kInt32s, kOptional | kConst, 0, {}},
                                     {"axis", kInt32s, kConstScalar, 0, {}}};
constexpr std::string_view kSplitSamples[] = {
    "x=fp32[2,6,2] num_splits=3 axis=1", "x=fp32[2,6] split_sizes=[1,5] axis=-1",
    "x=fp16[4,3] num_splits=2 split_sizes=[3,1] axis=0", "x=int32[4] num_splits=4 axis=0",
    "x=bool[3,2] split_sizes=[3,0] axis=0"};

constexpr ParamDef kPadParams[] = {{"x", kFloats, kRequired, 'T', {}},
                                   {"pad", kInt32s, kShortList, 0, {}},
                                   {"mode", kStrings, kOptionalScalar, 0, def_text("constant")},
                                   {"constant_val", kFloats, kOptionalScalar, 'T', def_float(0)}};
constexpr std::string_view kPadSamples[] = {
    "x=fp32[2,3,4] pad=[1,2,0,3]",
    "x=fp32[2,3] pad=[1,0,2,1] constant_val=0.5",
    "x=fp16[3,4] pad=[1,2] mode=\"constant\" constant_val=-1.5",
    "x=fp32[2,4,5] pad=[1,2,3,4] mode=\"reflect\"",
    "x=fp16[2,3] pad=[2,1] mode=\"reflect\"",
    "x=fp32[2,3,4] pad=[1,2,3,0] mode=\"replicate\"",
    "x=fp32[2,3] pad=run:[0,1,2,0]",
    "x=fp32[0,2] pad=[1,1,0,1]"};

constexpr ParamDef kTileParams[] = {{"x", kNumbersBool, kRequired, 'T', {}},
                                    {"reps", kInt32s, kShortList, 0, {}}};
constexpr std::string_view kTileSamples[] = {
    "x=fp32[2,3,2] reps=[2,1,3]", "x=fp16[2,3] reps=[1,2]",    "x=int32[3] reps=run:[2]",
    "x=bool[2,2] reps=[2,2]",     "x=const:int32[2] reps=[3]", "x=fp32[2,2] reps=[0,1]"};

constexpr std::array<ParamDef, 3> gather_params15() {
  return {{{"x", kNumbers, kRequired, 'T', {}},
           {"indices", kInt32s, kRequired, 0, {}},
           {"axis", kInt32s, kOptionalScalar, 0, def_int(0)}}};
}
constexpr auto kGather15 = gather_params15();
constexpr ParamDef kGather16[] = {{"x", kNumbers, kRequired, 'T', {}},
                                  {"indices", kIndices16, kRequired, 0, {}},
                                  {"axis", kInt32s, kOptionalScalar, 0, def_int(0)},
                                  {"batch_dims", kInt32s, kOptionalScalar, 0, def_int(0)}};
constexpr ParamDef kGather17[] = {
    {"x", kNumbers17, kRequired, 'T', {}},
    {"indices", kIndices17, kRequired, 0, {}},
    {"axis", kInt32s, kOptionalScalar, 0, def_int(0)},
    {"batch_dims", kInt32s, kOptionalScalar, 0, def_int(0)},
    {"validate_indices", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr std::string_view kGatherSamples[] = {
    "x=fp32[5,3] indices=int32[4]{0..4}",  "x=fp32[2,5,3] indices=int32[2,2]{-5..4} axis=1",
    "x=fp16[3,4] indices=[3,0] axis=-1",   "x=const:int32[5] indices=2",
    "x=const:int32[5] indices=[-1,0]",     "x=const:fp32[6,4] indices=int32[2,3]{0..5}",
    "x=int32[4,2] indices=run:[1] axis=0", "x=fp32[2,3] indices=int32[0]"};
constexpr std::string_view kGatherSamples16[] = {
    "x=fp32[2,5,3] indices=int16[2,4]{0..4} axis=1 batch_dims=1",
    "x=fp16[2,3,4] indices=uint16[2,2]{0..2} axis=1",
    "x=int32[2,2,4,3] indices=int32[2,2,2]{-4..3} axis=2 batch_dims=1",
    "x=fp32[2,2,4,3] indices=int32[2,2,2]{0..3} axis=2 batch_dims=2"};
constexpr std::string_view kGatherSamples17[] = {
    "x=fp32[2,5,3] indices=int8[2,4]{0..4} axis=1 batch_dims=1",
    "x=fp16[5,3] indices=uint8[2]{0..4} validate_indices=true",
    "x=int32[5,3] indices=int16[2]{0..4} validate_indices=false",
    "x=int8[5,3] indices=uint16[2]{0..4}",
    "x=uint8[5,3] indices=int32[2]{0..4}",
    "x=int16[5,3] indices=[0,2] axis=1",
    "x=uint16[5,3] indices=[1,1] axis=1"};

constexpr ParamDef kAlong16[] = {{"x", kNumbers, kRequired, 'T', {}},
                                 {"indices", kIndices16, kRequired, 0, {}},
                                 {"axis", kInt32s, kOptionalScalar, 0, def_int(0)}};
constexpr ParamDef kAlong17[] = {{"x", kNumbers17, kRequired, 'T', {}},
                                 {"indices", kIndices17, kRequired, 0, {}},
                                 {"axis", kInt32s, kOptionalScalar, 0, def_int(0)},
                                 {"validate_indices", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr std::string_view kAlongSamples[] = {"x=fp32[2,5,3] indices=int32[2,4,3]{-5..4} axis=1",
                                              "x=fp16[5,3] indices=int32[2,3]{0..4}",
                                              "x=int32[3,5] indices=int32[3,7]{0..4} axis=-1"};
constexpr std::string_view kAlongSamples16[] = {"x=fp32[2,5,3] indices=int16[2,4,3]{0..4} axis=1",
                                                "x=fp16[5,3] indices=uint16[2,3]{0..4}",
                                                "x=int32[5,3] indices=int32[2,3]{0..4}"};
constexpr std::string_view kAlongSamples17[] = {
    "x=fp32[5,3] indices=int8[2,3]{0..4} validate_indices=true",
    "x=fp16[5,3] indices=uint8[2,3]{0..4}",
    "x=int32[3,5] indices=int16[3,2]{0..4} axis=1",
    "x=int8[5,3] indices=uint16[2,3]{0..4}",
    "x=uint8[5,3] indices=int32[2,3]{0..4}",
    "x=int16[5,3] indices=int32[2,3]{0..4}",
    "x=uint16[5,3] indices=int32[2,3]{0..4}"};

constexpr ParamDef kNd15[] = {{"x", kNumbers, kRequired, 'T', {}},
                              {"indices", kInt32s, kRequired, 0, {}}};
constexpr ParamDef kNd16[] = {{"x", kNumbers, kRequired, 'T', {}},
                              {"indices", kIndices16, kRequired, 0, {}},
                              {"batch_dims", kInt32s, kOptionalScalar, 0, def_int(0)}};
constexpr ParamDef kNd17[] = {{"x", kNumbers17, kRequired, 'T', {}},
                              {"indices", kIndices17, kRequired, 0, {}},
                              {"batch_dims", kInt32s, kOptionalScalar, 0, def_int(0)},
                              {"validate_indices", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr std::string_view kNdSamples[] = {"x=fp32[3,4,2] indices=const:int32[5,2]{0..2}",
                                           "x=fp16[3,4] indices=run:[[2,-1],[0,0]]",
                                           "x=int32[3,2] indices=run:[[[2]],[[0]]]"};
constexpr std::string_view kNdSamples16[] = {
    "x=fp32[2,3,4] indices=run:int16:[[[0],[2]],[[1],[1]]] batch_dims=1",
    "x=fp16[3,4] indices=run:uint16:[[2,3],[0,0]]", "x=int32[3,4] indices=run:[[2],[0]]"};
constexpr std::string_view kNdSamples17[] = {
    "x=fp32[2,3,4] indices=run:int8:[[[0],[2]],[[1],[1]]] batch_dims=1 validate_indices=true",
    "x=fp16[3,4] indices=run:uint8:[[2,3],[0,0]]",
    "x=int32[3,4] indices=run:uint16:[[2],[0]]",
    "x=int8[3,4] indices=run:int16:[[2],[0]]",
    "x=uint8[3,4] indices=run:[[2],[0]]",
    "x=int16[3,4] indices=run:[[2],[0]]",
    "x=uint16[3,4] indices=run:[[2],[0]]"};

constexpr ParamDef kFillParams[] = {{"shape", kInt32s, kShortList, 0, {}},
                                    {"value", kNumbersBool, kOptionalScalar, 'T', def_float(0)}};
constexpr std::string_view kFillSamples[] = {
    "shape=[2,3] value=1.5",    "shape=run:[2,1,2] value=7", "shape=[3]",
    "shape=[2] value=fp16:0.1", "shape=[2] value=true",      "shape=[2,0] value=1"};
constexpr ParamDef kFillLikeParams[] = {
    {"ref_tensor", kNumbersBool, kRequired, 0, {}},
    {"value", kNumbersBool, kOptionalScalar, 'U', def_float(0)}};
constexpr std::string_view kFillLikeSamples[] = {
    "ref_tensor=fp32[2,3] value=1.5", "ref_tensor=fp16[2,3] value=fp16:0.1",
    "ref_tensor=int32[2] value=7", "ref_tensor=bool[2,2] value=true", "ref_tensor=int32[3]"};

constexpr ParamDef kShapeParams[] = {{"x", kNumbersBool, kRequired, 'T', {}}};
constexpr std::string_view kShapeSamples[] = {"x=fp32[2,3,4]", "x=fp16[5]", "x=int32[]",
                                              "x=bool[2,0]"};

constexpr ParamDef kSelectParams[] = {{"cond", kBools, kRequired, 0, {}},
                                      {"a", kNumbersBool, kRequired, 'T', {}},
                                      {"b", kNumbersBool, kRequired, 'T', {}}};
constexpr std::string_view kSelectSamples[] = {"cond=bool[2,3,4] a=fp32[2,3,4] b=fp32[2,3,4]",
                                               "cond=bool[3,1] a=fp16[2,1,4] b=fp16[]",
                                               "cond=bool[5] a=int32[5] b=7",
                                               "cond=bool[5] a=bool[5] b=false",
                                               "cond=true a=const:int32[3] b=const:int32[3]",
                                               "cond=const:bool[3,1] a=fp32[4] b=fp32[3,4]"};

constexpr ParamDef kArgsortParams[] = {{"x", kNumbers, kRequired, 'T', {}},
                                       {"axis", kInt32s, kOptionalScalar, 0, def_int(-1)},
                                       {"ascending", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr std::string_view kArgsortSamples[] = {
    "x=fp32[2,9]", "x=fp32[2,7,3] axis=1 ascending=true", "x=fp16[8] ascending=false",
    "x=int32[5,3]{-99999..99999} axis=0"};

constexpr ParamDef kTopkParams[] = {{"x", kNumbers, kRequired, 'T', {}},
                                    {"k", kInt32s, kOptionalScalar, 0, def_int(1)},
                                    {"axis", kInt32s, kOptionalScalar, 0, def_int(-1)},
                                    {"ascending", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr ParamDef kTopkParams16[] = {
    {"x", kNumbers, kRequired, 'T', {}},
    {"k", kInt32s, kOptionalScalar, 0, def_int(1)},
    {"axis", kInt32s, kOptionalScalar, 0, def_int(-1)},
    {"ascending", kBools, kOptionalScalar, 0, def_bool(false)},
    {"sort", kBools, kOptionalScalar, 0, def_bool(true)},
    {"return_indices", kBools, kOptionalScalar, 0, def_bool(true)}};
constexpr ParamDef kTopkParams17[] = {
    {"x", kNumbers17, kRequired, 'T', {}},
    {"k", kListInts17, kOptional | kScalar, 0, def_int(1)},
    {"axis", kInt32s, kOptionalScalar, 0, def_int(-1)},
    {"ascending", kBools, kOptionalScalar, 0, def_bool(false)},
    {"sort", kBools, kOptionalScalar, 0, def_bool(true)},
    {"return_indices", kBools, kOptionalScalar, 0, def_bool(true)},
    {"output_indices_dtype", kStrings, kOptionalScalar, 0, def_text("int32")}};
constexpr std::string_view kTopkSamples[] = {"x=fp32[2,9] k=3",
                                             "x=fp32[2,7,3] k=2 axis=1 ascending=true", "x=fp16[8]",
                                             "x=int32[5,3]{-99999..99999} k=-1 axis=0"};
constexpr std::string_view kTopkSamples16[] = {
    "x=fp32[2,9] k=3 sort=true", "x=fp16[2,9] k=1 axis=-2 return_indices=false",
    "x=int32[9]{-99999..99999} k=2 ascending=true return_indices=true"};
constexpr std::string_view kTopkSamples17[] = {
    "x=fp32[2,9] k=run:3 sort=true return_indices=true",
    "x=fp16[9] k=int16:3 output_indices_dtype=\"uint16\"",
    "x=int32[9]{-99999..99999} k=int8:2 ascending=true",
    "x=int8[5]{-128..127} k=1 axis=0",
    "x=uint8[5]{0..255} k=1",
    "x=int16[5]{-9999..9999} k=2",
    "x=uint16[5]{0..9999} k=2 return_indices=false"};

constexpr ParamDef kCumsumParams[] = {{"x", kNumbers, kRequired, 'T', {}},
                                      {"axis", kInt32s, kOptionalScalar, 0, def_int(0)},
                                      {"exclusive", kBools, kOptionalScalar, 0, def_bool(false)},
                                      {"reverse", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr std::string_view kCumsumSamples[] = {"x=fp32[7,3]", "x=fp32[2,5,3] axis=1 exclusive=true",
                                               "x=fp16[6] reverse=true",
                                               "x=int32[2,6] axis=-1 exclusive=true reverse=true"};

constexpr ParamDef kOneHotParams[] = {
    {"indices", kInt32s, kRequired, 0, {}},
    {"one_hot_vector_size", kInt32s, kScalar, 0, {}},
    {"axis", kInt32s, kOptionalScalar, 0, def_int(-1)},
    {"on_value", kNumbersBool, kOptionalScalar, 'T', def_int(1)},
    {"off_value", kNumbersBool, kOptionalScalar, 'T', def_int(0)}};
constexpr std::string_view kOneHotSamples[] = {
    "indices=int32[4]{0..4} one_hot_vector_size=5",
    "indices=int32[2,3]{-1..4} one_hot_vector_size=4 axis=1 on_value=2.5 off_value=-1.0",
    "indices=int32[3]{0..4} one_hot_vector_size=run:5 axis=0 on_value=fp16:1.5",
    "indices=int32[]{0..2} one_hot_vector_size=3 on_value=true off_value=false"};

constexpr ParamDef kBandParams[] = {{"x", kNumbersBool, kRequired, 'T', {}},
                                    {"lower", kInt32s, kOptionalScalar, 0, def_int(-1)},
                                    {"upper", kInt32s, kOptionalScalar, 0, def_int(-1)}};
constexpr std::string_view kBandSamples[] = {"x=fp32[2,4,5] lower=1 upper=0",
                                             "x=fp16[5,3] lower=-1 upper=1", "x=int32[4,4] lower=0",
                                             "x=bool[3,3]"};

constexpr ParamDef kRangeParams[] = {{"end", kNumbers, kScalar, 'T', {}},
                                     {"start", kNumbers, kScalar, 'T', {}},
                                     {"step", kNumbers, kScalar, 'T', {}}};
constexpr std::string_view kRangeSamples[] = {
    "end=2.5 start=0.5 step=0.5", "end=run:7 start=1 step=2", "end=-3 start=4 step=-3",
    "end=fp16:3.0 start=fp16:0.0 step=fp16:1.0", "end=0 start=4 step=1"};

constexpr ParamDef kNonZeroParams[] = {{"x", kNumbersBool, kRequired, 'T', {}}};
constexpr std::string_view kNonZeroSamples[] = {"x=int32[2,3,4]{-1..1}", "x=run:[0.0,1.5,-2.0,0.0]",
                                                "x=run:fp16:[[0.0,1.0],[2.0,0.0]]", "x=bool[9]",
                                                "x=const:int32[6]{0..1}"};

constexpr std::string_view kGatherDoc =
    "y[batch.., before.., indices.., behind..] = x[batch.., before.., indices[batch.., ..], "
    "behind..]: slices of x along `axis`, picked by index, the first batch_dims axes paired. "
    "Negative indices count from the end. An index outside is an error; from ios17 on it is one "
    "only with validate_indices, else the nearest end is taken.";
constexpr std::string_view kAlongDoc =
    "y[.., i, ..] = x[.., indices[.., i, ..], ..] along `axis`; x and indices agree on all other "
    "axes. Indices outside: as for gather.";
constexpr std::string_view kNdDoc =
    "y[i..] = x[indices[i..]]: the last axis of indices holds an index into the axes of x behind "
    "the first batch_dims, which are paired. Indices outside: as for gather.";
constexpr std::string_view kTopkDoc =
    "The k largest (ascending: smallest) elements along `axis` in order, and their positions; k = "
    "-1 takes all. Equal elements come by position, NaN last.";

constexpr OpDef kOps[] = {
    row("argsort", kIos15,
        "The positions that sort x along `axis`, largest first unless ascending. Equal elements "
        "come by position, NaN last.",
        kArgsortParams, inference::argsort, reference::argsort, kArgsortSamples),
    row("band_part", kIos15,
        "x with 0 in place of all but a band of each of its matrices (the last two axes): element "
        "(i, j) stays where i - j <= lower and j - i <= upper; a negative bound keeps that side.",
        kBandParams, inference::band_part, reference::band_part, kBandSamples),
    row("concat", kIos15,
        "The values one behind the other along `axis`. With interleave (equal shapes) their "
        "elements along it take turns: y[.., k*n + i, ..] = values[i][.., k, ..]. Scalars become a "
        "list.",
        kConcatParams, inference::concat, reference::concat, kConcatSamples),
    row("cumsum", kIos15,
        "y_i = x_0 + ... + x_i along `axis`; exclusive leaves x_i out, reverse sums from the end.",
        kCumsumParams, inference::cumsum, reference::cumsum, kCumsumSamples),
    row("fill", kIos15, "A tensor of the given shape with `value` everywhere.", kFillParams,
        inference::fill, reference::fill, kFillSamples),
    row("fill_like", kIos16, "A tensor of ref_tensor's shape with `value` everywhere.",
        kFillLikeParams, inference::fill_like, reference::fill_like, kFillLikeSamples),
    row("gather", kIos15, kGatherDoc, kGather15, inference::gather, reference::gather,
        kGatherSamples),
    row("gather", kIos16, kGatherDoc, kGather16, inference::gather, reference::gather,
        kGatherSamples16),
    row("gather", kIos17, kGatherDoc, kGather17, inference::gather, reference::gather,
        kGatherSamples17),
    row("gather_along_axis", kIos15, kAlongDoc, kGather15, inference::gather_along_axis,
        reference::gather_along_axis, kAlongSamples),
    row("gather_along_axis", kIos16, kAlongDoc, kAlong16, inference::gather_along_axis,
        reference::gather_along_axis, kAlongSamples16),
    row("gather_along_axis", kIos17, kAlongDoc, kAlong17, inference::gather_along_axis,
        reference::gather_along_axis, kAlongSamples17),
    row("gather_nd", kIos15, kNdDoc, kNd15, inference::gather_nd, reference::gather_nd, kNdSamples),
    row("gather_nd", kIos16, kNdDoc, kNd16, inference::gather_nd, reference::gather_nd,
        kNdSamples16),
    row("gather_nd", kIos17, kNdDoc, kNd17, inference::gather_nd, reference::gather_nd,
        kNdSamples17),
    row("non_zero", kIos15,
        "[N, rank]: the indices of the elements of x that are not 0, in row-major order.",
        kNonZeroParams, inference::non_zero, reference::non_zero, kNonZeroSamples),
    row("one_hot", kIos15,
        "on_value where the position along the new `axis` equals the index, off_value elsewhere; "
        "an index outside leaves only off_value.",
        kOneHotParams, inference::one_hot, reference::one_hot, kOneHotSamples),
    row("pad", kIos15,
        "x with borders on its last len(pad)/2 axes, pad = [before, after, ...]. constant: filled "
        "with constant_val; reflect: mirrored about the edge element; replicate: the edge element.",
        kPadParams, inference::pad, reference::pad, kPadSamples),
    row("range_1d", kIos15, "start, start + step, ... up to but without end.", kRangeParams,
        inference::range_1d, reference::range_1d, kRangeSamples),
    row("select", kIos15, "y = a where cond, else b; all three broadcast.", kSelectParams,
        inference::select, reference::select, kSelectSamples, kElementwise),
    row("shape", kIos15, "The extents of x, as int32.", kShapeParams, inference::shape,
        reference::shape, kShapeSamples),
    row("split", kIos15,
        "x cut along `axis` into num_splits equal parts, or into parts of split_sizes elements: "
        "one output each.",
        kSplitParams, inference::split, reference::split, kSplitSamples, kPlain, kParts),
    row("stack", kIos15, "The values, of equal shape, side by side along a new axis.", kStackParams,
        inference::stack, reference::stack, kStackSamples),
    row("tile", kIos15, "x repeated reps[i] times along axis i.", kTileParams, inference::tile,
        reference::tile, kTileSamples),
    row("topk", kIos15, kTopkDoc, kTopkParams, inference::topk, reference::topk, kTopkSamples,
        kPlain, kTopkOutputs),
    row("topk", kIos16, kTopkDoc, kTopkParams16, inference::topk, reference::topk, kTopkSamples16,
        kPlain, kTopkOutputs),
    row("topk", kIos17, kTopkDoc, kTopkParams17, inference::topk, reference::topk, kTopkSamples17,
        kPlain, kTopkOutputs),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> tensor_operation_ops() { return kOps; }

}  // namespace pome::ops
