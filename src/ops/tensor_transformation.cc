// The same elements elsewhere: reshape, transpose, slices, blocks to channels and back.
#include "ops/tensor_transformation.h"

#include <array>

#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;
using Params = std::span<const ParamDef>;
using enum ir::Opset;

constexpr std::string_view kY[] = {"y"};
constexpr uint8_t kConstList = kConst | kShortList;
constexpr uint8_t kConstScalar = kConst | kScalar;

/// A row whose output is what `infer` and `reference` make of the params; `since` and the params
/// tell the versions of one op apart.
constexpr OpDef row(std::string_view name, ir::Opset since, std::string_view doc, Params params,
                    InferFn infer, ReferenceFn reference, Lines samples,
                    uint32_t properties = kPlain) {
  return {name, since, doc, params, kY, properties, infer, reference, samples};
}

constexpr std::array<ParamDef, 2> reshape_params(TypeSet x, TypeSet list) {
  return {{{"x", x, kRequired, 'T', {}}, {"shape", list, kShortList, 0, {}}}};
}
constexpr auto kReshape15 = reshape_params(kNumbersBool, kInt32s);
constexpr auto kReshape17 = reshape_params(kNumbersBool17, kListInts17);
constexpr std::string_view kReshapeSamples[] = {
    "x=fp32[2,3,4] shape=[4,-1]",   "x=fp16[2,3,4] shape=[0,0,2,2]",
    "x=int32[6] shape=[3,2]",       "x=bool[2,3] shape=[-1]",
    "x=fp32[1] shape=run:[1,1]",    "x=fp32[2,3,4] shape=run:[4,0,-1]",
    "x=const:int32[2,2] shape=[4]", "x=fp32[0,3] shape=[0,-1]",
    "x=fp32[1,1] shape=int32:[]"};
constexpr std::string_view kReshapeSamples17[] = {
    "x=fp32[2,3,4] shape=[6,0]",  "x=fp16[2,3,4] shape=[0,2,0,0]", "x=fp16[2,3] shape=[0,0,-1,0,0]",
    "x=int8[6] shape=int8:[3,2]", "x=uint8[6] shape=int16:[3,-1]", "x=int16[6] shape=run:[2,-1]",
    "x=uint16[6] shape=[6]",      "x=int32[6] shape=[1,6]",        "x=bool[6] shape=[6,1]"};

constexpr std::array<ParamDef, 5> reshape_like_params(TypeSet x) {
  return {{{"x", x, kRequired, 'T', {}},
           {"ref_tensors", kNumbersBool17, kTuple, 0, {}},
           {"begins", kIndices, kTuple | kConstScalar, 0, {}},
           {"ends", kIndices, kTuple | kConstScalar, 0, {}},
           {"end_masks", kBools, kTuple | kConstScalar, 0, {}}}};
}
constexpr auto kReshapeLike16 = reshape_like_params(kNumbersBool);
constexpr auto kReshapeLike17 = reshape_like_params(kNumbersBool17);
constexpr std::string_view kReshapeLikeSamples[] = {
    "x=fp32[2,3,4] ref_tensors=(fp32[6,5],int32[7,4]) begins=(0,1) ends=(1,2) "
    "end_masks=(false,false)",
    "x=fp16[6,4] ref_tensors=(fp32[9,2,3],bool[4]) begins=(1,0) ends=(0,1) end_masks=(true,false)",
    "x=int32[6] ref_tensors=(fp32[9,2,3,1]) begins=(-3) ends=(-1) end_masks=(false)",
    "x=bool[6] ref_tensors=(fp32[2,3]) begins=(0) ends=(2) end_masks=(true)"};
