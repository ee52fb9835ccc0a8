// Where a picture goes in a model's input.
#pragma once

#include "pome/image.h"

namespace pome::image {

/// The part [x0, x1) x [y0, y1) of the picture, in pixels that may be fractions, fills the
/// rectangle x, y, width, height of the target; the rest of the target is black.
struct Placement {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  int x = 0, y = 0, width = 0, height = 0;
};

/// Fits a picture of from_width x from_height into width x height:
///  - kScaleFill: all of the picture over all of the target;
///  - kCenterCrop: the middle of the picture that has the target's proportions, over all of it;
///  - kScaleFit: all of the picture in the middle of the target, at its own proportions, sides
///    rounded to whole pixels (at least 1), the odd pixel of black below and to the right.
/// All sizes are at least 1.
Placement place(int from_width, int from_height, int width, int height, CropAndScale mode);

}  // namespace pome::image
