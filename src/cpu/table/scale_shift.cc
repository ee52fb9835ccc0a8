// Factors and summands for each channel that no convolution could take in: a batch norm alone, or
// with the 1x1 conv that reads it; a gate (squeeze-and-excite) with the 1x1 conv that reads it.
#include <cmath>
#include <utility>

#include "base/try.h"
#include "cpu/blocked.h"
#include "cpu/kernels/conv/scaled_conv.h"
#include "cpu/kernels/eltwise/binary.h"
#include "cpu/table/conv_match.h"

namespace pome::cpu {
namespace {

/// A batch norm of constants as a factor and a summand for each channel, and its activation.
struct ScaleShift {
  ScaleShiftParams params;
  Chain chain;
  ops::PackedConstant packed;  // scales, then shifts, each padded to whole blocks
};

int64_t padded_channels(const ScaleShiftParams& p) {
  return channel_blocks(p.channels, p.isa) * channel_block(p.isa);
}

Result<ScaleShift> match_norm(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (!is_fp32(x, 4)) return Error(ErrorCode::kUnsupported, "takes fp32 tensors of rank 4 alone");
  const ir::Literal* mean = o.literal("mean");
  const ir::Literal* variance = o.literal("variance");
  const ir::Literal* gamma = o.literal("gamma");
  const ir::Literal* beta = o.literal("beta");
  if (mean == nullptr || variance == nullptr || (o.has("gamma") && gamma == nullptr) ||
      (o.has("beta") && beta == nullptr))
    return Error(ErrorCode::kUnsupported, "statistics must be constants");
  ScaleShift norm;
  norm.chain = follow_activation(context, op);
  ScaleShiftParams& p = norm.params;
  p.isa = isa_of(context);
  p.activation = norm.chain.epilogue.activation;
  p.alpha = norm.chain.epilogue.alpha;
  p.beta = norm.chain.epilogue.beta;
  p.batch = static_cast<int32_t>(x->shape()[0]);
  p.channels = static_cast<int32_t>(x->shape()[1]);
  p.pixels = x->shape()[2] * x->shape()[3];
  const int64_t channels = p.channels;
  const int64_t padded = padded_channels(p);
  const double epsilon = o.real("epsilon");
  norm.packed = {static_cast<size_t>(2 * padded) * sizeof(float), [=](std::byte* to) {
                   for (int64_t i = 0; i < channels; ++i) {
                     const double scale =
                         (gamma ? gamma->real(i) : 1.0) / std::sqrt(variance->real(i) + epsilon);
                     const double shift = (beta ? beta->real(i) : 0.0) - scale * mean->real(i);
                     ir::store_real(ir::DType::kFp32, to, i, scale);
                     ir::store_real(ir::DType::kFp32, to, padded + i, shift);
                   }
                 }};
  return norm;
}

ops::Match match_batch_norm(const ops::MatchContext& context, const ir::Op& op) {
  Result<ScaleShift> norm = match_norm(context, op);
  if (!norm.ok()) return refuse(norm.error());
  ops::Candidate c;
  c.covered = norm->chain.covered;
  c.inputs = {{op.input("x"), ops::Layout::kBlocked}};
  c.outputs = {{norm->chain.output, ops::Layout::kBlocked}};
  c.in_place = true;
  c.packed.push_back(norm->packed);
  c.set_params(norm->params);
  return c;
}

void run_scale_shift(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ScaleShiftParams>(params);
  const float* scale = floats(r.packed[0]);
  scale_shift_run(p, floats(r.inputs[0]), scale, scale + padded_channels(p), floats(r.outputs[0]),
                  *r.pool);
}

/// Scaled by what `inputs` or `packed` hold (added by the caller), then convolved.
Result<ops::Candidate> offer_scaled(const ops::MatchContext& context, const Chain& chain,
                                    const ir::Value* x, ScaledConvParams params) {
  POME_ASSIGN(ConvMatch conv, match_next_convolution(context, chain.output));
  params.conv = conv.params;
  params.conv.planar_input = false;  // what is not made yet has no layout
  params.activation = chain.epilogue.activation;
  params.alpha = chain.epilogue.alpha;
  params.beta = chain.epilogue.beta;
  POME_TRY(scaled_conv_choose(params));
  conv.params = params.conv;
  ops::Candidate c;
  c.cost = 0.5;
  c.flops = conv.flops();
  c.covered = chain.covered;
  c.covered.insert(c.covered.end(), conv.chain.covered.begin(), conv.chain.covered.end());
  c.inputs = {{x, ops::Layout::kBlocked}};
  if (conv.chain.residual != nullptr)
    c.inputs.push_back({conv.chain.residual, ops::Layout::kBlocked});
  c.outputs = {{conv.chain.output, ops::Layout::kBlocked}};
  c.scratch_bytes = static_cast<size_t>(scaled_conv_scratch_bytes(params, context.threads()));
  c.packed = {conv.packed()};
  c.set_params(params);
  return c;
}

Result<ops::Candidate> match_normed(const ops::MatchContext& context, const ir::Op& op) {
  POME_ASSIGN(const ScaleShift norm, match_norm(context, op));
  POME_ASSIGN(ops::Candidate c, offer_scaled(context, norm.chain, op.input("x"), {}));
  c.packed.push_back(norm.packed);
  return c;
}

ops::Match match_norm_conv(const ops::MatchContext& context, const ir::Op& op) {
  return to_match(match_normed(context, op));
}

/// x * gate, where the gate has one value for each channel (and image): squeeze-and-excite.
Result<ops::Candidate> match_gated(const ops::MatchContext& context, const ir::Op& op) {
  const ir::Value* x = op.input("x");
  const ir::Value* gate = op.input("y");
  const auto is_gate = [](const ir::Value* g, const ir::Value* big) {
    const Shape& s = g->shape();
    return g->literal() == nullptr && s[1] == big->shape()[1] && s[2] == 1 && s[3] == 1 &&
           (s[0] == 1 || s[0] == big->shape()[0]);
  };
  if (!is_fp32(x, 4) || !is_fp32(gate, 4))
    return Error(ErrorCode::kUnsupported, "takes two computed fp32 tensors of rank 4");
  if (!is_gate(gate, x)) std::swap(x, gate);
  if (!is_gate(gate, x) || context.layout(x) != ops::Layout::kBlocked)
    return Error(ErrorCode::kUnsupported, "neither operand has one value for each channel");
  Chain chain;
  chain.covered = {&op};
  chain.output = op.output();
  ScaledConvParams params;
  params.scale_per_image = gate->shape()[0] > 1;
  POME_ASSIGN(ops::Candidate c, offer_scaled(context, chain, x, params));
  c.inputs.push_back({gate, ops::Layout::kBlocked});
  return c;
}

ops::Match match_gate_conv(const ops::MatchContext& context, const ir::Op& op) {
  return to_match(match_gated(context, op));
}

ConvBuffers scaled_buffers(const ScaledConvParams& p, const ops::RunContext& r) {
  ConvBuffers b;
  b.input = floats(r.inputs[0]);
  b.packed = r.packed[0];
  b.residual = p.conv.epilogue.has_residual ? floats(r.inputs[1]) : nullptr;
  b.output = floats(r.outputs[0]);
  b.scratch = r.scratch;
  return b;
}

void run_norm_conv(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ScaledConvParams>(params);
  const float* scale = floats(r.packed[1]);
  const int64_t padded = channel_blocks(p.conv.in_channels, p.conv.isa) * channel_block(p.conv.isa);
  scaled_conv_run(p, scaled_buffers(p, r), scale, scale + padded, *r.pool);
}

void run_gate_conv(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ScaledConvParams>(params);
  const float* gate = floats(r.inputs[p.conv.epilogue.has_residual ? 2 : 1]);
  scaled_conv_run(p, scaled_buffers(p, r), gate, nullptr, *r.pool);
}

constexpr ops::KernelRow kScaleShiftRows[] = {
    {kScaleShiftKernel.name, kScaleShiftKernel.version, "batch_norm", match_batch_norm,
     run_scale_shift},
    {"norm_conv", kScaledConvKernel.version, "batch_norm", match_norm_conv, run_norm_conv},
    {"gate_conv", kScaledConvKernel.version, "mul", match_gate_conv, run_gate_conv},
};

}  // namespace

std::span<const ops::KernelRow> scale_shift_rows() { return kScaleShiftRows; }

}  // namespace pome::cpu