constexpr std::string_view kReshapeLikeSamples17[] = {
    "x=fp32[6] ref_tensors=(fp32[2,3]) begins=(0) ends=(2) end_masks=(false)",
    "x=fp16[6] ref_tensors=(fp32[2,3]) begins=(0) ends=(2) end_masks=(false)",
    "x=int8[6] ref_tensors=(fp32[2,3]) begins=(0) ends=(2) end_masks=(false)",
    "x=uint8[6] ref_tensors=(fp32[2,3]) begins=(0) ends=(2) end_masks=(false)",
    "x=int16[6] ref_tensors=(fp32[2,3]) begins=(0) ends=(2) end_masks=(false)",
    "x=uint16[6] ref_tensors=(fp32[2,3]) begins=(0) ends=(2) end_masks=(false)",
    "x=int32[6] ref_tensors=(fp32[2,3]) begins=(0) ends=(2) end_masks=(false)",
    "x=bool[6] ref_tensors=(fp32[2,3]) begins=(0) ends=(2) end_masks=(false)"};

constexpr std::array<ParamDef, 2> axes_params(TypeSet x, uint8_t flags) {
  return {{{"x", x, kRequired, 'T', {}},
           {"axes", kInt32s, static_cast<uint8_t>(flags | kConstList), 0, {}}}};
}
constexpr auto kExpand15 = axes_params(kNumbersBool, kRequired);
constexpr auto kExpand17 = axes_params(kNumbersBool17, kRequired);
constexpr auto kAxes15 = axes_params(kNumbersBool, kOptional);
constexpr auto kAxes17 = axes_params(kNumbersBool17, kOptional);
constexpr std::string_view kExpandSamples[] = {
    "x=fp32[2,3] axes=[0]", "x=fp32[2,3] axes=[1,-1]", "x=fp16[3] axes=[-1,0]",
    "x=int32[] axes=[0]",   "x=bool[2] axes=1",        "x=const:int32[2] axes=[0]"};
constexpr std::string_view kExpandSamples17[] = {
    "x=fp32[2,3] axes=[0]", "x=fp16[2] axes=[1]",  "x=int32[2] axes=[1]", "x=bool[2] axes=[1]",
    "x=int8[2] axes=[1]",   "x=uint8[2] axes=[1]", "x=int16[2] axes=[1]", "x=uint16[2] axes=[1]"};
constexpr std::string_view kSqueezeSamples[] = {
    "x=fp32[1,3,1] axes=[0]", "x=const:fp32[1,3,1]", "x=fp16[1,3,1,2] axes=[-2,0]",
    "x=int32[1] axes=[0]",    "x=bool[2,1] axes=1",  "x=const:fp32[1,3,1] axes=[1,2]"};
constexpr std::string_view kSqueezeSamples17[] = {
    "x=fp32[1,3] axes=[0]",  "x=fp16[2,1] axes=[1]",  "x=int32[2,1] axes=[1]",
    "x=bool[2,1] axes=[1]",  "x=int8[2,1] axes=[1]",  "x=uint8[2,1] axes=[1]",
    "x=int16[2,1] axes=[1]", "x=uint16[2,1] axes=[1]"};
constexpr std::string_view kReverseSamples[] = {
    "x=fp32[2,3,4] axes=[1]", "x=fp32[2,3,4]", "x=fp16[2,5] axes=[0,-1]",
    "x=int32[7] axes=[0]",    "x=bool[7]",     "x=fp32[0,2] axes=[0]"};
constexpr std::string_view kReverseSamples17[] = {
    "x=fp32[2,3] axes=[0]", "x=fp16[2,3]",          "x=int32[5]", "x=bool[5]", "x=int8[5]",
    "x=uint8[5]",           "x=int16[5] axes=[-1]", "x=uint16[5]"};

constexpr std::array<ParamDef, 2> transpose_params(TypeSet x) {
  return {{{"x", x, kRequired, 'T', {}}, {"perm", kInt32s, kConstList, 0, {}}}};
}
constexpr auto kTranspose15 = transpose_params(kNumbersBool);
constexpr auto kTranspose17 = transpose_params(kNumbersBool17);
constexpr std::string_view kTransposeSamples[] = {
    "x=fp32[2,3,4,5] perm=[0,2,3,1]",    "x=fp32[2,3,4,5] perm=[0,3,1,2]",
    "x=fp32[2,3,4] perm=[-1,-3,-2]",     "x=fp16[3,5] perm=[1,0]",
    "x=int32[2,1,3] perm=[2,1,0]",       "x=bool[2,3] perm=[1,0]",
    "x=fp32[2,3,4] perm=[0,1,2]",        "x=fp32[0,3,2] perm=[2,0,1]",
    "x=fp32[2,3,2,2,3] perm=[4,2,0,3,1]"};
