// How a transposed convolution becomes ordinary ones, and its two kernels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "cpu/blocked.h"
#include "cpu/kernels/conv/conv.h"
#include "cpu/kernels/conv/conv_transpose.h"
#include "cpu/kernels/partition.h"

namespace pome::cpu {

/// The outputs along one axis whose place, padding included, leaves the remainder `phase` modulo
/// the stride: out = first + j * stride for j in [0, count). Their taps are tap + m * tap_step for
/// m in [0, taps), and tap m of output j reads input j + base - m * in_step.
struct PhaseAxis {
  int64_t first = 0;
  int64_t count = 0;
  int64_t tap = 0;
  int64_t tap_step = 1;
  int64_t taps = 0;
  int64_t base = 0;
  int64_t in_step = 1;
};

inline PhaseAxis phase_axis(int64_t phase, int64_t out, int64_t kernel, int64_t stride,
                            int64_t dilation, int64_t pad) {
  PhaseAxis a;
  a.first = (phase - pad % stride + stride) % stride;
  a.count = a.first < out ? (out - a.first - 1) / stride + 1 : 0;
  const int64_t common = std::gcd(stride, dilation);
  a.tap_step = stride / common;
  a.in_step = dilation / common;
  for (int64_t k = 0; k < std::min(kernel, a.tap_step); ++k) {
    if (k * dilation % stride != phase) continue;
    a.tap = k;
    a.taps = (kernel - k - 1) / a.tap_step + 1;
    a.base = (a.first + pad - k * dilation) / stride;  // exact
    break;
  }
  return a;
}

/// One pair of phases: a dense convolution with stride 1 over the whole input.
struct Phase {
  PhaseAxis y;
  PhaseAxis x;
  int64_t weight = 0;  // floats of packed weights before this phase's

  int64_t taps() const { return y.taps * x.taps; }
  int64_t pixels() const { return y.count * x.count; }
};

inline int64_t phase_count(const ConvTransposeParams& p) {
  return int64_t{p.stride_height} * p.stride_width;
}

/// Phase `index` of phase_count(), without `weight`.
inline Phase phase_of(const ConvTransposeParams& p, int64_t index) {
  Phase phase;
  phase.y = phase_axis(index / p.stride_width, p.out_height, p.kernel_height, p.stride_height,
                       p.dilation_height, p.pad_top);
  phase.x = phase_axis(index % p.stride_width, p.out_width, p.kernel_width, p.stride_width,
                       p.dilation_width, p.pad_left);
  return phase;
}

/// The phase as gather-inl.h reads it: taps in ascending order of what they read.
inline ConvParams phase_conv(const ConvTransposeParams& p, const Phase& phase) {
  ConvParams c;
  c.isa = p.isa;
  c.in_channels = p.in_channels;
  c.in_height = p.in_height;
  c.in_width = p.in_width;
  c.out_channels = p.out_channels;
  c.out_height = static_cast<int32_t>(phase.y.count);
  c.out_width = static_cast<int32_t>(phase.x.count);
  c.kernel_height = static_cast<int32_t>(phase.y.taps);
  c.kernel_width = static_cast<int32_t>(phase.x.taps);
  c.dilation_height = static_cast<int32_t>(phase.y.in_step);
  c.dilation_width = static_cast<int32_t>(phase.x.in_step);
  c.pad_top = static_cast<int32_t>((phase.y.taps - 1) * phase.y.in_step - phase.y.base);
  c.pad_left = static_cast<int32_t>((phase.x.taps - 1) * phase.x.in_step - phase.x.base);
  return c;
}

inline int64_t conv_transpose_bias_floats(const ConvTransposeParams& p) {
  return round_up(channel_blocks(p.out_channels, p.isa) * channel_block(p.isa), 16);
}

/// `weights` and `bias` are the packed parts; the other pointers as in ConvTransposeBuffers.
struct ConvTransposeJob {
  ConvTransposeParams p;
  const float* input;
  const float* bias;
  const float* weights;
  const float* residual;
  float* output;
  float* scratch;
};

void conv_transpose_dense(const ConvTransposeJob& job, ThreadPool& pool) noexcept;
int64_t conv_transpose_dense_scratch(const ConvTransposeParams& params, int threads);
void conv_transpose_depthwise(const ConvTransposeJob& job, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
