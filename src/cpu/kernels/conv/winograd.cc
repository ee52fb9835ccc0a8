#include "cpu/kernels/conv/winograd.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>

#include "cpu/kernels/conv/pack.h"

namespace pome::cpu {
namespace {

constexpr int64_t kMaxPoints = 8;  // of an axis
constexpr int64_t kMaxTaps = 7;

// The interpolation points but infinity: those of an axis of 4, of 6 and of 8.
constexpr double kPoints4[] = {0, 1, -1};
constexpr double kPoint = kWinogradPoint<6>;
constexpr double kPoints6[] = {0, kPoint, -kPoint, 2 * kPoint, -2 * kPoint};
constexpr double kPoints8[] = {0, 1, -1, 2, -2, 0.5, -0.5};

std::span<const double> finite_points(int64_t points) {
  if (points == 4) return kPoints4;
  if (points == 6) return kPoints6;
  return kPoints8;
}

// Row j of G is 1, p, p^2, ... at the j-th point p, over the product of its distances from the
// others; the sign at 0 is the one that winograd-inl.h gives to B^T. The last is infinity's, over
// what the last output will be multiplied by.
double g(std::span<const double> points, int64_t j, int64_t tap, int64_t taps) {
  const auto count = static_cast<int64_t>(points.size());
  if (j == count) {
    const auto last = static_cast<double>(count + 1 - taps);
    return tap == taps - 1 ? std::pow(points[1], -last) : 0;
  }
  const double p = points[static_cast<size_t>(j)];
  double distances = 1;
  for (int64_t k = 0; k < count; ++k)
    if (k != j) distances *= p - points[static_cast<size_t>(k)];
  if (j == 0) distances = std::abs(distances);
  return std::pow(p, static_cast<double>(tap)) / distances;
}

// G of an axis, [point][tap].
struct AxisMatrix {
  int64_t points;
  int64_t taps;
  double at[kMaxPoints][kMaxTaps];
};

AxisMatrix axis_matrix(const WinogradForm& form) {
  AxisMatrix m{form.points(), form.taps, {}};
  for (int64_t j = 0; j < m.points; ++j) {
    for (int64_t t = 0; t < m.taps; ++t) {
      m.at[j][t] = form.taps == 1 ? 1 : g(finite_points(m.points), j, t, m.taps);
    }
  }
  return m;
}

constexpr int64_t kMaxWidth = 32;  // outputs of a panel

// Kernels of the outputs of a panel, or what they become, side by side.
using Lanes = std::array<double, kMaxWidth>;

void add_product(double factor, const Lanes& from, Lanes& to) {
  for (size_t lane = 0; lane < kMaxWidth; ++lane) to[lane] += factor * from[lane];
}

// Gy k Gx^T of one kernel for each lane: `points` of [y][x].
void transform_kernels(const AxisMatrix& y, const AxisMatrix& x, const Lanes* kernels,
                       Lanes* points) {
  for (int64_t i = 0; i < y.points; ++i) {
    Lanes row[kMaxTaps] = {};
    for (int64_t u = 0; u < x.taps; ++u) {
      for (int64_t t = 0; t < y.taps; ++t) add_product(y.at[i][t], kernels[t * x.taps + u], row[u]);
    }
    for (int64_t j = 0; j < x.points; ++j) {
      Lanes& sum = points[i * x.points + j];
      sum.fill(0);
      for (int64_t u = 0; u < x.taps; ++u) add_product(x.at[j][u], row[u], sum);
    }
  }
}

// Work of an algorithm in multiply-adds of the register tile, of all threads together.
double cost(const ConvParams& p, ConvAlgorithm algorithm, int threads) {
  // What fetching one weight from memory (whose rate the threads share) and transforming one
  // channel of a tile at one point take, measured.
  constexpr double kTransform = 9;
  const double weight = 8.0 * threads;
  const double channels = static_cast<double>(p.in_channels) * p.out_channels;
  if (algorithm == ConvAlgorithm::kDirect) {
    return channels * static_cast<double>(conv_taps(p)) *
           (static_cast<double>(p.batch) * p.out_height * p.out_width + weight);
  }
  const WinogradForms forms = winograd_forms(p, algorithm);
  const auto points = static_cast<double>(forms.points());
  const auto tiles = static_cast<double>(forms.tiles(p));
  return points *
         (channels * (tiles + weight) + kTransform * tiles * (p.in_channels + p.out_channels));
}

}  // namespace

WinogradForms winograd_forms(const ConvParams& params, ConvAlgorithm algorithm) {
  const int64_t m = algorithm == ConvAlgorithm::kWinogradF4 ? 4 : 2;
  const auto form = [m](int64_t taps) { return WinogradForm{taps == 1 ? 1 : m, taps}; };
  return {form(params.kernel_height), form(params.kernel_width)};
}

bool is_winograd(const ConvParams& p, ConvAlgorithm algorithm) {
  if (p.groups != 1 || p.planar_input || p.stride_height != 1 || p.stride_width != 1 ||
      p.dilation_height != 1 || p.dilation_width != 1) {
    return false;
  }
  const bool f2 = algorithm == ConvAlgorithm::kWinogradF2;
  const int low = std::min(p.kernel_height, p.kernel_width);
  const int high = std::max(p.kernel_height, p.kernel_width);
  if (low == high) return low == 3 || (low == 5 && f2);
  return low == 1 && (high == 3 || (f2 && (high == 5 || high == 7)));
}

ConvAlgorithm choose_winograd(const ConvParams& params, int threads) {
  const int64_t c = channel_block(params.isa);
  if (params.in_channels < c || params.out_channels < c) return ConvAlgorithm::kDirect;
  ConvAlgorithm best = ConvAlgorithm::kDirect;
  for (ConvAlgorithm a : {ConvAlgorithm::kWinogradF2, ConvAlgorithm::kWinogradF4}) {
    if (is_winograd(params, a) && cost(params, a, threads) < cost(params, best, threads)) best = a;
  }
  return best;
}

int64_t winograd_weight_floats(const ConvParams& params) {
  const int64_t lanes = channel_blocks(params.out_channels, params.isa) * channel_block(params.isa);
  const int64_t points = winograd_forms(params, params.algorithm).points();
  return conv_bias_floats(params) + lanes * params.in_channels * points;
}

void pack_winograd(const ConvParams& params, const Weights& weight, float* out) {
  const int64_t c = channel_block(params.isa);
  const int64_t lanes = channel_blocks(params.out_channels, params.isa) * c;
  const int64_t matrix = lanes * params.in_channels;
  const WinogradForms forms = winograd_forms(params, params.algorithm);
  const AxisMatrix y = axis_matrix(forms.y);
  const AxisMatrix x = axis_matrix(forms.x);
  const int64_t taps = conv_taps(params);
  const int64_t points = forms.points();
  std::memset(out, 0, static_cast<size_t>(conv_bias_floats(params)) * sizeof(float));
  out += conv_bias_floats(params);
  Lanes kernels[kMaxTaps * kMaxTaps] = {};  // lanes without an output stay 0
  Lanes transformed[kMaxPoints * kMaxPoints];
  for (int64_t first = 0; first < lanes; first += 2 * c) {
    const int64_t width = std::min(2 * c, lanes - first);
    const int64_t outputs = std::min(width, params.out_channels - first);
    if (outputs < width) std::fill_n(kernels, kMaxTaps * kMaxTaps, Lanes{});
    for (int64_t i = 0; i < params.in_channels; ++i) {
      for (int64_t o = 0; o < outputs; ++o) {
        const int64_t from = ((first + o) * params.in_channels + i) * taps;
        for (int64_t k = 0; k < taps; ++k)
          kernels[k][static_cast<size_t>(o)] = static_cast<double>(weight.at(from + k));
      }
      transform_kernels(y, x, kernels, transformed);
      for (int64_t q = 0; q < points; ++q) {
        float* to = out + q * matrix + first * params.in_channels + i * width;
        for (int64_t o = 0; o < width; ++o)
          to[o] = static_cast<float>(transformed[q][static_cast<size_t>(o)]);
      }
    }
  }
}

}  // namespace pome::cpu
