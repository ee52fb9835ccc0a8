#include "cpu/kernels/conv/conv.h"

#include <algorithm>
#include <string>

#include "base/try.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/conv/conv_job.h"
#include "cpu/kernels/conv/winograd.h"

namespace pome::cpu {
namespace {

std::string pair(int64_t a, int64_t b) { return std::to_string(a) + " x " + std::to_string(b); }

Status check_geometry(const ConvParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"batch", p.batch},
                        {"groups", p.groups},
                        {"input channels", p.in_channels},
                        {"output channels", p.out_channels}},
                       1));
  POME_TRY(check_sizes({{"input batch stride", p.in_batch_stride},
                        {"output batch stride", p.out_batch_stride},
                        {"residual batch stride", p.residual_batch_stride}},
                       0));
  if (p.in_channels % p.groups != 0 || p.out_channels % p.groups != 0) {
    return Error(ErrorCode::kInvalidArgument,
                 std::to_string(p.groups) + " groups divide neither or only one of " +
                     std::to_string(p.in_channels) + " input and " +
                     std::to_string(p.out_channels) + " output channels");
  }
  POME_TRY(check_window({"height", p.in_height, p.out_height, p.kernel_height, p.stride_height,
                         p.dilation_height, p.pad_top}));
  POME_TRY(check_window({"width", p.in_width, p.out_width, p.kernel_width, p.stride_width,
                         p.dilation_width, p.pad_left}));
  const int64_t c = channel_block(p.isa);
  const int64_t in = round_up(p.in_channels, c);
  const int64_t out = round_up(p.out_channels, c);
  POME_TRY(check_product("convolution's input", {p.batch, in, p.in_height, p.in_width}));
  POME_TRY(check_product("convolution's output", {p.batch, out, p.out_height, p.out_width}));
  POME_TRY(check_product("convolution's weight", {in, out, p.kernel_height, p.kernel_width}));
  // Offsets inside one image are 32-bit in the kernels.
  const int64_t image = std::max(in * p.in_height * p.in_width, out * p.out_height * p.out_width);
  const int64_t weight = in * out * p.kernel_height * p.kernel_width;
  if (std::max(image, weight) >= int64_t{1} << 31) {
    return Error(ErrorCode::kUnsupported, "an image or weight of 2^31 values or more");
  }
  return {};
}

bool is_pointwise(const ConvParams& p) {
  return p.groups == 1 && p.kernel_height == 1 && p.kernel_width == 1 && p.stride_height == 1 &&
         p.stride_width == 1 && p.pad_top == 0 && p.pad_left == 0 && p.out_height == p.in_height &&
         p.out_width == p.in_width;
}

bool is_depthwise(const ConvParams& p) {
  return p.groups == p.in_channels && p.groups == p.out_channels && p.groups > 1;
}

ConvAlgorithm choose(const ConvParams& p, int threads) {
  if (p.planar_input) return ConvAlgorithm::kPlanarInput;
  if (is_depthwise(p)) return ConvAlgorithm::kDepthwise;
  if (p.groups > 1) return ConvAlgorithm::kGrouped;
  return is_pointwise(p) ? ConvAlgorithm::kPointwise : choose_winograd(p, threads);
}

