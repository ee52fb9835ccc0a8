// Padding and border amounts, which several layers share. Internal to this folder.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "import/neuralnetwork/lowering.h"

namespace pome::import {

/// pad_type and pad of a MIL conv or pool: amounts [top, bottom, left, right] with "custom".
struct Padding {
  std::string type;
  std::vector<int64_t> amounts;
};

/// [top, bottom, left, right]; zero when nothing is given. Fails unless 0 or 2 borders are given.
std::array<int64_t, 4> border_amounts(Lowering& l, const spec::BorderAmounts& amounts);
/// "valid", or "custom" where an amount is not zero.
Padding valid_padding(Lowering& l, const spec::BorderAmounts& amounts);
/// "same" or "same_lower".
std::string same_padding(const spec::SamePadding& same);

}  // namespace pome::import
