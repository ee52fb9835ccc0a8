// What the convolution algorithms share among themselves: the packed layout and their entry points.
#pragma once

#include <cstdint>
#include <span>

#include "cpu/blocked.h"
#include "cpu/kernels/conv/conv.h"
#include "cpu/kernels/partition.h"

namespace pome::cpu {

// Packed weights of every algorithm: one bias per output lane (zeros in padded lanes), then the
// weights in the algorithm's own order. All parts begin at multiples of 64 bytes.
//   kPointwise, kDirect, kPlanarInput: panels as in gemm-inl.h; the reduction runs over channel
//     blocks, then kernel taps, then the block's channels (kPlanarInput: channels, then taps).
//   kDepthwise: [channel block][tap][c].
//   kGrouped: one panel of one vector for each output block, over the input blocks that its groups
//     touch, zero where a channel belongs to another group; all panels as long as the longest.

inline int64_t conv_taps(const ConvParams& p) { return int64_t{p.kernel_height} * p.kernel_width; }

/// Floats before the weights, a whole number of KiB where those are 64 KiB or more: where panels
/// begin 0x140 to 0x300 bytes behind such a border, Winograd's products of 512 channels and more
/// take up to 1.8 times as long on Zen 5.
inline int64_t conv_bias_floats(const ConvParams& p) {
  const int64_t lanes = channel_blocks(p.out_channels, p.isa) * channel_block(p.isa);
  const bool large = lanes * (p.in_channels / p.groups) * conv_taps(p) >= 1 << 14;
  return round_up(lanes, large ? 256 : 16);
}

/// Input blocks that output block `block` of a grouped convolution reads.
inline Range grouped_inputs(const ConvParams& p, int64_t block) {
  const int64_t c = channel_block(p.isa);
  const int64_t in_group = p.in_channels / p.groups;
  const int64_t out_group = p.out_channels / p.groups;
  const int64_t first = block * c / out_group;
  const int64_t last = std::min<int64_t>(block * c + c, p.out_channels) - 1;
  return {first * in_group / c, ceil_div((last / out_group + 1) * in_group, c)};
}

/// Values of the reduction over input blocks [range): all their channels that exist, at every tap.
inline int64_t grouped_values(const ConvParams& p, Range blocks) {
  const int64_t c = channel_block(p.isa);
  return (std::min<int64_t>(blocks.end * c, p.in_channels) - blocks.begin * c) * conv_taps(p);
}

/// The longest panel of a grouped convolution.
int64_t grouped_panel_values(const ConvParams& params);

/// The parts of ConvBuffers with the packed blob taken apart and strides filled in.
struct ConvJob {
  ConvParams p;
  const float* input;
  const float* bias;
  const float* weights;
  const float* residual;
  float* output;
  float* scratch;
  int64_t in_image;  // floats from one image to the next
  int64_t out_image;
  int64_t residual_image;
};

// One entry point per algorithm, and the scratch floats each needs.
void conv_pointwise(const ConvJob& job, ThreadPool& pool) noexcept;
int64_t conv_pointwise_scratch(const ConvParams& params, int threads);
void conv_direct(const ConvJob& job, ThreadPool& pool) noexcept;
int64_t conv_direct_scratch(const ConvParams& params, int threads);
void conv_depthwise(const ConvJob& job, ThreadPool& pool) noexcept;
int64_t conv_depthwise_scratch(const ConvParams& params, int threads);
void conv_planar(const ConvJob& job, ThreadPool& pool) noexcept;
int64_t conv_planar_scratch(const ConvParams& params, int threads);
void conv_grouped(const ConvJob& job, ThreadPool& pool) noexcept;
int64_t conv_grouped_scratch(const ConvParams& params, int threads);

}  // namespace pome::cpu
