// Resizing, cropping and resampling of images: parameters, infer functions and reference kernels.
#pragma once

#include "ops/op_def.h"
#include "ops/sampling.h"

namespace pome::ops {

struct ResizeBilinearParam {
  enum : int { kX, kTargetHeight, kTargetWidth, kSamplingMode };
};
struct ResizeNearestParam {
  enum : int { kX, kTargetHeight, kTargetWidth };
};
/// upsample_bilinear, from kAlignCorners on its alone, and upsample_nearest_neighbor.
struct UpsampleParam {
  enum : int { kX, kScaleHeight, kScaleWidth, kAlignCorners, kHalfPixelCenters };
};
struct ResizeParam {
  enum : int { kX, kShape, kResizedDims, kInterpolationMode, kSamplingMode };
};
struct CropParam {
  enum : int { kX, kCropHeight, kCropWidth };
};
/// kBoxes is "roi" before ios17; kPadValue is there from ios16 on, kBoxIndices from ios17 on.
struct CropResizeParam {
  enum : int {
    kX,
    kBoxes,
    kTargetHeight,
    kTargetWidth,
    kNormalizedCoordinates,
    kSpatialScale,
    kBoxCoordinateMode,
    kSamplingMode,
    kPadValue,
    kBoxIndices,
  };
};
struct ResampleParam {
  enum : int {
    kX,
    kCoordinates,
    kSamplingMode,
    kPaddingMode,
    kPaddingValue,
    kCoordinatesMode,
    kAlignCorners,
  };
};
struct AffineParam {
  enum : int {
    kX,
    kTransformMatrix,
    kOutputHeight,
    kOutputWidth,
    kSamplingMode,
    kPaddingMode,
    kPaddingValue,
    kCoordinatesMode,
    kAlignCorners,
  };
};

/// The sampling mode that an upsample_bilinear's flags mean. Errors: both flags set.
Result<SamplingMode> upsample_mode(const Args& args);

namespace inference {
Status affine(const Args& args, Inferred& out);
Status crop(const Args& args, Inferred& out);
/// The roi of ios15 and ios16.
Status crop_resize_roi(const Args& args, Inferred& out);
Status crop_resize(const Args& args, Inferred& out);
Status resample(const Args& args, Inferred& out);
Status resize(const Args& args, Inferred& out);
Status resize_bilinear(const Args& args, Inferred& out);
Status resize_nearest_neighbor(const Args& args, Inferred& out);
Status upsample_bilinear(const Args& args, Inferred& out);
Status upsample_nearest_neighbor(const Args& args, Inferred& out);
}  // namespace inference

namespace reference {
Status affine(const Args& args, Outputs outputs);
Status crop(const Args& args, Outputs outputs);
Status crop_resize(const Args& args, Outputs outputs);
Status resample(const Args& args, Outputs outputs);
Status resize(const Args& args, Outputs outputs);
Status resize_bilinear(const Args& args, Outputs outputs);
Status resize_nearest_neighbor(const Args& args, Outputs outputs);
Status upsample_bilinear(const Args& args, Outputs outputs);
Status upsample_nearest_neighbor(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
