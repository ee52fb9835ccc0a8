// 1x1 convs that read the same tensor as one step: Inception's branches, the two halves of a CSP
// block.
#include "cpu/kernels/conv/conv_siblings.h"

#include "base/try.h"
#include "cpu/table/conv_match.h"

namespace pome::cpu {
namespace {

/// True where a depthwise conv alone reads the value: the step that joins these two brings more.
bool feeds_depthwise(const ops::MatchContext& context, const ir::Value* value) {
  const Result<ConvMatch> next = match_next_convolution(context, value);
  return next.ok() && next->params.algorithm == ConvAlgorithm::kDepthwise;
}

/// `op` as one of the siblings that read `x`; an Error where it is none.
Result<ConvMatch> match_sibling(const ops::MatchContext& context, const ir::Op& op,
                                const ir::Value* x) {
  if (op.kind() != "conv" || op.input("x") != x) return unsupported("is no conv of the input");
  POME_ASSIGN(ConvMatch match, match_convolution(context, op));
  if (match.params.algorithm != ConvAlgorithm::kPointwise)
    return unsupported("is no 1x1 conv of stride 1");
  if (match.chain.residual != nullptr) return unsupported("adds a residual");
  if (feeds_depthwise(context, match.chain.output)) return unsupported("feeds a depthwise conv");
  return match;
}

Result<ops::Candidate> offer_siblings(const ops::MatchContext& context, const ir::Op& op) {
  // What the step saves is threads that wait for each other; one alone only gets its outputs later
  // out of the cache.
  if (context.threads() < 2) return unsupported("one thread waits for no other");
  const ir::Value* x = op.input("x");
  if (x == nullptr) return unsupported("its input is a constant");
  std::vector<ConvMatch> siblings;
  POME_ASSIGN(ConvMatch first, match_sibling(context, op, x));
  siblings.push_back(std::move(first));
  for (const ir::Op* reader : context.readers(x)) {
    if (reader == &op || siblings.size() == ConvSiblingsParams::kMost) continue;
    Result<ConvMatch> sibling = match_sibling(context, *reader, x);
    if (sibling.ok()) siblings.push_back(*std::move(sibling));
  }
  if (siblings.size() < 2) return unsupported("no other 1x1 conv reads its input");
  ConvSiblingsParams params;
  ops::Candidate c;
  for (const ConvMatch& sibling : siblings) {
    params.convs[params.count++] = sibling.params;
    const auto& covered = sibling.chain.covered;
    c.covered.insert(c.covered.end(), covered.begin(), covered.end());
    c.outputs.push_back({sibling.chain.output, ops::Layout::kBlocked});
    c.packed.push_back(sibling.packed());
    c.flops += sibling.flops();
  }
  POME_TRY(conv_siblings_choose(params));
  c.inputs = {{x, ops::Layout::kBlocked}};
  c.cost = 0.9;
  c.runs_first = true;
  c.set_params(params);
  return c;
}

ops::Match match_siblings(const ops::MatchContext& context, const ir::Op& op) {
  return to_match(offer_siblings(context, op));
}

void run_siblings(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ConvSiblingsParams>(params);
  const void* packed[ConvSiblingsParams::kMost];
  float* outputs[ConvSiblingsParams::kMost];
  for (int32_t i = 0; i < p.count; ++i) {
    packed[i] = r.packed[i];
    outputs[i] = floats(r.outputs[i]);
  }
  conv_siblings_run(p, floats(r.inputs[0]), packed, outputs, *r.pool);
}

constexpr ops::KernelRow kConvSiblingsRows[] = {
    {kConvSiblingsKernel.name, kConvSiblingsKernel.version, "conv", match_siblings, run_siblings},
};

}  // namespace

std::span<const ops::KernelRow> conv_siblings_rows() { return kConvSiblingsRows; }

}  // namespace pome::cpu
