// Winograd's minimal filtering for stride 1: m outputs of a kernel of r taps along an axis from
// m + r - 1 products.
#pragma once

#include <cstdint>

#include "cpu/kernels/conv/conv_impl.h"

namespace pome::cpu {

/// The first interpolation point beside 0 of an axis of `n`. Those of 6 are 0, p, -p, 2p, -2p and
/// infinity: with p = 3/4 the sums of F(4,3) are 3.5 times as exact as with the usual 1.
template <int64_t n>
inline constexpr float kWinogradPoint = n == 6 ? 0.75f : 1;

/// One axis of an algorithm: 2 or 4 outputs of `taps` taps, or the axis as it is where there is one
/// tap.
struct WinogradForm {
  int64_t outputs = 1;
  int64_t taps = 1;

  int64_t points() const { return outputs + taps - 1; }
};

/// The axes of `algorithm`, kWinogradF2 or kWinogradF4, on a convolution's kernel.
struct WinogradForms {
  WinogradForm y;
  WinogradForm x;

  /// Matrices of a tile.
  int64_t points() const { return y.points() * x.points(); }
  /// Tiles of all images.
  int64_t tiles(const ConvParams& p) const {
    return int64_t{p.batch} * ceil_div(p.out_height, y.outputs) * ceil_div(p.out_width, x.outputs);
  }
};
WinogradForms winograd_forms(const ConvParams& params, ConvAlgorithm algorithm);

/// True where the transforms cover the algorithm: stride 1, no dilation, one group, blocked input;
/// F2: 3x3, 5x5, and 3, 5 or 7 taps along one axis alone; F4: 3x3, and 3 taps along one axis.
bool is_winograd(const ConvParams& params, ConvAlgorithm algorithm);

/// kWinogradF2 or kWinogradF4 where one of them is possible and expected to beat the direct
/// algorithm on `threads` threads, by counting multiplications, weights to fetch and transforms;
/// else kDirect.
ConvAlgorithm choose_winograd(const ConvParams& params, int threads);

/// Packed after the bias: one row of zeros as long as the bias, then the panels of each point's
/// matrix (reduction over input channels).
int64_t winograd_weight_floats(const ConvParams& params);
void pack_winograd(const ConvParams& params, const Weights& weight, float* out);

void conv_winograd(const ConvJob& job, ThreadPool& pool) noexcept;
int64_t conv_winograd_scratch(const ConvParams& params, int threads);

}  // namespace pome::cpu
