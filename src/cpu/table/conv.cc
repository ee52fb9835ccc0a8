// conv (with a zero pad before it, bias, residual and activation behind it) on blocked tensors.
#include "cpu/kernels/conv/conv.h"
#include "cpu/table/conv_match.h"

namespace pome::cpu {
namespace {

ops::Candidate offer(const ops::MatchContext& context, const ConvMatch& match) {
  const ConvParams& params = match.params;
  ops::Candidate c;
  c.flops = match.flops();
  c.covered = match.chain.covered;
  c.inputs = {{match.input, params.planar_input ? ops::Layout::kPlain : ops::Layout::kBlocked}};
  if (match.chain.residual != nullptr)
    c.inputs.push_back({match.chain.residual, ops::Layout::kBlocked});
  c.outputs = {{match.chain.output, ops::Layout::kBlocked}};
  c.scratch_bytes = static_cast<size_t>(conv_scratch_bytes(params, context.threads()));
  c.packed.push_back(match.packed());
  if (params.pixels) c.cost = 0.9;  // below making floats of them first
  c.set_params(params);
  return c;
}

bool is_winograd(const ConvParams& p) {
  return p.algorithm == ConvAlgorithm::kWinogradF2 || p.algorithm == ConvAlgorithm::kWinogradF4;
}

ops::Match match_winograd(const ops::MatchContext& context, const ir::Op& op) {
  const Result<ConvMatch> match = match_convolution(context, op);
  if (!match.ok()) return refuse(match.error());
  if (!is_winograd(match->params)) {
    ConvParams tried = match->params;
    tried.algorithm = ConvAlgorithm::kWinogradF2;
    if (const Status possible = conv_choose(tried); !possible.ok()) return refuse(possible.error());
    return refuse("its transforms and weights cost more than the products that they save");
  }
  ops::Candidate c = offer(context, *match);
  c.cost = 0.9;
  return c;
}

ops::Match match_conv(const ops::MatchContext& context, const ir::Op& op) {
  Result<ConvMatch> match = match_convolution(context, op);
  if (!match.ok()) return refuse(match.error());
  if (is_winograd(match->params)) match->params.algorithm = ConvAlgorithm::kDirect;
  return offer(context, *match);
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

constexpr std::string_view kWinograd = "conv_winograd";

constexpr ops::KernelRow kConvRows[] = {
    {kWinograd, kConvKernel.version, "conv", match_winograd, run_conv},
    {kWinograd, kConvKernel.version, "pad", match_winograd, run_conv},
    {kConvKernel.name, kConvKernel.version, "conv", match_conv, run_conv},
    {kConvKernel.name, kConvKernel.version, "pad", match_conv, run_conv},
    {kConvKernel.name, kConvKernel.version, "pome.pixels", match_conv, run_conv},
};

}  // namespace

std::span<const ops::KernelRow> conv_rows() { return kConvRows; }

}  // namespace pome::cpu
