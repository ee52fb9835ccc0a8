// From graph to program.
#pragma once

#include "convert/common/border.h"
#include "convert/keras/graph.h"
#include "pome/convert.h"

namespace pome::keras {

/// Translates a model whose layers have kinds and weights, with ops that a neural network has when
/// it is to become one. Errors name the layer and its place.
Result<translate::Converted> translate_source(const SourceModel& source,
                                              const ConvertOptions& options,
                                              bool for_neural_network);

}  // namespace pome::keras
