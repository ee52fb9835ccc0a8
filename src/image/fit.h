// A picture becomes an input tensor.
#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "pome/image.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::image {

/// Fits `picture` to width x height by `mode` (placement.h) and writes it as planar floats 0..255
/// to `planes`: [3][height][width] in the order of `color` (RGB or BGR), or [1][height][width] for
/// the grayscale layouts (ITU-R BT.601 luma of a colour picture). Resamples with the triangle of
/// filter.h, down the columns first, in float32, and rounds to whole levels once at the end, as an
/// 8-bit buffer would hold them (not for kGray16F pictures, which keep their numbers). A picture of
/// exactly that size is converted without resampling. Alpha is ignored. `pool` may be null.
/// Threads: no shared state. Errors: memory only.
Status fit(const Image& picture, int width, int height, ColorLayout color, CropAndScale mode,
           float* planes, ThreadPool* pool);
/// The same as bytes; numbers of kGray16F pictures are rounded and clamped to 0..255.
Status fit(const Image& picture, int width, int height, ColorLayout color, CropAndScale mode,
           uint8_t* planes, ThreadPool* pool);

/// Planar floats to a picture: rounds to nearest, clamps to 0..255 (kGray16F: to half, not
/// clamped).
Result<Image> to_image(const float* planes, int width, int height, ColorLayout color);

}  // namespace pome::image
