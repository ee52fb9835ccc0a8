#include "ops/image_resizing.h"

#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;
using enum ir::Opset;

constexpr uint8_t kOption = kOptional | kConst | kScalar;

constexpr ParamDef x_param(TypeSet types = kFloats) {
  return {.name = "x", .types = types, .group = 'T'};
}
constexpr ParamDef count(std::string_view name) {
  return {.name = name, .types = kInt32s, .flags = kConst | kScalar};
}
constexpr ParamDef count_or_one(std::string_view name) {
  return {.name = name, .types = kInt32s, .flags = kOption, .fallback = def_int(1)};
}
constexpr ParamDef scale(std::string_view name) {
  return {.name = name,
          .types = kInt32s | bit(ir::DType::kFp32),
          .flags = kOption,
          .fallback = def_int(1)};
}
constexpr ParamDef flag(std::string_view name, bool fallback) {
  return {.name = name, .types = kBools, .flags = kOption, .fallback = def_bool(fallback)};
}
constexpr ParamDef text(std::string_view name) {
  return {.name = name, .types = kStrings, .flags = kConst | kScalar};
}
constexpr ParamDef text(std::string_view name, std::string_view fallback) {
  return {.name = name, .types = kStrings, .flags = kOption, .fallback = def_text(fallback)};
}

constexpr ParamDef kResizeBilinearParams[] = {x_param(), count_or_one("target_size_height"),
                                              count_or_one("target_size_width"),
                                              text("sampling_mode", "DEFAULT")};
constexpr ParamDef kResizeNearestParams[] = {x_param(), count("target_size_height"),
                                             count("target_size_width")};
constexpr ParamDef kUpsampleBilinearParams16[] = {
    x_param(),
    scale("scale_factor_height"),
    scale("scale_factor_width"),
    flag("align_corners", true),
    {.name = "half_pixel_centers", .types = kBools, .flags = kOption}};
constexpr auto kUpsampleBilinearParams = std::span(kUpsampleBilinearParams16).first<4>();
constexpr auto kUpsampleNearestParams = std::span(kUpsampleBilinearParams16).first<3>();

constexpr TypeSet kExtentInts =
    kInt32s | bit(ir::DType::kInt16) | bit(ir::DType::kUint16) | bit(ir::DType::kUint32);
constexpr ParamDef kResizeParams[] = {
    x_param(kNumbers),
    {.name = "shape", .types = kExtentInts, .flags = kShortList},
    {.name = "resized_dims", .types = bit(ir::DType::kUint32), .flags = kConst | kScalar},
    text("interpolation_mode", "LINEAR"),
    text("sampling_mode", "DEFAULT"),
};
constexpr ParamDef kCropParams[] = {
    x_param(),
    {.name = "crop_height", .types = kInt32s, .flags = kConst | kShortList},
    {.name = "crop_width", .types = kInt32s, .flags = kConst | kShortList},
};

constexpr ParamDef kPadValue = {.name = "pad_value",
                                .types = kFloats,
                                .flags = kOption,
                                .group = 'T',
                                .fallback = def_float(0)};
constexpr ParamDef kSpatialScale = {.name = "spatial_scale",
                                    .types = bit(ir::DType::kFp32),
                                    .flags = kOption,
                                    .fallback = def_float(1)};
constexpr ParamDef kCropResizeParams16[] = {
    x_param(),
    {.name = "roi", .types = kFloats, .group = 'T'},
    count_or_one("target_height"),
    count_or_one("target_width"),
    flag("normalized_coordinates", false),
    kSpatialScale,
    text("box_coordinate_mode", "CORNERS_HEIGHT_FIRST"),
    text("sampling_mode", "DEFAULT"),
    kPadValue,
};
constexpr auto kCropResizeParams = std::span(kCropResizeParams16).first<8>();
constexpr ParamDef kCropResizeParams17[] = {
    x_param(),
    {.name = "boxes", .types = kFloats | bit(ir::DType::kUint16)},
    count_or_one("target_height"),
    count_or_one("target_width"),
    flag("normalized_coordinates", false),
    kSpatialScale,
    text("box_coordinate_mode", "CORNERS_HEIGHT_FIRST"),
    text("sampling_mode", "DEFAULT"),
    kPadValue,
    {.name = "box_indices", .types = kInt32s | bit(ir::DType::kUint16), .flags = kOptional},
};

