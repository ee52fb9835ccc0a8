// WeightParams -> constants.
#pragma once

#include <memory>
#include <string_view>

#include "base/shape.h"
#include "ir/literal.h"
#include "pome/result.h"

namespace CoreML::Specification {
class WeightParams;
}  // namespace CoreML::Specification

namespace pome::import {

/// True when none of the four forms is filled.
bool no_weights(const CoreML::Specification::WeightParams& weights);

/// The constant that `weights` holds, as fp32 of `shape`. floatValue is a view over the message,
/// which `owner` keeps alive (a copy without an owner); halves and quantized bytes are widened. A
/// scale per channel runs along axis `channel_axis`. `what` names the weights in errors ("weight",
/// "bias"). Errors (kInvalidModel): a count that does not match the shape, two forms at once, a
/// number of bits outside 1..8, a scale or look-up table of the wrong length.
Result<ir::LiteralPtr> decode_weights(const CoreML::Specification::WeightParams& weights,
                                      const Shape& shape, std::string_view what,
                                      const std::shared_ptr<const void>& owner,
                                      int channel_axis = 0);

}  // namespace pome::import
