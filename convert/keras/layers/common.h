// What several files of layers share.
#pragma once

#include "convert/keras/layer_kind.h"

namespace pome::keras {

/// The call's only input lying as [N,C,H,W], whichever way the layer sees it. Error when it is no
/// tensor of rank 4.
Result<Tensor> as_image(LayerContext& c, bool channels_first);

/// The parameter use_bias.
bool has_bias(const Layer& layer);
/// "kernel", and "bias" where use_bias says so.
std::vector<WeightSlot> kernel_and_bias(const Layer& layer);

/// The extents that hold `total` elements where `wanted` may leave one open (-1); empty when they
/// cannot.
std::vector<int64_t> fill_extents(int64_t total, std::vector<int64_t> wanted);

}  // namespace pome::keras