constexpr ParamDef kPaddingValue = {
    .name = "padding_value", .types = kFloats, .flags = kConst | kScalar, .group = 'T'};
constexpr ParamDef kAlignCorners = {
    .name = "align_corners", .types = kBools, .flags = kConst | kScalar};
template <TypeSet kCoordinates>
constexpr ParamDef kResampleParams[] = {
    x_param(),
    {.name = "coordinates", .types = kCoordinates},
    text("sampling_mode"),
    text("padding_mode"),
    kPaddingValue,
    text("coordinates_mode"),
    kAlignCorners,
};
constexpr TypeSet kCoordinates15 = kInt32s | bit(ir::DType::kFp32);
constexpr TypeSet kCoordinates16 = kInt32s | kFloats;
constexpr TypeSet kCoordinates17 = kCoordinates16 | kSmallInts;
constexpr ParamDef kAffineParams[] = {
    x_param(),
    {.name = "transform_matrix", .types = kFloats, .group = 'T'},
    count("output_height"),
    count("output_width"),
    text("sampling_mode"),
    text("padding_mode"),
    kPaddingValue,
    text("coordinates_mode"),
    kAlignCorners,
};

constexpr std::string_view kOutputs[] = {"output"};

constexpr std::string_view kUpsampleBilinearDoc =
    "Resizes the last two axes to floor(extent * scale_factor), mixing the four nearest cells. "
    "With align_corners the corner cells fall on each other: point i of n reads i * (in - 1) / (n "
    "- "
    "1); with half_pixel_centers the outer edges do: (i + 1/2) * in / n - 1/2, kept inside; with "
    "neither: i * in / n. half_pixel_centers is not align_corners where absent.";
constexpr std::string_view kCropResizeDoc =
    "Cuts boxes out of images x [B, C, H, W] and resizes each to target_height by target_width, "
    "mixing the four nearest cells. A box holds the positions of its first and last cell (or its "
    "centre and size, edges at centre -+ size / 2) in the order that box_coordinate_mode names, in "
    "cells, or with normalized_coordinates in parts of H - 1 and W - 1; spatial_scale multiplies "
    "them. The points in a box lie as sampling_mode says (see resize_bilinear, with last = end - "
    "start); a box that ends before it starts is mirrored; points outside the image give pad_value "
    "(0 where absent). Until ios16 roi is [N, 1, 4, 1, 1], every box being cut out of every image "
    "(result [N, B, C, ...]), or [N, 1, 5, 1, 1], the number of the image in front (result [N, 1, "
    "C, ...]); from ios17 on boxes is [N, 4], box n being cut out of image box_indices[n] (n where "
    "absent; result [N, C, ...]).";
constexpr std::string_view kResampleDoc =
    "Reads x [B, C, H, W] at the positions (x, y) of coordinates [B, H2, W2, 2]: in cells "
    "(unnormalized), or from -1 or 0 to 1 over the image, the ends being the centres of the corner "
    "cells (align_corners) or their outer edges. bilinear mixes the four cells around, nearest "
    "rounds half to even. padding_mode tells what lies outside: padding_value (constant), the "
    "nearest cell (border), the image mirrored at the centres of its outermost cells (reflection) "
    "or "
    "at their outer edges (symmetric).";

