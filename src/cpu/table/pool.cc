// Pools (with a pad of zeros in front), and reductions over height and width, on blocked tensors.
#include "cpu/kernels/pool/pool.h"

#include "cpu/table/pool_match.h"

namespace pome::cpu {
namespace {

ops::Match offer(const ops::MatchContext& context, const Result<PoolMatch>& match,
                 ops::Layout output_layout) {
  if (!match.ok()) return refuse(match.error());
  ops::Candidate c;
  c.covered = match->covered;
  c.inputs = {{match->input, ops::Layout::kBlocked}};
  c.outputs = {{match->output, output_layout}};
  c.scratch_bytes = static_cast<size_t>(pool_scratch_bytes(match->params, context.threads()));
  c.set_params(match->params);
  return c;
}

ops::Match match_pooling(const ops::MatchContext& context, const ir::Op& op) {
  return offer(context, match_pool(context, op), ops::Layout::kBlocked);
}

bool is_height_and_width(ops::Ints axes) {
  if (axes.size() != 2) return false;
  for (int i = 0; i < 2; ++i) axes[i] = axes[i] < 0 ? axes[i] + 4 : axes[i];
  return (axes[0] == 2 && axes[1] == 3) || (axes[0] == 3 && axes[1] == 2);
}

ops::Match match_reduce(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (!is_fp32(x, 4)) return refuse("takes fp32 tensors of rank 4 alone");
  if (!is_height_and_width(o.ints("axes")))
    return refuse("reduces other axes than height and width");
  PoolParams p;
  p.kind = op.kind() == "reduce_max" ? PoolKind::kMax : PoolKind::kAverage;
  p.out_height = 1;
  p.out_width = 1;
  p.kernel_height = static_cast<int32_t>(x->shape()[2]);
  p.kernel_width = static_cast<int32_t>(x->shape()[3]);
  const Result<PoolMatch> match = pool_of(context, op, x, p);
  if (op.output()->shape().rank() == 4) return offer(context, match, ops::Layout::kBlocked);
  // [N][C/c][1][1][c] is [N,C] itself when the blocks are full.
  if (x->shape()[1] % context.channel_block() != 0)
    return refuse("drops axes of channels that do not fill their blocks");
  return offer(context, match, ops::Layout::kPlain);
}

void run_pool(const void* params, const ops::RunContext& r) noexcept {
  pool_run(params_of<PoolParams>(params), floats(r.inputs[0]), floats(r.outputs[0]), r.scratch,
           *r.pool);
}

constexpr ops::KernelRow kPoolRows[] = {
    {kPoolKernel.name, kPoolKernel.version, "max_pool", match_pooling, run_pool},
    {"pad_max_pool", kPoolKernel.version, "pad", match_pooling, run_pool},
    {kPoolKernel.name, kPoolKernel.version, "avg_pool", match_pooling, run_pool},
    {kPoolKernel.name, kPoolKernel.version, "l2_pool", match_pooling, run_pool},
    {kPoolKernel.name, kPoolKernel.version, "reduce_mean", match_reduce, run_pool},
    {kPoolKernel.name, kPoolKernel.version, "reduce_max", match_reduce, run_pool},
};

}  // namespace

std::span<const ops::KernelRow> pool_rows() { return kPoolRows; }

}  // namespace pome::cpu
