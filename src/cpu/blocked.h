// The layout inside a network: NCHW[c], channels in blocks of one vector.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

namespace pome::cpu {

// A blocked tensor is a buffer [N][ceil(C / c)][H][W][c] of floats, c = channel_block(isa), aligned
// to 64 bytes. The last block of a channel count that c does not divide has padded lanes. What lies
// in padded lanes is UNSPECIFIED, NaN included: kernels that work lane by lane carry anything
// along, and kernels that mix channels (convolution, softmax, reorder) never read them. So no
// kernel has to clean up, and a convolution may use whatever its input left there.

/// Blocks that `channels` channels take.
constexpr int64_t channel_blocks(int64_t channels, Isa isa) {
  const int64_t c = channel_block(isa);
  return (channels + c - 1) / c;
}

/// Floats of a blocked tensor, padded lanes included. The caller has bounded the product.
constexpr int64_t blocked_elements(int64_t n, int64_t channels, int64_t h, int64_t w, Isa isa) {
  return n * channel_blocks(channels, isa) * h * w * channel_block(isa);
}

}  // namespace pome::cpu