constexpr std::string_view kResizeBilinearSamples[] = {
    "x=fp32[1,2,4,5] target_size_height=7 target_size_width=9",
    "x=fp32[2,4,5] target_size_height=2 target_size_width=3 sampling_mode=\"DEFAULT\"",
    "x=fp32[1,2,4,5] target_size_height=7 target_size_width=3 "
    "sampling_mode=\"STRICT_ALIGN_CORNERS\"",
    "x=fp32[1,2,4,5] target_size_height=7 target_size_width=3 sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp32[1,2,4,5] sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp32[1,2,4,5] sampling_mode=\"STRICT_ALIGN_CORNERS\"",
    "x=fp32[1,2,4,5] target_size_height=7 target_size_width=3 sampling_mode=\"OFFSET_CORNERS\"",
    "x=fp32[1,2,4,5] target_size_height=9 target_size_width=3 sampling_mode=\"UNALIGN_CORNERS\"",
    "x=fp32[1,2,1,1] target_size_height=3 target_size_width=2 sampling_mode=\"OFFSET_CORNERS\"",
    "x=fp16[1,2,4,5] target_size_height=8 target_size_width=10",
};
constexpr std::string_view kResizeNearestSamples[] = {
    "x=fp32[1,2,4,5] target_size_height=7 target_size_width=9",
    "x=fp32[2,4,5] target_size_height=2 target_size_width=3",
    "x=fp16[1,1,2,3,2] target_size_height=4 target_size_width=3",
};
constexpr std::string_view kUpsampleBilinearSamples[] = {
    "x=fp32[1,2,4,5] scale_factor_height=2 scale_factor_width=3",
    "x=fp32[2,4,5] scale_factor_height=1.5 scale_factor_width=2.3 align_corners=false",
    "x=fp32[1,2,4,5] scale_factor_height=0.5 scale_factor_width=2 align_corners=true",
    "x=fp32[1,1,10,3] scale_factor_height=0.7",
    "x=fp16[1,2,3,3] scale_factor_height=2 align_corners=false",
};
constexpr std::string_view kUpsampleBilinearSamples16[] = {
    "x=fp32[1,2,4,5] scale_factor_height=2 scale_factor_width=3 align_corners=false "
    "half_pixel_centers=false",
    "x=fp32[1,2,4,5] scale_factor_height=2 scale_factor_width=3 align_corners=false "
    "half_pixel_centers=true",
    "x=fp16[1,2,4,5] scale_factor_width=1.5 align_corners=true half_pixel_centers=false",
    "x=fp32[1,2,2,2] scale_factor_width=2",
};
constexpr std::string_view kUpsampleNearestSamples[] = {
    "x=fp32[1,2,4,5] scale_factor_height=2 scale_factor_width=3",
    "x=fp32[2,4,6] scale_factor_height=1.5 scale_factor_width=0.5",
    "x=fp16[1,2,3,3] scale_factor_height=2",
};
constexpr std::string_view kResizeSamples[] = {
    "x=fp32[1,2,3,4] shape=run:[1,6,8] resized_dims=uint32:2",
    "x=fp32[1,2,3,4] shape=[1,0,7] resized_dims=uint32:2 sampling_mode=\"UNALIGN_CORNERS\"",
    "x=fp32[2,3,4,5] shape=[4,2,9] resized_dims=uint32:3 interpolation_mode=\"LINEAR\" "
    "sampling_mode=\"STRICT_ALIGN_CORNERS\"",
    "x=fp32[1,2,5,4] shape=uint16:[3,9] resized_dims=uint32:2 "
    "interpolation_mode=\"NEAREST_NEIGHBOR\"",
    "x=fp32[1,1,5,4] shape=int16:[8,9] resized_dims=uint32:2 "
    "interpolation_mode=\"NEAREST_NEIGHBOR\" sampling_mode=\"UNALIGN_CORNERS\"",
    "x=int32[1,2,4] shape=uint32:[8,8] resized_dims=uint32:1 "
    "interpolation_mode=\"NEAREST_NEIGHBOR\"",
    "x=fp16[3,4] shape=[3] resized_dims=uint32:1",
    "x=fp32[3,4] shape=[7,7] resized_dims=uint32:0",
    "x=fp32[1,4,4] shape=[1,1] resized_dims=uint32:2 sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp32[1,4,6] shape=[3,4] resized_dims=uint32:2 sampling_mode=\"OFFSET_CORNERS\"",
};
constexpr std::string_view kCropSamples[] = {
    "x=fp32[2,3,6,7] crop_height=[1,2] crop_width=[0,3]",
    "x=fp16[3,5,4] crop_height=[0,0] crop_width=[1,1]",
};
constexpr std::string_view kCropResizeSamples[] = {
    "x=fp32[1,2,6,7] roi=run:[[[[[1.0]],[[1.5]],[[4.0]],[[5.5]]]]] target_height=3 target_width=4 "
    "sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp32[2,1,6,7] roi=const:fp32[3,1,4,1,1]{0..5} target_height=2 target_width=3 "
    "sampling_mode=\"STRICT_ALIGN_CORNERS\"",
    "x=fp32[2,1,6,7] roi=run:[[[[[1.0]],[[0.1]],[[0.2]],[[0.9]],[[0.7]]]],"
    "[[[[0.0]],[[0.9]],[[0.9]],[[0.1]],[[0.0]]]]] target_height=3 target_width=3 "
    "normalized_coordinates=true sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp32[1,1,6,7] roi=run:[[[[[2.0]],[[-3.0]],[[12.0]],[[9.0]]]]] target_height=5 "
    "target_width=5 spatial_scale=0.5 sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp32[1,1,6,7] roi=run:[[[[[1.0]],[[2.0]],[[4.0]],[[3.0]]]]] target_height=2 target_width=3 "
    "box_coordinate_mode=\"CORNERS_WIDTH_FIRST\" sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp32[1,1,6,7] roi=run:[[[[[2.5]],[[3.0]],[[3.0]],[[2.0]]]]] target_height=2 target_width=3 "
    "box_coordinate_mode=\"CENTER_SIZE_HEIGHT_FIRST\" sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp32[1,1,6,7] roi=run:[[[[[2.5]],[[3.0]],[[3.0]],[[2.0]]]]] target_height=2 target_width=3 "
    "box_coordinate_mode=\"CENTER_SIZE_WIDTH_FIRST\" sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp32[1,1,6,7] roi=run:[[[[[0.0]],[[0.0]],[[5.0]],[[6.0]]]]] target_height=4 target_width=9",
    "x=fp32[1,1,6,7] roi=run:[[[[[0.0]],[[0.0]],[[5.0]],[[6.0]]]]] target_height=4 target_width=9 "
    "sampling_mode=\"UNALIGN_CORNERS\"",
    "x=fp32[1,1,6,7] roi=run:[[[[[0.0]],[[0.0]],[[5.0]],[[6.0]]]]] target_height=4 target_width=9 "
    "sampling_mode=\"OFFSET_CORNERS\"",
    "x=fp16[1,2,4,4] roi=run:fp16:[[[[[1.0]],[[0.0]],[[3.0]],[[2.0]]]]] target_height=2 "
    "target_width=2 box_coordinate_mode=\"CORNERS_HEIGHT_FIRST\" sampling_mode=\"ALIGN_CORNERS\"",
};
constexpr std::string_view kCropResizeSamples16[] = {
    "x=fp32[1,1,6,7] roi=run:[[[[[-2.0]],[[1.0]],[[4.0]],[[9.0]]]]] target_height=5 target_width=5 "
    "normalized_coordinates=false spatial_scale=1.0 box_coordinate_mode=\"CORNERS_HEIGHT_FIRST\" "
    "sampling_mode=\"ALIGN_CORNERS\" pad_value=-7.5",
    "x=fp16[1,1,4,4] roi=run:fp16:[[[[[-1.0]],[[1.0]],[[2.0]],[[3.0]]]]] target_height=3 "
    "target_width=3 sampling_mode=\"ALIGN_CORNERS\" pad_value=2.5",
};
constexpr std::string_view kCropResizeSamples17[] = {
    "x=fp32[2,2,6,7] boxes=run:[[1.0,1.5,4.0,5.5],[0.0,-1.0,5.0,6.5]] target_height=3 "
    "target_width=4 sampling_mode=\"ALIGN_CORNERS\" pad_value=0.5",
    "x=fp32[2,1,6,7] boxes=run:[[0.1,0.2,0.9,0.7],[0.0,0.0,1.0,1.0],[0.5,0.5,0.0,0.0]] "
    "box_indices=run:[1,0,1] target_height=3 target_width=3 normalized_coordinates=true "
    "spatial_scale=1.0 sampling_mode=\"ALIGN_CORNERS\"",
    "x=fp16[1,1,6,7] boxes=run:uint16:[[1,2,4,6]] box_indices=run:uint16:[0] target_height=4 "
    "target_width=3 box_coordinate_mode=\"CORNERS_HEIGHT_FIRST\" "
    "sampling_mode=\"STRICT_ALIGN_CORNERS\"",
    "x=fp16[1,1,6,7] boxes=run:fp32:[[0.0,0.0,5.0,6.0]] target_height=3 target_width=3",
    "x=fp32[1,1,6,7] boxes=run:fp16:[[2.5,3.0,3.0,2.0]] target_height=3 target_width=3 "
    "box_coordinate_mode=\"CENTER_SIZE_WIDTH_FIRST\" sampling_mode=\"ALIGN_CORNERS\"",
};
constexpr std::string_view kResampleSamples[] = {
    "x=fp32[2,2,4,5] coordinates=fp32[2,3,3,2]{-1.3..1.3} sampling_mode=\"bilinear\" "
    "padding_mode=\"constant\" padding_value=0.0 coordinates_mode=\"normalized_minus_one_to_one\" "
    "align_corners=true",
    "x=fp32[2,2,4,5] coordinates=fp32[2,3,3,2]{-1.3..1.3} sampling_mode=\"bilinear\" "
    "padding_mode=\"constant\" padding_value=3.5 coordinates_mode=\"normalized_minus_one_to_one\" "
    "align_corners=false",
    "x=fp32[1,2,4,5] coordinates=fp32[1,4,4,2]{-2.5..2.5} sampling_mode=\"bilinear\" "
    "padding_mode=\"border\" padding_value=0.0 coordinates_mode=\"normalized_minus_one_to_one\" "
    "align_corners=false",
    "x=fp32[1,2,4,5] coordinates=fp32[1,4,4,2]{-4..4} sampling_mode=\"bilinear\" "
    "padding_mode=\"reflection\" padding_value=0.0 "
    "coordinates_mode=\"normalized_minus_one_to_one\" align_corners=true",
    "x=fp32[1,2,4,5] coordinates=fp32[1,4,4,2]{-4..4} sampling_mode=\"bilinear\" "
    "padding_mode=\"symmetric\" padding_value=0.0 "
    "coordinates_mode=\"normalized_minus_one_to_one\" align_corners=false",
    "x=fp32[1,1,4,5] coordinates=fp32[1,4,4,2]{-0.2..1.2} sampling_mode=\"nearest\" "
    "padding_mode=\"border\" padding_value=0.0 coordinates_mode=\"normalized_zero_to_one\" "
    "align_corners=true",
    "x=fp32[1,1,4,5] coordinates=fp32[1,4,4,2]{-1..6} sampling_mode=\"bilinear\" "
    "padding_mode=\"constant\" padding_value=1.0 coordinates_mode=\"unnormalized\" "
    "align_corners=true",
    "x=fp16[1,1,4,5] coordinates=int32[1,3,3,2]{-2..6} sampling_mode=\"nearest\" "
    "padding_mode=\"constant\" padding_value=-1.5 coordinates_mode=\"unnormalized\" "
    "align_corners=false",
};
constexpr std::string_view kResampleSamples16[] = {
    "x=fp32[1,1,4,5] coordinates=fp16[1,4,4,2] sampling_mode=\"bilinear\" "
    "padding_mode=\"border\" padding_value=0.0 coordinates_mode=\"normalized_minus_one_to_one\" "
    "align_corners=true",
    "x=fp16[1,1,4,5] coordinates=int32[1,3,3,2]{0..3} sampling_mode=\"bilinear\" "
    "padding_mode=\"constant\" padding_value=0.0 coordinates_mode=\"unnormalized\" "
    "align_corners=true",
};
constexpr std::string_view kResampleSamples17[] = {
    "x=fp32[1,1,4,5] coordinates=uint8[1,4,4,2] sampling_mode=\"bilinear\" "
    "padding_mode=\"border\" padding_value=0.0 coordinates_mode=\"unnormalized\" "
    "align_corners=true",
    "x=fp16[1,1,4,5] coordinates=int16[1,3,3,2]{-2..6} sampling_mode=\"nearest\" "
    "padding_mode=\"symmetric\" padding_value=0.0 coordinates_mode=\"unnormalized\" "
    "align_corners=true",
};
constexpr std::string_view kAffineSamples[] = {
    "x=fp32[2,2,4,5] transform_matrix=fp32[2,6] output_height=3 output_width=6 "
    "sampling_mode=\"bilinear\" padding_mode=\"constant\" padding_value=0.0 "
    "coordinates_mode=\"normalized_minus_one_to_one\" align_corners=true",
    "x=fp32[2,1,4,5] transform_matrix=run:[[1.2,0.3,-0.1,-0.2,0.9,0.3]] output_height=5 "
    "output_width=4 sampling_mode=\"bilinear\" padding_mode=\"constant\" padding_value=0.0 "
    "coordinates_mode=\"normalized_minus_one_to_one\" align_corners=false",
    "x=fp16[1,1,4,5] transform_matrix=fp16[1,6] output_height=3 output_width=3 "
    "sampling_mode=\"bilinear\" padding_mode=\"constant\" padding_value=0.0 "
    "coordinates_mode=\"normalized_minus_one_to_one\" align_corners=true",
};

