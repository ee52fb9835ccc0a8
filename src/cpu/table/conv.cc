// conv (with a zero pad before it, bias, residual and activation behind it) on blocked tensors.
#include "cpu/kernels/conv/conv.h"
#include "cpu/table/conv_match.h"

namespace pome::cpu {
namespace {

ops::Match match_conv(const ops::MatchContext& context, const ir::Op& op) {
  Result<ConvMatch> match = match_convolution(context, op);
  if (!match.ok()) return refuse(match.error());
  const ConvParams& params = match->params;
  ops::Candidate c;
  c.flops = match->flops();
  c.covered = match->chain.covered;
  c.inputs = {{match->input, params.planar_input ? ops::Layout::kPlain : ops::Layout::kBlocked}};
  if (match->chain.residual != nullptr)
    c.inputs.push_back({match->chain.residual, ops::Layout::kBlocked});
  c.outputs = {{match->chain.output, ops::Layout::kBlocked}};
  c.scratch_bytes = static_cast<size_t>(conv_scratch_bytes(params, context.threads()));
  c.packed.push_back(match->packed());
  c.set_params(params);
  return c;
}

void run_conv(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ConvParams>(params);
  ConvBuffers b;
  b.input = floats(r.inputs[0]);
  b.packed = r.packed[0];
  b.residual = p.epilogue.has_residual ? floats(r.inputs[1]) : nullptr;
  b.output = floats(r.outputs[0]);
  b.scratch = r.scratch;
  conv_run(p, b, *r.pool);
}

constexpr ops::KernelRow kConvRows[] = {
    {kConvKernel.name, kConvKernel.version, "conv", match_conv, run_conv},
    {kConvKernel.name, kConvKernel.version, "pad", match_conv, run_conv},
};

}  // namespace

std::span<const ops::KernelRow> conv_rows() { return kConvRows; }

}  // namespace pome::cpu
