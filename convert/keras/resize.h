// Resizing of pictures that lie as [N,C,H,W], as the frameworks do it.
#pragma once

#include <array>

#include "convert/common/writer.h"
#include "convert/keras/graph.h"

namespace pome::keras {

enum class Resampling {
  kNearest,         // source index floor((i + 0.5) * in / out)
  kBilinear,        // source coordinate (i + 0.5) * in / out - 0.5, held inside
  kBilinearCorner,  // source coordinate i * in / out, held inside
};

/// Resizes to height x width. Null after an error.
ir::Value* resize(translate::Writer& w, ir::Value* x, int64_t height, int64_t width,
                  Resampling how);
/// Cuts [top, bottom, left, right] off. Requires that something is left.
ir::Value* crop(translate::Writer& w, ir::Value* x, const std::array<int64_t, 4>& by);
/// True for files of Keras before 2.3, which sampled bilinearly from the corner as TensorFlow 1
/// did.
bool samples_corners(const SourceModel& source);

}  // namespace pome::keras
