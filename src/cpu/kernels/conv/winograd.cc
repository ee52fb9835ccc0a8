#include "cpu/kernels/conv/winograd.h"

#include <algorithm>
#include <cstring>

#include "cpu/kernels/conv/pack.h"

namespace pome::cpu {
namespace {

constexpr int64_t kMaxPoints = 36;

// Rows of G: the kernel at the interpolation points 0, 1, -1, (2, -2,) infinity, with the scales
// that leave the other two transforms integer.
constexpr double kG2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
constexpr double kG4[6][3] = {{1.0 / 4, 0, 0},
                              {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                              {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                              {1.0 / 24, 1.0 / 12, 1.0 / 6},
                              {1.0 / 24, -1.0 / 12, 1.0 / 6},
                              {0, 0, 1}};

// G g G^T of one 3x3 kernel.
void transform_kernel(const double (*g)[3], int64_t side, const float* kernel, float* points) {
  for (int64_t i = 0; i < side; ++i) {
    double row[3];
    for (int64_t x = 0; x < 3; ++x) {
      row[x] = g[i][0] * kernel[x] + g[i][1] * kernel[3 + x] + g[i][2] * kernel[6 + x];
    }
    for (int64_t j = 0; j < side; ++j) {
      points[i * side + j] =
          static_cast<float>(row[0] * g[j][0] + row[1] * g[j][1] + row[2] * g[j][2]);
    }
  }
}

// Work of an algorithm in multiply-adds of the register tile.
double cost(const ConvParams& p, ConvAlgorithm algorithm) {
  // What fetching one weight from memory and transforming one channel of a tile take, measured.
  constexpr double kWeight = 16;
  const double channels = static_cast<double>(p.in_channels) * p.out_channels;
  if (algorithm == ConvAlgorithm::kDirect) {
    return channels * 9 * (static_cast<double>(p.batch) * p.out_height * p.out_width + kWeight);
  }
  const int64_t m = winograd_outputs(algorithm);
  const double tiles = static_cast<double>(p.batch) *
                       static_cast<double>(ceil_div(p.out_height, m) * ceil_div(p.out_width, m));
  const double transform = m == 4 ? 300 : 150;
  return channels * static_cast<double>(winograd_points(algorithm)) * (tiles + kWeight) +
         transform * tiles * (p.in_channels + p.out_channels);
}

}  // namespace

bool is_winograd(const ConvParams& p) {
  return p.groups == 1 && !p.planar_input && p.kernel_height == 3 && p.kernel_width == 3 &&
         p.stride_height == 1 && p.stride_width == 1 && p.dilation_height == 1 &&
         p.dilation_width == 1;
}

ConvAlgorithm choose_winograd(const ConvParams& params) {
  const int64_t c = channel_block(params.isa);
  if (params.in_channels < c || params.out_channels < c) return ConvAlgorithm::kDirect;
  ConvAlgorithm best = ConvAlgorithm::kDirect;
  for (ConvAlgorithm a : {ConvAlgorithm::kWinogradF2, ConvAlgorithm::kWinogradF4}) {
    if (cost(params, a) < cost(params, best)) best = a;
  }
  return best;
}

int64_t winograd_weight_floats(const ConvParams& params) {
  const int64_t lanes = channel_blocks(params.out_channels, params.isa) * channel_block(params.isa);
  return conv_bias_floats(params) + lanes * params.in_channels * winograd_points(params.algorithm);
}

void pack_winograd(const ConvParams& params, const Weights& weight, float* out) {
  const int64_t c = channel_block(params.isa);
  const int64_t lanes = channel_blocks(params.out_channels, params.isa) * c;
  const int64_t matrix = lanes * params.in_channels;
  const int64_t points = winograd_points(params.algorithm);
  const int64_t side = winograd_outputs(params.algorithm) + 2;
  std::memset(out, 0, static_cast<size_t>(winograd_weight_floats(params)) * sizeof(float));
  out += conv_bias_floats(params);
  for (int64_t o = 0; o < params.out_channels; ++o) {
    const int64_t panel = o / (2 * c);
    const int64_t width = std::min(2 * c, lanes - panel * 2 * c);
    float* lane = out + panel * 2 * c * params.in_channels + o % (2 * c);
    for (int64_t i = 0; i < params.in_channels; ++i) {
      float kernel[9];
      float transformed[kMaxPoints];
      for (int64_t k = 0; k < 9; ++k) kernel[k] = weight.at((o * params.in_channels + i) * 9 + k);
      transform_kernel(side == 6 ? kG4 : kG2, side, kernel, transformed);
      for (int64_t q = 0; q < points; ++q) lane[q * matrix + i * width] = transformed[q];
    }
  }
}

}  // namespace pome::cpu
