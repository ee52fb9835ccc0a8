// Winograd's minimal filtering for 3x3 kernels with stride 1: m x m outputs from (m + 2)^2
// products.
#pragma once

#include <cstdint>
#include <span>

#include "cpu/kernels/conv/conv_impl.h"

namespace pome::cpu {

/// m of an algorithm: 2 or 4.
inline int64_t winograd_outputs(ConvAlgorithm algorithm) {
  return algorithm == ConvAlgorithm::kWinogradF4 ? 4 : 2;
}

/// Matrices of a tile, (m + 2)^2.
inline int64_t winograd_points(ConvAlgorithm algorithm) {
  const int64_t side = winograd_outputs(algorithm) + 2;
  return side * side;
}

/// True for what the transforms cover: 3x3, stride 1, no dilation, one group, blocked input.
bool is_winograd(const ConvParams& params);

/// kWinogradF2 or kWinogradF4 where one of them is expected to beat the direct algorithm, by
/// counting multiplications, weights to fetch and transforms; else kDirect. Requires is_winograd().
ConvAlgorithm choose_winograd(const ConvParams& params);

/// Packed after the bias: one row of zeros as long as the bias, then the panels of each point's
/// matrix (reduction over input channels).
int64_t winograd_weight_floats(const ConvParams& params);
void pack_winograd(const ConvParams& params, const Weights& weight, float* out);

void conv_winograd(const ConvJob& job, ThreadPool& pool) noexcept;
int64_t conv_winograd_scratch(const ConvParams& params, int threads);

}  // namespace pome::cpu
