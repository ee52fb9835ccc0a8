// Layouts of colours, by what they have in common.
#pragma once

#include "pome/model_description.h"

namespace pome {

/// True for those of one channel.
inline bool is_gray(ColorLayout layout) {
  return layout == ColorLayout::kGrayscale || layout == ColorLayout::kGrayscaleFloat16;
}

}  // namespace pome
