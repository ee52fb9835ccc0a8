#include <cmath>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "ops/checks.h"
#include "ops/image_resizing.h"
#include "ops/window.h"

namespace pome::ops {
namespace {

/// Checks that there is something to read along an axis that is resized.
Status check_not_empty(const Args& args, int param, int axis) {
  const Shape& shape = args.shape(param);
  if (shape.at(axis) != 0) return {};
  return unexpected_shape(args, param, "at least one cell on axis " + std::to_string(axis));
}

/// x with its last two extents replaced; rank 3 or more.
Status infer_planes(const Args& args, int64_t height, int64_t width, Inferred& out) {
  POME_TRY(check_not_empty(args, 0, -1));
  POME_TRY(check_not_empty(args, 0, -2));
  Shape y = args.shape(0);
  y[y.rank() - 2] = height;
  y[y.rank() - 1] = width;
  return set_output(args, out, args.dtype(0), y);
}

Status infer_target(const Args& args, int height_param, Inferred& out) {
  POME_TRY(check_rank(args, 0, 3, Shape::kMaxRank));
  POME_ASSIGN(const int64_t height, count_param(args, height_param, 1));
  POME_ASSIGN(const int64_t width, count_param(args, height_param + 1, 1));
  return infer_planes(args, height, width, out);
}

/// floor(extent * scale), the product rounded to float32 as converters compute it.
Result<int64_t> scaled_extent(const Args& args, int param, int64_t extent) {
  const double scale = args.real(param);
  const float product = static_cast<float>(extent) * static_cast<float>(scale);
  const double scaled = args.dtype(param) == ir::DType::kFp32
                            ? std::floor(static_cast<double>(product))
                            : static_cast<double>(extent) * scale;
  const bool fits = extent == Shape::kUnknown ? scale > 0 && scale <= kMaxExtent
                                              : scaled >= 1 && scaled <= kMaxExtent;
  if (!fits) {
    return param_error(args, param,
                       "is " + std::to_string(scale) + ", which makes " + std::to_string(scaled) +
                           " cells of x's " + std::to_string(extent) + ", expected 1 to " +
                           std::to_string(kMaxExtent));
  }
  return extent == Shape::kUnknown ? Shape::kUnknown : static_cast<int64_t>(scaled);
}

Status infer_upsample(const Args& args, Inferred& out) {
  using P = UpsampleParam;
  POME_TRY(check_rank(args, P::kX, 3, Shape::kMaxRank));
  const Shape& x = args.shape(P::kX);
  POME_TRY(check_not_empty(args, P::kX, -1));
  POME_TRY(check_not_empty(args, P::kX, -2));
  POME_ASSIGN(const int64_t height, scaled_extent(args, P::kScaleHeight, x.at(-2)));
  POME_ASSIGN(const int64_t width, scaled_extent(args, P::kScaleWidth, x.at(-1)));
  return infer_planes(args, height, width, out);
}

/// extent - crop[0] - crop[1].
Result<int64_t> cropped_extent(const Args& args, int param, int64_t extent) {
  const Ints crop = args.ints(param);
  if (crop.size() != 2 || crop[0] < 0 || crop[1] < 0) {
    return param_error(args, param,
                       "is " + to_string(crop) + ", expected two amounts that are not negative");
  }
  if (extent == Shape::kUnknown) return Shape::kUnknown;
  if (crop[0] + crop[1] >= extent) {
    return param_error(args, param,
                       "is " + to_string(crop) + ", which leaves nothing of x's " +
                           std::to_string(extent) + " cells");
  }
  return extent - crop[0] - crop[1];
}

struct CropSizes {
  int64_t height;
  int64_t width;
};

/// What the versions of crop_resize share.
Result<CropSizes> check_crop_resize(const Args& args) {
  using P = CropResizeParam;
  POME_TRY(check_rank(args, P::kX, 4, 4));
  POME_TRY(check_not_empty(args, P::kX, 2));
  POME_TRY(check_not_empty(args, P::kX, 3));
  POME_TRY(check_text(args, P::kBoxCoordinateMode,
                      {"CORNERS_HEIGHT_FIRST", "CORNERS_WIDTH_FIRST", "CENTER_SIZE_HEIGHT_FIRST",
                       "CENTER_SIZE_WIDTH_FIRST"}));
  POME_TRY(sampling_mode(args, P::kSamplingMode));
  POME_ASSIGN(const int64_t height, count_param(args, P::kTargetHeight, 1));
  POME_ASSIGN(const int64_t width, count_param(args, P::kTargetWidth, 1));
  return CropSizes{height, width};
}

}  // namespace

Result<SamplingMode> upsample_mode(const Args& args) {
  using P = UpsampleParam;
  const bool align = args.flag(P::kAlignCorners);
  const bool half = args.has(P::kHalfPixelCenters) ? args.flag(P::kHalfPixelCenters) : !align;
  if (align && half) {
    return Error(ErrorCode::kInvalidModel,
                 "align_corners and half_pixel_centers are both true, at most one may be");
  }
  if (align) return SamplingMode::kStrictAlignCorners;
  return half ? SamplingMode::kUnalignCorners : SamplingMode::kDefault;
}

namespace inference {

Status crop(const Args& args, Inferred& out) {
  using P = CropParam;
  POME_TRY(check_rank(args, P::kX, 3, Shape::kMaxRank));
  Shape y = args.shape(P::kX);
  const int rank = y.rank();
  POME_ASSIGN(y[rank - 2], cropped_extent(args, P::kCropHeight, y[rank - 2]));
  POME_ASSIGN(y[rank - 1], cropped_extent(args, P::kCropWidth, y[rank - 1]));
  return set_output(args, out, args.dtype(P::kX), y);
}

Status crop_resize_roi(const Args& args, Inferred& out) {
  using P = CropResizeParam;
  POME_ASSIGN(const CropSizes sizes, check_crop_resize(args));
  const Shape& x = args.shape(P::kX);
  const Shape& roi = args.shape(P::kBoxes);
  const bool fits = roi.rank() == 5 && extents_agree(roi[1], 1) && extents_agree(roi[3], 1) &&
                    extents_agree(roi[4], 1) &&
                    (extents_agree(roi[2], 4) || extents_agree(roi[2], 5));
  if (!fits) return unexpected_shape(args, P::kBoxes, "[N,1,4,1,1] or [N,1,5,1,1]");
  // Boxes of five numbers name their image, boxes of four are cut out of every image.
  const int64_t images = roi[2] == 4 ? x[0] : roi[2] == 5 ? 1 : Shape::kUnknown;
  return set_output(args, out, args.dtype(P::kX),
                    {roi[0], images, x[1], sizes.height, sizes.width});
}

Status crop_resize(const Args& args, Inferred& out) {
  using P = CropResizeParam;
  POME_ASSIGN(const CropSizes sizes, check_crop_resize(args));
  const Shape& x = args.shape(P::kX);
  const Shape& boxes = args.shape(P::kBoxes);
  if (boxes.rank() != 2 || !extents_agree(boxes[1], 4))
    return unexpected_shape(args, P::kBoxes, "[N,4]");
  POME_TRY(check_vector(args, P::kBoxIndices, boxes[0], "one per box"));
  const bool counted = boxes[0] != Shape::kUnknown && x[0] != Shape::kUnknown;
  if (!args.has(P::kBoxIndices) && counted && boxes[0] > x[0]) {
    return param_error(args, P::kBoxes,
                       "has " + std::to_string(boxes[0]) +
                           " boxes and box_indices is absent, x has " + std::to_string(x[0]) +
                           " images: at most as many boxes are expected");
  }
  if (args.flag(P::kNormalizedCoordinates) && !ir::is_float(args.dtype(P::kBoxes))) {
    return param_error(args, P::kBoxes,
                       "is of " + std::string(ir::name(args.dtype(P::kBoxes))) +
                           ", normalized_coordinates takes fp16 or fp32");
  }
  return set_output(args, out, args.dtype(P::kX), {boxes[0], x[1], sizes.height, sizes.width});
}

Status resize(const Args& args, Inferred& out) {
  using P = ResizeParam;
  POME_TRY(check_text(args, P::kInterpolationMode, {"LINEAR", "NEAREST_NEIGHBOR"}));
  POME_TRY(sampling_mode(args, P::kSamplingMode));
  Shape y = args.shape(P::kX);
  const Shape& list = args.shape(P::kShape);
  const int64_t resized = args.integer(P::kResizedDims);
  if (list.rank() != 1 || list[0] > y.rank())
    return unexpected_shape(args, P::kShape,
                            "a list of at most x's rank " + std::to_string(y.rank()));
  if (resized < 0 || resized > (list[0] == Shape::kUnknown ? y.rank() : list[0])) {
    return unexpected_value(args, P::kResizedDims, resized,
                            "at most the length of shape, " + list.to_string());
  }
  const bool known = args.readable(P::kShape) && list[0] != Shape::kUnknown;
  const Ints shape = known ? args.ints(P::kShape) : Ints();
  for (int i = 1; i <= static_cast<int>(resized); ++i) {
    int64_t& extent = y[y.rank() - i];
    if (extent == 0) return check_not_empty(args, P::kX, -i);
    if (!known) {
      extent = Shape::kUnknown;
      continue;
    }
    const int64_t wanted = shape[shape.size() - i];
    if (wanted < 0 || wanted > kMaxExtent) {
      return param_error(args, P::kShape,
                         "is " + to_string(shape) + ", expected extents from 0 (as x) to " +
                             std::to_string(kMaxExtent));
    }
    if (wanted != 0) extent = wanted;
  }
  return set_output(args, out, args.dtype(P::kX), y);
}

Status resize_bilinear(const Args& args, Inferred& out) {
  POME_TRY(sampling_mode(args, ResizeBilinearParam::kSamplingMode));
  return infer_target(args, ResizeBilinearParam::kTargetHeight, out);
}

Status resize_nearest_neighbor(const Args& args, Inferred& out) {
  return infer_target(args, ResizeNearestParam::kTargetHeight, out);
}

Status upsample_bilinear(const Args& args, Inferred& out) {
  POME_TRY(upsample_mode(args));
  return infer_upsample(args, out);
}

Status upsample_nearest_neighbor(const Args& args, Inferred& out) {
  return infer_upsample(args, out);
}

Status resample(const Args& args, Inferred& out) {
  using P = ResampleParam;
  POME_TRY(check_rank(args, P::kX, 4, 4));
  POME_TRY(check_rank(args, P::kCoordinates, 4, 4));
  POME_TRY(check_text(args, P::kSamplingMode, {"bilinear", "nearest"}));
  POME_TRY(check_text(args, P::kPaddingMode, {"constant", "border", "reflection", "symmetric"}));
  POME_TRY(check_text(args, P::kCoordinatesMode,
                      {"unnormalized", "normalized_minus_one_to_one", "normalized_zero_to_one"}));
  POME_TRY(check_not_empty(args, P::kX, 2));
  POME_TRY(check_not_empty(args, P::kX, 3));
  const Shape& x = args.shape(P::kX);
  const Shape& at = args.shape(P::kCoordinates);
  if (!extents_agree(at[0], x[0]) || !extents_agree(at[3], 2)) {
    return unexpected_shape(args, P::kCoordinates,
                            "[" + std::to_string(x[0]) + ",H,W,2] for x of shape " + x.to_string());
  }
  return set_output(args, out, args.dtype(P::kX), {known_extent(x[0], at[0]), x[1], at[1], at[2]});
}

Status affine(const Args& args, Inferred& out) {
  using P = AffineParam;
  POME_TRY(check_rank(args, P::kX, 4, 4));
  POME_TRY(check_text(args, P::kSamplingMode, {"bilinear"}));
  POME_TRY(check_text(args, P::kPaddingMode, {"constant"}));
  POME_TRY(check_text(args, P::kCoordinatesMode, {"normalized_minus_one_to_one"}));
  POME_TRY(check_not_empty(args, P::kX, 2));
  POME_TRY(check_not_empty(args, P::kX, 3));
  const Shape& x = args.shape(P::kX);
  const Shape& matrix = args.shape(P::kTransformMatrix);
  const bool fits = matrix.rank() == 2 && extents_agree(matrix[1], 6) &&
                    (matrix[0] == 1 || extents_agree(matrix[0], x[0]));
  if (!fits) {
    return unexpected_shape(
        args, P::kTransformMatrix,
        "[1,6] or [" + std::to_string(x[0]) + ",6] for x of shape " + x.to_string());
  }
  POME_ASSIGN(const int64_t height, count_param(args, P::kOutputHeight, 1));
  POME_ASSIGN(const int64_t width, count_param(args, P::kOutputWidth, 1));
  return set_output(args, out, args.dtype(P::kX), {x[0], x[1], height, width});
}

}  // namespace inference
}  // namespace pome::ops
