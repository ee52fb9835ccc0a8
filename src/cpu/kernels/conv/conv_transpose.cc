#include "cpu/kernels/conv/conv_transpose.h"

#include <string>
#include <vector>

#include "base/try.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/conv/conv_transpose_impl.h"
#include "cpu/kernels/conv/pack.h"

namespace pome::cpu {
namespace {

// More phases than this would mean a stride no network has.
constexpr int64_t kMaxPhases = 1 << 12;

bool depthwise(const ConvTransposeParams& p) { return p.groups > 1; }

int64_t taps_of(const ConvTransposeParams& p) { return int64_t{p.kernel_height} * p.kernel_width; }

int64_t weight_floats(const ConvTransposeParams& p) {
  const int64_t lanes = channel_blocks(p.out_channels, p.isa) * channel_block(p.isa);
  return lanes * taps_of(p) * (depthwise(p) ? 1 : p.in_channels);
}

// Where the taps of a phase lie in one kernel, in the order of phase_conv().
std::vector<int64_t> tap_offsets(const ConvTransposeParams& p, const Phase& phase) {
  std::vector<int64_t> offsets;
  for (int64_t y = phase.y.taps - 1; y >= 0; --y) {
    for (int64_t x = phase.x.taps - 1; x >= 0; --x) {
      const int64_t ky = phase.y.tap + y * phase.y.tap_step;
      const int64_t kx = phase.x.tap + x * phase.x.tap_step;
      offsets.push_back(ky * p.kernel_width + kx);
    }
  }
  return offsets;
}

void pack_dense(const ConvTransposeParams& p, const Weights& weight, float* out) {
  const int64_t c = channel_block(p.isa);
  const int64_t lanes = channel_blocks(p.out_channels, p.isa) * c;
  for (int64_t i = 0; i < phase_count(p); ++i) {
    const Phase phase = phase_of(p, i);
    if (phase.taps() == 0) continue;
    const std::vector<int64_t> offsets = tap_offsets(p, phase);
    const WeightStrides strides{taps_of(p), p.out_channels * taps_of(p), 1, offsets};
    pack_panels(weight, strides, p.out_channels, p.in_channels, phase.taps(), c, out);
    out += lanes * p.in_channels * phase.taps();
  }
}

void pack_depthwise(const ConvTransposeParams& p, const Weights& weight, float* out) {
  const int64_t c = channel_block(p.isa);
  std::fill_n(out, weight_floats(p), 0.0f);
  for (int64_t channel = 0; channel < p.out_channels; ++channel) {
    for (int64_t t = 0; t < taps_of(p); ++t) {
      out[(channel / c * taps_of(p) + t) * c + channel % c] = weight.at(channel * taps_of(p) + t);
    }
  }
}

}  // namespace

Status conv_transpose_check(const ConvTransposeParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"batch", p.batch},
                        {"groups", p.groups},
                        {"input channels", p.in_channels},
                        {"output channels", p.out_channels}},
                       1));
  if (p.groups != 1 && (p.groups != p.in_channels || p.groups != p.out_channels)) {
    return Error(ErrorCode::kUnsupported,
                 "transposed convolution in " + std::to_string(p.groups) + " groups of " +
                     std::to_string(p.in_channels) + " to " + std::to_string(p.out_channels) +
                     " channels; one group, or one per channel, are supported");
  }
  // Input and output change places: the window lies on the output.
  POME_TRY(check_window({"height", p.out_height, p.in_height, p.kernel_height, p.stride_height,
                         p.dilation_height, p.pad_top}));
  POME_TRY(check_window({"width", p.out_width, p.in_width, p.kernel_width, p.stride_width,
                         p.dilation_width, p.pad_left}));
  if (phase_count(p) > kMaxPhases) {
    return Error(ErrorCode::kUnsupported, "transposed convolution with stride " +
                                              std::to_string(p.stride_height) + " x " +
                                              std::to_string(p.stride_width));
  }
  const int64_t c = channel_block(p.isa);
  const int64_t in = round_up(p.in_channels, c);
  const int64_t out = round_up(p.out_channels, c);
  POME_TRY(check_product("convolution's input", {p.batch, in, p.in_height, p.in_width}));
  POME_TRY(check_product("convolution's output", {p.batch, out, p.out_height, p.out_width}));
  return check_product("convolution's weight", {in, out, p.kernel_height, p.kernel_width});
}

int64_t conv_transpose_packed_bytes(const ConvTransposeParams& p) {
  return (conv_transpose_bias_floats(p) + weight_floats(p)) * static_cast<int64_t>(sizeof(float));
}

int64_t conv_transpose_scratch_bytes(const ConvTransposeParams& params, int threads) {
  return depthwise(params)
             ? 0
             : conv_transpose_dense_scratch(params, threads) * static_cast<int64_t>(sizeof(float));
}

Status conv_transpose_pack(const ConvTransposeParams& p, const Weights& weight, const Weights& bias,
                           std::span<std::byte> packed) {
  const int64_t per_input = p.out_channels / p.groups * taps_of(p);
  POME_TRY(check_weights("weight", weight, p.in_channels * per_input));
  if (p.epilogue.has_bias) POME_TRY(check_weights("bias", bias, p.out_channels));
  if (packed.size() != static_cast<size_t>(conv_transpose_packed_bytes(p))) {
    return Error(ErrorCode::kInternal, "packed weights get " + std::to_string(packed.size()) +
                                           " bytes, need " +
                                           std::to_string(conv_transpose_packed_bytes(p)));
  }
  float* out = reinterpret_cast<float*>(packed.data());
  pack_bias(bias, p.epilogue.has_bias, conv_transpose_bias_floats(p), out);
  out += conv_transpose_bias_floats(p);
  if (depthwise(p)) {
    pack_depthwise(p, weight, out);
  } else {
    pack_dense(p, weight, out);
  }
  return {};
}

void conv_transpose_run(const ConvTransposeParams& params, const ConvTransposeBuffers& buffers,
                        ThreadPool& pool) noexcept {
  ConvTransposeJob job{};
  job.p = params;
  job.input = buffers.input;
  job.bias = static_cast<const float*>(buffers.packed);
  job.weights = job.bias + conv_transpose_bias_floats(params);
  job.residual = params.epilogue.has_residual ? buffers.residual : nullptr;
  job.output = buffers.output;
  job.scratch = static_cast<float*>(buffers.scratch);
  if (depthwise(params)) {
    conv_transpose_depthwise(job, pool);
  } else {
    conv_transpose_dense(job, pool);
  }
}

}  // namespace pome::cpu