constexpr std::string_view kTransposeSamples17[] = {
    "x=fp32[2,3] perm=[1,0]",  "x=fp16[2,3] perm=[1,0]",  "x=int32[2,3] perm=[1,0]",
    "x=bool[2,3] perm=[1,0]",  "x=int8[2,3] perm=[1,0]",  "x=uint8[2,3] perm=[1,0]",
    "x=int16[2,3] perm=[1,0]", "x=uint16[2,3] perm=[1,0]"};

constexpr ParamDef kFlattenParams[] = {{"x", kNumbersBool, kRequired, 'T', {}},
                                       {"axis", kInt32s, kOptional | kConstScalar, 0, def_int(1)}};
constexpr std::string_view kFlattenSamples[] = {"x=fp32[2,3,4]", "x=fp32[2,3,4] axis=2",
                                                "x=fp16[2,3,4] axis=0", "x=int32[2,3] axis=-1",
                                                "x=bool[2,3,4] axis=3"};

constexpr std::array<ParamDef, 4> reverse_sequence_params(TypeSet x, TypeSet lengths) {
  return {{{"x", x, kRequired, 'T', {}},
           {"lengths", lengths, kRequired, 0, {}},
           {"seq_axis", kInt32s, kOptional | kConstScalar, 0, def_int(0)},
           {"batch_axis", kInt32s, kOptional | kConstScalar, 0, def_int(0)}}};
}
constexpr auto kReverseSequence15 = reverse_sequence_params(kNumbersBool, kInt32s);
constexpr auto kReverseSequence17 = reverse_sequence_params(kNumbersBool17, kListInts17);
constexpr std::string_view kReverseSequenceSamples[] = {
    "x=fp32[3,5] lengths=int32[3]{0..5} seq_axis=1 batch_axis=0",
    "x=fp16[5,3,2] lengths=run:[5,1,3] batch_axis=1", "x=int32[2,4,3] lengths=[2,3] seq_axis=-2",
    "x=bool[2,4] lengths=[4,1] seq_axis=1"};
constexpr std::string_view kReverseSequenceSamples17[] = {
    "x=fp32[2,4] lengths=int16:[4,3] seq_axis=1", "x=fp16[2,4] lengths=int8:[4,3] seq_axis=1",
    "x=int32[2,4] lengths=[2,3] seq_axis=1",      "x=bool[2,4] lengths=[4,1] seq_axis=1",
    "x=int8[2,4] lengths=[2,3] seq_axis=1",       "x=uint8[2,4] lengths=[4,1] seq_axis=1",
    "x=int16[4,2] lengths=[2,3] batch_axis=1",    "x=uint16[2,4] lengths=[4,1] seq_axis=1"};

constexpr std::array<ParamDef, 7> slice_index_params(TypeSet x, TypeSet list) {
  return {{{"x", x, kRequired, 'T', {}},
           {"begin", list, kShortList, 'U', {}},
           {"end", list, kShortList, 'U', {}},
           {"stride", list, kOptional | kShortList, 'U', {}},
           {"begin_mask", kBools, kOptional | kShortList, 0, {}},
           {"end_mask", kBools, kOptional | kShortList, 0, {}},
           {"squeeze_mask", kBools, kOptional | kConstList, 0, {}}}};
}
constexpr auto kSliceIndex15 = slice_index_params(kNumbersBool, kInt32s);
constexpr auto kSliceIndex17 = slice_index_params(kNumbersBool17, kListInts17);
constexpr std::string_view kSliceIndexSamples[] = {
    "x=fp32[4,6,5] begin=[1,0,2] end=[3,6,4]",
    "x=fp32[4,6,5] begin=[-3,1,-1] end=[-1,100,0] stride=[1,2,-2]",
    "x=fp16[4,6] begin=[0,4] end=[0,0] stride=[2,-1] begin_mask=[true,false] "
    "end_mask=[true,true]",
    "x=fp32[4,6] begin=[0,5] end=[0,0] stride=[-1,-3] begin_mask=[true,false] "
    "end_mask=[true,true]",
    "x=int32[3,4,2] begin=[-1,1,0] end=[0,3,2] squeeze_mask=[true,false,false]",
    "x=const:int32[4] begin=[2] end=[0] squeeze_mask=[true]",
    "x=bool[7] begin=[2] end=[2]",
    "x=fp32[4,6] begin=run:[1,2] end=run:[3,-1]",
    "x=fp32[4,6] begin=run:[1,2] end=[0,0] end_mask=[true,false] squeeze_mask=[false,true]",
    "x=fp32[0,3] begin=[0,0] end=[5,2]",
    "x=fp32[4,6] begin=[0,5] end=[3,0] stride=run:[2,-1] begin_mask=run:[true,false] "
    "end_mask=run:[false,true]"};
