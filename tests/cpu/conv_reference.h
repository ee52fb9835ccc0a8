// Convolution as the definition says it, in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "cpu/kernels/conv/conv.h"

namespace pome::cpu::test {

inline double activate(const Epilogue& e, double x) {
  const double a = e.alpha;
  const double b = e.beta;
  switch (e.activation) {
    case Activation::kNone:
      return x;
    case Activation::kRelu:
      return std::max(x, 0.0);
    case Activation::kClamp:
      return std::min(std::max(x, a), b);
    case Activation::kLeakyRelu:
      return x >= 0 ? x : a * x;
    case Activation::kHardSigmoid:
      return std::min(std::max(a * x + b, 0.0), 1.0);
    case Activation::kHardSwish:
      return x * std::min(std::max(a * x + b, 0.0), 1.0);
    case Activation::kSilu:
      return x / (1 + std::exp(-x));
  }
  return x;
}

inline double finish(const Epilogue& e, double sum, double residual) {
  if (!e.has_residual) return activate(e, sum);
  return e.residual_last ? activate(e, sum) + residual : activate(e, sum + residual);
}

/// All tensors plain NCHW.
inline std::vector<double> naive_conv(const ConvParams& p, const std::vector<float>& in,
                                      const std::vector<float>& weight,
                                      const std::vector<float>& bias,
                                      const std::vector<float>& residual) {
  std::vector<double> out;
  const int64_t in_group = p.in_channels / p.groups;
  const int64_t out_group = p.out_channels / p.groups;
  for (int64_t n = 0; n < p.batch; ++n) {
    for (int64_t o = 0; o < p.out_channels; ++o) {
      for (int64_t y = 0; y < p.out_height; ++y) {
        for (int64_t x = 0; x < p.out_width; ++x) {
          double sum = p.epilogue.has_bias ? bias[static_cast<size_t>(o)] : 0.0;
          for (int64_t i = 0; i < in_group; ++i) {
            const int64_t channel = n * p.in_channels + o / out_group * in_group + i;
            for (int64_t ky = 0; ky < p.kernel_height; ++ky) {
              const int64_t iy = y * p.stride_height + ky * p.dilation_height - p.pad_top;
              if (iy < 0 || iy >= p.in_height) continue;
              for (int64_t kx = 0; kx < p.kernel_width; ++kx) {
                const int64_t ix = x * p.stride_width + kx * p.dilation_width - p.pad_left;
                if (ix < 0 || ix >= p.in_width) continue;
                sum +=
                    double{
                        in[static_cast<size_t>((channel * p.in_height + iy) * p.in_width + ix)]} *
                    weight[static_cast<size_t>(
                        ((o * in_group + i) * p.kernel_height + ky) * p.kernel_width + kx)];
              }
            }
          }
          out.push_back(finish(p.epilogue, sum, residual.empty() ? 0.0 : residual[out.size()]));
        }
      }
    }
  }
  return out;
}

}  // namespace pome::cpu::test