constexpr OpDef image(std::string_view name, ir::Opset since, std::string_view doc,
                      std::span<const ParamDef> params, InferFn infer_fn, ReferenceFn reference,
                      Lines samples) {
  return {.name = name,
          .since = since,
          .doc = doc,
          .params = params,
          .outputs = kOutputs,
          .infer = infer_fn,
          .reference = reference,
          .samples = samples};
}

constexpr OpDef resample(ir::Opset since, std::span<const ParamDef> params, Lines samples) {
  return image("resample", since, kResampleDoc, params, inference::resample, reference::resample,
               samples);
}

constexpr OpDef kOps[] = {
    image("affine", kIos15,
          "Reads x [B, C, H, W] at affinely mapped positions: pixel (x, y) of the result is x at "
          "(a0 x + a1 y + a2, b0 x + b1 y + b2), both in -1..1 over their images (see resample), "
          "with [a0, a1, a2, b0, b1, b2] the row of transform_matrix for the image, or its only "
          "row. Bilinear; outside lies padding_value.",
          kAffineParams, inference::affine, reference::affine, kAffineSamples),
    image("crop", kIos15,
          "Drops crop_height[0] rows at the top and crop_height[1] at the bottom, crop_width[0] "
          "columns at the left and crop_width[1] at the right, of the last two axes.",
          kCropParams, inference::crop, reference::crop, kCropSamples),
    image("crop_resize", kIos15, kCropResizeDoc, kCropResizeParams, inference::crop_resize_roi,
          reference::crop_resize, kCropResizeSamples),
    image("crop_resize", kIos16, kCropResizeDoc, kCropResizeParams16, inference::crop_resize_roi,
          reference::crop_resize, kCropResizeSamples16),
    image("crop_resize", kIos17, kCropResizeDoc, kCropResizeParams17, inference::crop_resize,
          reference::crop_resize, kCropResizeSamples17),
    resample(kIos15, kResampleParams<kCoordinates15>, kResampleSamples),
    resample(kIos16, kResampleParams<kCoordinates16>, kResampleSamples16),
    resample(kIos17, kResampleParams<kCoordinates17>, kResampleSamples17),
    image(
        "resize", kIos17,
        "Resizes the last resized_dims axes of x to the last extents of shape, where 0 keeps x's "
        "own. LINEAR mixes the nearest cells of each axis; NEAREST_NEIGHBOR takes cell floor(i * "
        "in / n) for DEFAULT, the one nearest to the position (halves up) otherwise. Positions as "
        "in resize_bilinear; int32 results truncate.",
        kResizeParams, inference::resize, reference::resize, kResizeSamples),
    image("resize_bilinear", kIos15,
          "Resizes the last two axes to target_size_height by target_size_width, mixing the four "
          "nearest cells. Point i of n over cells 0..last reads the position, kept in 0..last: "
          "STRICT_ALIGN_CORNERS i * last / (n - 1), 0 for n = 1; ALIGN_CORNERS the same, last / 2 "
          "for n = 1; DEFAULT i * (last + 1) / n; OFFSET_CORNERS (i + 1/2) * max(1, last) / n; "
          "UNALIGN_CORNERS (i + 1/2) * (last + 1) / n - 1/2.",
          kResizeBilinearParams, inference::resize_bilinear, reference::resize_bilinear,
          kResizeBilinearSamples),
    image(
        "resize_nearest_neighbor", kIos15,
        "Resizes the last two axes to target_size_height by target_size_width; point i of n reads "
        "cell floor(i * in / n).",
        kResizeNearestParams, inference::resize_nearest_neighbor,
        reference::resize_nearest_neighbor, kResizeNearestSamples),
    image("upsample_bilinear", kIos15, kUpsampleBilinearDoc, kUpsampleBilinearParams,
          inference::upsample_bilinear, reference::upsample_bilinear, kUpsampleBilinearSamples),
    image("upsample_bilinear", kIos16, kUpsampleBilinearDoc, kUpsampleBilinearParams16,
          inference::upsample_bilinear, reference::upsample_bilinear, kUpsampleBilinearSamples16),
    image("upsample_nearest_neighbor", kIos15,
          "Resizes the last two axes to n = floor(extent * scale_factor); point i reads cell "
          "floor(i * in / n).",
          kUpsampleNearestParams, inference::upsample_nearest_neighbor,
          reference::upsample_nearest_neighbor, kUpsampleNearestSamples),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> image_resizing_ops() { return kOps; }

}  // namespace pome::ops