constexpr std::string_view kSliceIndexSamples17[] = {
    "x=fp32[4,6] begin=int16:[1,2] end=int16:[3,-1]",
    "x=fp16[4,6] begin=int8:[1,2] end=int8:[3,-1] stride=int8:[1,2]",
    "x=int32[4,6] begin=[1,2] end=[3,-1] begin_mask=[true,false] end_mask=[true,false] "
    "squeeze_mask=[false,true]",
    "x=bool[6] begin=[1] end=[3]",
    "x=int8[6] begin=[1] end=[3]",
    "x=uint8[6] begin=[1] end=[3]",
    "x=int16[6] begin=[1] end=[3]",
    "x=uint16[6] begin=[5] end=[1] stride=[-2]"};

constexpr std::array<ParamDef, 8> slice_update_params() {
  const auto s = slice_index_params(kNumbersBool17, kListInts17);
  return {{s[0], s[1], s[2], s[3], s[4], s[5], s[6], {"update", kNumbersBool17, 0, 'T', {}}}};
}
constexpr auto kSliceUpdate18 = slice_update_params();
constexpr std::string_view kSliceUpdateSamples[] = {
    "x=fp32[4,6] update=fp32[2,3] begin=[1,2] end=[3,5]",
    "x=fp32[4,6,5] update=fp32[2,3,2] begin=[-3,1,-1] end=[-1,100,1] stride=[1,2,-2]",
    "x=fp32[4,6] update=fp32[4] begin=run:[1,2] end=[0,0] end_mask=[true,false] "
    "begin_mask=[true,false] squeeze_mask=[false,true]",
    "x=fp32[4,6] update=fp32[2,1] begin=run:[1,4] end=run:[3,-1]",
    "x=fp16[4,6] update=fp16[1,3] begin=int8:[3,0] end=int8:[4,6] stride=int8:[1,2]",
    "x=int32[5] update=int32[5] begin=int16:[4] end=int16:[0] end_mask=[true] stride=int16:[-1]",
    "x=int32[3] update=int32[] begin=[1] end=[0] squeeze_mask=[true]",
    "x=bool[6] update=bool[2] begin=[1] end=[3]",
    "x=int8[6] update=int8[2] begin=[1] end=[3]",
    "x=uint8[6] update=uint8[2] begin=[1] end=[3]",
    "x=int16[6] update=int16[2] begin=[1] end=[3]",
    "x=uint16[6] update=uint16[0] begin=[3] end=[3]"};

constexpr std::array<ParamDef, 3> slice_size_params(TypeSet x, TypeSet list) {
  return {{{"x", x, kRequired, 'T', {}},
           {"begin", list, kShortList, 'U', {}},
           {"size", list, kShortList, 'U', {}}}};
}
constexpr auto kSliceSize15 = slice_size_params(kNumbersBool, kInt32s);
constexpr auto kSliceSize17 = slice_size_params(kNumbersBool17, kListInts17);
constexpr std::string_view kSliceSizeSamples[] = {
    "x=fp32[4,6,5] begin=[1,0,2] size=[2,-1,3]", "x=fp16[4,6] begin=[-2,0] size=[1,6]",
    "x=int32[5] begin=run:[3] size=[2]", "x=bool[5] begin=[0] size=[0]",
    "x=fp32[5,2] begin=run:[3,0] size=run:[-1,1]"};