Status check_algorithm(const ConvParams& p) {
  const auto refuse = [](const std::string& why) { return Error(ErrorCode::kUnsupported, why); };
  if (p.planar_input != (p.algorithm == ConvAlgorithm::kPlanarInput)) {
    return refuse("a plain NCHW input needs the planar algorithm, and only it reads one");
  }
  if (p.pixels && !p.planar_input)
    return refuse("bytes of pixels are read by the planar algorithm");
  switch (p.algorithm) {
    case ConvAlgorithm::kPlanarInput:
      if (p.pixels && p.batch != 1)
        return refuse("the bytes of " + std::to_string(p.batch) +
                      " pictures; those of one are read");
      if (p.groups == 1 && p.in_channels <= 4) return {};
      return refuse("a plain NCHW input of " + std::to_string(p.in_channels) + " channels in " +
                    std::to_string(p.groups) + " groups; 1 to 4 channels in one group are read");
    case ConvAlgorithm::kPointwise:
      if (is_pointwise(p)) return {};
      return refuse("not a 1 x 1 convolution without stride, padding and groups: kernel " +
                    pair(p.kernel_height, p.kernel_width) + ", stride " +
                    pair(p.stride_height, p.stride_width) + ", padding " +
                    pair(p.pad_top, p.pad_left) + ", " + std::to_string(p.groups) + " groups");
    case ConvAlgorithm::kDepthwise:
      if (is_depthwise(p)) return {};
      return refuse("not depthwise: " + std::to_string(p.groups) + " groups for " +
                    std::to_string(p.in_channels) + " input and " + std::to_string(p.out_channels) +
                    " output channels");
    case ConvAlgorithm::kDirect:
      if (p.groups == 1) return {};
      return refuse("the direct algorithm takes no groups");
    case ConvAlgorithm::kGrouped:
      return {};
    case ConvAlgorithm::kWinogradF2:
    case ConvAlgorithm::kWinogradF4:
      if (is_winograd(p, p.algorithm)) return {};
      return refuse(
          std::string("Winograd's algorithm needs a kernel of ") +
          (p.algorithm == ConvAlgorithm::kWinogradF2 ? "3 x 3, 5 x 5, 1 x 3, 1 x 5 or 1 x 7"
                                                     : "3 x 3 or 1 x 3") +
          ", stride and dilation 1 and one group; here the kernel is " +
          pair(p.kernel_height, p.kernel_width) + ", the stride " +
          pair(p.stride_height, p.stride_width) + ", the dilation " +
          pair(p.dilation_height, p.dilation_width) + ", groups " + std::to_string(p.groups));
    case ConvAlgorithm::kAuto:
      break;
  }
  return refuse("convolution algorithm " + std::to_string(static_cast<int>(p.algorithm)) +
                " is not supported");
}

}  // namespace

Status conv_choose(ConvParams& params, int threads) {
  POME_TRY(check_geometry(params));
  if (params.algorithm == ConvAlgorithm::kAuto) params.algorithm = choose(params, threads);
  return check_algorithm(params);
}

int64_t conv_scratch_bytes(const ConvParams& params, int threads) {
  int64_t floats = 0;
  switch (params.algorithm) {
    case ConvAlgorithm::kPointwise:
      floats = conv_pointwise_scratch(params, threads);
      break;
    case ConvAlgorithm::kDirect:
      floats = conv_direct_scratch(params, threads);
      break;
    case ConvAlgorithm::kDepthwise:
      floats = conv_depthwise_scratch(params, threads);
      break;
    case ConvAlgorithm::kPlanarInput:
      floats = conv_planar_scratch(params, threads);
      break;
    case ConvAlgorithm::kGrouped:
      floats = conv_grouped_scratch(params, threads);
      break;
    case ConvAlgorithm::kWinogradF2:
    case ConvAlgorithm::kWinogradF4:
      floats = conv_winograd_scratch(params, threads);
      break;
    default:
      break;
  }
  return floats * static_cast<int64_t>(sizeof(float));
}

ConvJob conv_job(const ConvParams& params, const ConvBuffers& buffers) {
  ConvJob job{};
  job.p = params;
  job.input = buffers.input;
  job.bias = static_cast<const float*>(buffers.packed);
  job.weights = job.bias + conv_bias_floats(params);
  job.residual = params.epilogue.has_residual ? buffers.residual : nullptr;
  job.output = buffers.output;
  job.scratch = static_cast<float*>(buffers.scratch);
  const int64_t in_plane = int64_t{params.in_height} * params.in_width;
  const int64_t out_image =
      blocked_elements(1, params.out_channels, params.out_height, params.out_width, params.isa);
  job.in_image = params.in_batch_stride != 0 ? params.in_batch_stride
                 : params.planar_input       ? params.in_channels * in_plane
                                       : blocked_elements(1, params.in_channels, params.in_height,
                                                          params.in_width, params.isa);
  job.out_image = params.out_batch_stride != 0 ? params.out_batch_stride : out_image;
  job.residual_image = params.residual_batch_stride != 0 ? params.residual_batch_stride : out_image;
  return job;
}

void conv_run(const ConvParams& params, const ConvBuffers& buffers, ThreadPool& pool) noexcept {
  const ConvJob job = conv_job(params, buffers);
  switch (params.algorithm) {
    case ConvAlgorithm::kPointwise:
      return conv_pointwise(job, pool);
    case ConvAlgorithm::kDirect:
      return conv_direct(job, pool);
    case ConvAlgorithm::kDepthwise:
      return conv_depthwise(job, pool);
    case ConvAlgorithm::kPlanarInput:
      return conv_planar(job, pool);
    case ConvAlgorithm::kGrouped:
      return conv_grouped(job, pool);
    case ConvAlgorithm::kWinogradF2:
    case ConvAlgorithm::kWinogradF4:
      return conv_winograd(job, pool);
    default:
      return;
  }
}

}  // namespace pome::cpu
