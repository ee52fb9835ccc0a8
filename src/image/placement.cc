#include "image/placement.h"

#include <algorithm>
#include <cmath>

namespace pome::image {

Placement place(int from_width, int from_height, int width, int height, CropAndScale mode) {
  Placement p{0, 0, double(from_width), double(from_height), 0, 0, width, height};
  const double horizontal = double(width) / from_width;
  const double vertical = double(height) / from_height;
  if (mode == CropAndScale::kCenterCrop) {
    const double scale = std::max(horizontal, vertical);
    p.x0 = (from_width - width / scale) / 2;
    p.y0 = (from_height - height / scale) / 2;
    p.x1 = from_width - p.x0;
    p.y1 = from_height - p.y0;
  } else if (mode == CropAndScale::kScaleFit) {
    const double scale = std::min(horizontal, vertical);
    p.width = std::clamp(static_cast<int>(std::lround(from_width * scale)), 1, width);
    p.height = std::clamp(static_cast<int>(std::lround(from_height * scale)), 1, height);
    p.x = (width - p.width) / 2;
    p.y = (height - p.height) / 2;
  }
  return p;
}

}  // namespace pome::image