constexpr std::string_view kSliceSizeSamples17[] = {
    "x=fp32[4,6] begin=int16:[1,2] size=int16:[3,-1]",
    "x=fp16[4,6] begin=int8:[1,2] size=int8:[3,-1]",
    "x=int32[6] begin=[1] size=[3]",
    "x=bool[6] begin=[1] size=[3]",
    "x=int8[6] begin=[1] size=[3]",
    "x=uint8[6] begin=[1] size=[3]",
    "x=int16[6] begin=[1] size=[3]",
    "x=uint16[6] begin=[5] size=[1]"};

constexpr std::array<ParamDef, 4> windows_params(TypeSet x) {
  return {{{"x", x, kRequired, 'T', {}},
           {"axis", kInt32s, kConstScalar, 0, {}},
           {"size", kInt32s, kConstScalar, 0, {}},
           {"stride", kInt32s, kOptional | kConstScalar, 0, def_int(1)}}};
}
constexpr auto kWindows15 = windows_params(kNumbers);
constexpr auto kWindows17 = windows_params(kNumbersBool17);
constexpr std::string_view kWindowsSamples[] = {"x=fp32[2,7,3] axis=1 size=3",
                                                "x=fp16[2,8] axis=-1 size=2 stride=3",
                                                "x=int32[5,2] axis=0 size=5 stride=2"};
constexpr std::string_view kWindowsSamples17[] = {
    "x=fp32[5] axis=0 size=3",  "x=fp16[5] axis=0 size=3",  "x=int32[5] axis=0 size=3 stride=2",
    "x=bool[5] axis=0 size=3",  "x=int8[5] axis=0 size=3",  "x=uint8[5] axis=0 size=3",
    "x=int16[5] axis=0 size=3", "x=uint16[5] axis=0 size=3"};

constexpr std::array<ParamDef, 2> block_params(std::string_view name, TypeSet type) {
  return {{{"x", kFloats, kRequired, 'T', {}}, {name, type, kConstScalar, 0, {}}}};
}
constexpr auto kBlockParams = block_params("block_size", kInt32s);
constexpr auto kShuffleParams = block_params("upscale_factor", kInt32s);
constexpr auto kUnshuffleParams =
    block_params("downscale_factor", bit(ir::DType::kUint32) | kInt32s);
constexpr std::string_view kToSpaceSamples[] = {"x=fp32[2,12,3,2] block_size=2",
                                                "x=fp16[1,9,2,2] block_size=3"};
constexpr std::string_view kToDepthSamples[] = {"x=fp32[2,3,4,6] block_size=2",
                                                "x=fp16[1,2,3,6] block_size=3"};
constexpr std::string_view kShuffleSamples[] = {"x=fp32[2,12,3,2] upscale_factor=2",
                                                "x=fp16[1,9,2,2] upscale_factor=3"};
constexpr std::string_view kUnshuffleSamples[] = {"x=fp32[2,3,4,6] downscale_factor=uint32:2",
                                                  "x=fp16[1,2,3,6] downscale_factor=3"};

constexpr std::array<ParamDef, 3> batch_block_params(std::string_view borders) {
  return {{{"x", kFloats, kRequired, 'T', {}},
           {"block_shape", kInt32s, kConstList, 0, {}},
           {borders, kInt32s, kConst, 0, {}}}};
}
constexpr auto kBatchToSpaceParams = batch_block_params("crops");
constexpr auto kSpaceToBatchParams = batch_block_params("paddings");
constexpr std::string_view kBatchToSpaceSamples[] = {
    "x=fp32[12,3,2,3] block_shape=[2,3] crops=[[0,0],[0,0]]",
    "x=fp16[4,2,3,3] block_shape=[2,2] crops=[[1,0],[0,2]]"};
