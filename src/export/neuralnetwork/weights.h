// Constants -> WeightParams.
#pragma once

#include <span>
#include <vector>

#include "ir/literal.h"

namespace CoreML::Specification {
class WeightParams;
}  // namespace CoreML::Specification

namespace pome::exporter {

/// Writes the values as floatValue, or as float16Value where `halves` is asked for and each value
/// lies in the range of a half.
void write_weights(std::span<const float> values, bool halves,
                   CoreML::Specification::WeightParams& message);
/// The same for a numeric constant of any dtype.
void write_weights(const ir::Literal& literal, bool halves,
                   CoreML::Specification::WeightParams& message);

}  // namespace pome::exporter
