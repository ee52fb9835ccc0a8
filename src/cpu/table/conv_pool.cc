// A network's first conv with the pooling behind it as one step; what lies between stays in the
// cache.
//
//     [pad] conv of a plain picture -> activation -> [pad] max_pool, avg_pool or l2_pool
#include "cpu/kernels/conv/conv_pool.h"

#include "base/try.h"
#include "cpu/table/conv_match.h"
#include "cpu/table/pool_match.h"

namespace pome::cpu {
namespace {

Result<ops::Candidate> offer(const ops::MatchContext& context, const ir::Op& op) {
  POME_ASSIGN(ConvMatch conv, match_convolution(context, op));
  const ir::Op* next = context.sole_user(conv.chain.output);
  if (next == nullptr || next->input("x") != conv.chain.output)
    return unsupported("is not followed by a pooling alone");
  POME_ASSIGN(const PoolMatch pool, match_pool(context, *next));
  if (!conv.params.planar_input) return unsupported("takes row-major pictures of 1 to 4 channels");
  ConvPoolParams params;
  params.conv = conv.params;
  params.pool = pool.params;
  POME_TRY(conv_pool_choose(params));
  if (!conv_pool_pays(params, context.threads()))
    return unsupported("what lies between is small enough for the cache as it is");
  ops::Candidate c;
  c.cost = 0.75;
  c.flops = conv.flops();
  c.covered = conv.chain.covered;
  c.covered.insert(c.covered.end(), pool.covered.begin(), pool.covered.end());
  c.inputs = {{conv.input, ops::Layout::kPlain}};
  c.outputs = {{pool.output, ops::Layout::kBlocked}};
  c.scratch_bytes = static_cast<size_t>(conv_pool_scratch_bytes(params, context.threads()));
  c.packed.push_back(conv.packed());
  c.set_params(params);
  return c;
}

ops::Match match_conv_pool(const ops::MatchContext& context, const ir::Op& op) {
  return to_match(offer(context, op));
}

void run_conv_pool(const void* params, const ops::RunContext& r) noexcept {
  const ConvBuffers b = {floats(r.inputs[0]), r.packed[0], nullptr, floats(r.outputs[0]),
                         r.scratch};
  conv_pool_run(params_of<ConvPoolParams>(params), b, *r.pool);
}

constexpr ops::KernelRow kConvPoolRows[] = {
    {kConvPoolKernel.name, kConvPoolKernel.version, "conv", match_conv_pool, run_conv_pool},
    {kConvPoolKernel.name, kConvPoolKernel.version, "pad", match_conv_pool, run_conv_pool},
    {kConvPoolKernel.name, kConvPoolKernel.version, "pome.pixels", match_conv_pool, run_conv_pool},
};

}  // namespace

std::span<const ops::KernelRow> conv_pool_rows() { return kConvPoolRows; }

}  // namespace pome::cpu