constexpr std::string_view kSpaceToBatchSamples[] = {
    "x=fp32[2,3,4,6] block_shape=[2,3] paddings=[[0,0],[0,0]]",
    "x=fp16[1,2,3,4] block_shape=[2,2] paddings=[[1,0],[0,2]]"};

constexpr std::string_view kReshapeDoc =
    "The elements of x in row-major order under another shape. One extent of `shape` may be -1: "
    "what is left. An extent 0 copies that of x at the same position.";
constexpr std::string_view kReshapeDoc17 =
    "The elements of x in row-major order under another shape. One extent of `shape` may be -1: "
    "what is left. An extent 0 copies that of x at the same position counted from the last axis, "
    "and is 1 where x has none.";
constexpr std::string_view kReshapeLikeDoc =
    "The elements of x in row-major order under the shape that the extents begins[i] to ends[i] "
    "(to the last where end_masks[i]) of each ref_tensors[i] make together.";
constexpr std::string_view kExpandDoc =
    "x with an axis of extent 1 at each of `axes`, positions in the result.";
constexpr std::string_view kSqueezeDoc =
    "x without its axes of extent 1: those in `axes`, or all. Listed axes of another extent stay; "
    "where an extent is open, a listed axis is taken to be 1.";
constexpr std::string_view kReverseDoc = "x turned around along `axes`, or along all.";
constexpr std::string_view kTransposeDoc =
    "y[i_perm[0], i_perm[1], ...] = x[i_0, i_1, ...]: axis k of y is axis perm[k] of x.";
constexpr std::string_view kReverseSequenceDoc =
    "For each index b of batch_axis the first lengths[b] elements along seq_axis turned around, "
    "the rest as it is.";
constexpr std::string_view kSliceIndexDoc =
    "y = x[begin:end:stride] on each axis by Python's rules: negative bounds count from the end, "
    "bounds outside are cut. A masked bound is the far end of the axis; a squeezed axis keeps the "
    "element at begin and goes away.";
constexpr std::string_view kSliceSizeDoc =
    "`size` elements of each axis from `begin` on; size -1 takes the rest, a negative begin counts "
    "from the end.";
constexpr std::string_view kWindowsDoc =
    "Windows of `size` elements along `axis`, `stride` apart: y[.., w, k, ..] = x[.., w * stride + "
    "k, ..].";

