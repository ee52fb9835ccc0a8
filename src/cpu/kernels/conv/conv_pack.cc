#include <algorithm>
#include <string>

#include "base/try.h"
#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/conv/pack.h"
#include "cpu/kernels/conv/winograd.h"

namespace pome::cpu {
namespace {

int64_t weight_floats(const ConvParams& p) {
  const int64_t c = channel_block(p.isa);
  const int64_t out_lanes = channel_blocks(p.out_channels, p.isa) * c;
  switch (p.algorithm) {
    case ConvAlgorithm::kDepthwise:
      return out_lanes * conv_taps(p);
    case ConvAlgorithm::kGrouped:
      return out_lanes * grouped_panel_values(p);
    case ConvAlgorithm::kWinogradF2:
    case ConvAlgorithm::kWinogradF4:
      return winograd_weight_floats(p);
    default:
      return out_lanes * p.in_channels * conv_taps(p);
  }
}

void pack_depthwise(const ConvParams& p, const Weights& weight, float* out) {
  const int64_t c = channel_block(p.isa);
  const int64_t taps = conv_taps(p);
  std::fill_n(out, weight_floats(p), 0.0f);
  for (int64_t channel = 0; channel < p.out_channels; ++channel) {
    for (int64_t t = 0; t < taps; ++t) {
      out[(channel / c * taps + t) * c + channel % c] = weight.at(channel * taps + t);
    }
  }
}

void pack_grouped(const ConvParams& p, const Weights& weight, float* out) {
  const int64_t c = channel_block(p.isa);
  const int64_t stride = grouped_panel_values(p) * c;
  std::fill_n(out, weight_floats(p), 0.0f);
  for (int64_t block = 0; block < channel_blocks(p.out_channels, p.isa); ++block) {
    const Range in = grouped_inputs(p, block);
    VectorPack pack;
    pack.outputs = {block * c, std::min<int64_t>(block * c + c, p.out_channels)};
    pack.inputs = {in.begin * c, std::min<int64_t>(in.end * c, p.in_channels)};
    pack.taps = conv_taps(p);
    pack.c = c;
    pack.outputs_per_group = p.out_channels / p.groups;
    pack.inputs_per_group = p.in_channels / p.groups;
    pack_vector(weight, pack, out + block * stride);
  }
}

}  // namespace

int64_t grouped_panel_values(const ConvParams& params) {
  int64_t longest = 0;
  for (int64_t block = 0; block < channel_blocks(params.out_channels, params.isa); ++block) {
    longest = std::max(longest, grouped_values(params, grouped_inputs(params, block)));
  }
  return longest;
}

int64_t conv_packed_bytes(const ConvParams& params) {
  return (conv_bias_floats(params) + weight_floats(params)) * static_cast<int64_t>(sizeof(float));
}

Status conv_pack(const ConvParams& params, const Weights& weight, const Weights& bias,
                 std::span<std::byte> packed) {
  const ConvParams& p = params;
  const int64_t taps = conv_taps(p);
  POME_TRY(
      check_weights("weight", weight, p.out_channels * int64_t{p.in_channels / p.groups} * taps));
  if (p.epilogue.has_bias) POME_TRY(check_weights("bias", bias, p.out_channels));
  if (packed.size() != static_cast<size_t>(conv_packed_bytes(p))) {
    return Error(ErrorCode::kInternal, "packed weights get " + std::to_string(packed.size()) +
                                           " bytes, need " + std::to_string(conv_packed_bytes(p)));
  }
  float* out = reinterpret_cast<float*>(packed.data());
  pack_bias(bias, p.epilogue.has_bias, conv_bias_floats(p), out);
  out += conv_bias_floats(p);
  switch (p.algorithm) {
    case ConvAlgorithm::kDepthwise:
      pack_depthwise(p, weight, out);
      break;
    case ConvAlgorithm::kGrouped:
      pack_grouped(p, weight, out);
      break;
    case ConvAlgorithm::kWinogradF2:
    case ConvAlgorithm::kWinogradF4:
      pack_winograd(p, weight, out);
      break;
    case ConvAlgorithm::kPlanarInput:
      // Each value of (channel, tap) is a block of its own.
      pack_panels(weight, {p.in_channels * taps, 1, 1, {}}, p.out_channels, p.in_channels * taps, 1,
                  channel_block(p.isa), out);
      break;
    default:
      pack_panels(weight, {p.in_channels * taps, taps, 1, {}}, p.out_channels, p.in_channels, taps,
                  channel_block(p.isa), out);
      break;
  }
  return {};
}

}  // namespace pome::cpu