constexpr OpDef kOps[] = {
    row("batch_to_space", kIos15,
        "x [N*bh*bw,C,H,W] to [N,C,H*bh-crops,W*bw-crops]: block position (i, j) comes from batch "
        "(i*bw + j)*N + n, then crops [[top,bottom],[left,right]] are cut.",
        kBatchToSpaceParams, inference::batch_to_space, reference::batch_to_space,
        kBatchToSpaceSamples),
    row("depth_to_space", kIos15,
        "y[n, c, h*b+i, w*b+j] = x[n, (i*b+j)*C + c, h, w], b the block size, C = channels / b^2: "
        "TensorFlow's order.",
        kBlockParams, inference::depth_to_space, reference::depth_to_space, kToSpaceSamples),
    row("expand_dims", kIos15, kExpandDoc, kExpand15, inference::expand_dims, reference::copy,
        kExpandSamples, kView | kInPlace),
    row("expand_dims", kIos17, kExpandDoc, kExpand17, inference::expand_dims, reference::copy,
        kExpandSamples17, kView | kInPlace),
    row("flatten2d", kIos15,
        "x as a matrix: the axes before `axis` are its rows, the others its "
        "columns.",
        kFlattenParams, inference::flatten2d, reference::copy, kFlattenSamples, kView | kInPlace),
    row("pixel_shuffle", kIos15,
        "y[n, c, h*r+i, w*r+j] = x[n, c*r^2 + i*r + j, h, w], r the factor: PyTorch's order.",
        kShuffleParams, inference::depth_to_space, reference::pixel_shuffle, kShuffleSamples),
    row("pixel_unshuffle", kIos16,
        "y[n, c*r^2 + i*r + j, h, w] = x[n, c, h*r+i, w*r+j], r the factor: PyTorch's order.",
        kUnshuffleParams, inference::space_to_depth, reference::pixel_unshuffle, kUnshuffleSamples),
    row("reshape", kIos15, kReshapeDoc, kReshape15, inference::reshape, reference::copy,
        kReshapeSamples, kView | kInPlace),
    row("reshape", kIos17, kReshapeDoc17, kReshape17, inference::reshape_ios17, reference::copy,
        kReshapeSamples17, kView | kInPlace),
    row("reshape_like", kIos16, kReshapeLikeDoc, kReshapeLike16, inference::reshape_like,
        reference::copy, kReshapeLikeSamples, kView | kInPlace),
    row("reshape_like", kIos17, kReshapeLikeDoc, kReshapeLike17, inference::reshape_like,
        reference::copy, kReshapeLikeSamples17, kView | kInPlace),
    row("reverse", kIos15, kReverseDoc, kAxes15, inference::reverse, reference::reverse,
        kReverseSamples),
    row("reverse", kIos17, kReverseDoc, kAxes17, inference::reverse, reference::reverse,
        kReverseSamples17),
    row("reverse_sequence", kIos15, kReverseSequenceDoc, kReverseSequence15,
        inference::reverse_sequence, reference::reverse_sequence, kReverseSequenceSamples),
    row("reverse_sequence", kIos17, kReverseSequenceDoc, kReverseSequence17,
        inference::reverse_sequence, reference::reverse_sequence, kReverseSequenceSamples17),
    row("slice_by_index", kIos15, kSliceIndexDoc, kSliceIndex15, inference::slice_by_index,
        reference::slice_by_index, kSliceIndexSamples),
    row("slice_by_index", kIos17, kSliceIndexDoc, kSliceIndex17, inference::slice_by_index,
        reference::slice_by_index, kSliceIndexSamples17),
    row("slice_by_size", kIos15, kSliceSizeDoc, kSliceSize15, inference::slice_by_size,
        reference::slice_by_size, kSliceSizeSamples),
    row("slice_by_size", kIos17, kSliceSizeDoc, kSliceSize17, inference::slice_by_size,
        reference::slice_by_size, kSliceSizeSamples17),
    row("slice_update", kIos18,
        "x with `update` in place of its part x[begin:end:stride], which is named as "
        "slice_by_index "
        "does and has the shape of update.",
        kSliceUpdate18, inference::slice_update, reference::slice_update, kSliceUpdateSamples),
    row("sliding_windows", kIos15, kWindowsDoc, kWindows15, inference::sliding_windows,
        reference::sliding_windows, kWindowsSamples),
    row("sliding_windows", kIos17, kWindowsDoc, kWindows17, inference::sliding_windows,
        reference::sliding_windows, kWindowsSamples17),
    row("space_to_batch", kIos15,
        "x [N,C,H,W], padded with zeros by [[top,bottom],[left,right]], to [N*bh*bw,C,H/bh,W/bw]: "
        "block position (i, j) goes to batch (i*bw + j)*N + n.",
        kSpaceToBatchParams, inference::space_to_batch, reference::space_to_batch,
        kSpaceToBatchSamples),
    row("space_to_depth", kIos15,
        "y[n, (i*b+j)*C + c, h, w] = x[n, c, h*b+i, w*b+j], b the block size, C the channels: "
        "TensorFlow's order.",
        kBlockParams, inference::space_to_depth, reference::space_to_depth, kToDepthSamples),
    row("squeeze", kIos15, kSqueezeDoc, kAxes15, inference::squeeze, reference::copy,
        kSqueezeSamples, kView | kInPlace),
    row("squeeze", kIos17, kSqueezeDoc, kAxes17, inference::squeeze, reference::copy,
        kSqueezeSamples17, kView | kInPlace),
    row("transpose", kIos15, kTransposeDoc, kTranspose15, inference::transpose,
        reference::transpose, kTransposeSamples),
    row("transpose", kIos17, kTransposeDoc, kTranspose17, inference::transpose,
        reference::transpose, kTransposeSamples17),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> tensor_transformation_ops() { return kOps; }

}  // namespace pome::ops
