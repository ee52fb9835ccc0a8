// Pools (with a pad of zeros in front), and reductions over height and width, on blocked tensors.
#include "cpu/kernels/pool/pool.h"
#include "base/try.h"
#include "cpu/table/zero_pad.h"
#include "ops/window.h"

namespace pome::cpu {
namespace {

ops::Match offer(const ops::MatchContext& context, const ir::Op& op, const ir::Value* x,
                 PoolParams p, ops::Layout output_layout) {
  const Shape& s = x->shape();
  p.isa = isa_of(context);
  p.batch = static_cast<int32_t>(s[0]);
  p.channels = static_cast<int32_t>(s[1]);
  p.in_height = static_cast<int32_t>(s[2]);
  p.in_width = static_cast<int32_t>(s[3]);
  if (Status ok = pool_check(p); !ok.ok()) return refuse(ok.error());
  ops::Candidate c;
  c.covered = {&op};
  c.inputs = {{x, ops::Layout::kBlocked}};
  c.outputs = {{op.output(), output_layout}};
  c.scratch_bytes = static_cast<size_t>(pool_scratch_bytes(p, context.threads()));
  c.set_params(p);
  return c;
}

Result<ops::WindowNd> window_of(const Operands& o, int64_t height, int64_t width) {
  ops::WindowSpec spec;
  spec.in = {height, width};
  const ops::Ints kernel = o.ints("kernel_sizes");
  for (int64_t k : kernel) spec.kernel.push_back(k);
  spec.strides = o.ints("strides");
  spec.pad = o.ints("pad");
  spec.ceil_mode = o.flag("ceil_mode");
  POME_ASSIGN(spec.type, ops::pad_type(o.args(), o.position("pad_type")));
  return ops::make_window(spec);
}

/// The two windows; the padding in front and behind is what `pad` says.
PoolParams params_of_window(PoolKind kind, const ops::Window& h, const ops::Window& w,
                            const ZeroPad& pad) {
  PoolParams p;
  p.kind = kind;
  p.out_height = static_cast<int32_t>(h.out);
  p.out_width = static_cast<int32_t>(w.out);
  p.kernel_height = static_cast<int32_t>(h.kernel);
  p.kernel_width = static_cast<int32_t>(w.kernel);
  p.stride_height = static_cast<int32_t>(h.stride);
  p.stride_width = static_cast<int32_t>(w.stride);
  p.pad_top = static_cast<int32_t>(pad.top);
  p.pad_left = static_cast<int32_t>(pad.left);
  p.pad_bottom = static_cast<int32_t>(pad.bottom);
  p.pad_right = static_cast<int32_t>(pad.right);
  return p;
}

PoolKind kind_of(const Operands& o, const ir::Op& op) {
  if (op.kind() == "max_pool") return PoolKind::kMax;
  if (op.kind() == "l2_pool") return PoolKind::kL2;
  return o.flag("exclude_padding_from_average") ? PoolKind::kAverage : PoolKind::kAveragePadded;
}

ops::Match match_pool(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (!is_fp32(x, 4)) return refuse("takes fp32 tensors of rank 4 alone");
  if (o.ints("kernel_sizes").size() != 2) return refuse("kernel_sizes must have 2 values");
  Result<ops::WindowNd> window = window_of(o, x->shape()[2], x->shape()[3]);
  if (!window.ok()) return refuse(window.error());
  const ops::Window& h = (*window)[0];
  const ops::Window& w = (*window)[1];
  const ZeroPad pad = {h.pad_before, h.pad_after, w.pad_before, w.pad_after};
  const PoolParams p = params_of_window(kind_of(o, op), h, w, pad);
  return offer(context, op, x, p, ops::Layout::kBlocked);
}

/// A pad of zeros and the max_pool that alone reads it.
ops::Match match_pad_pool(const ops::MatchContext& context, const ir::Op& op) {
  const ir::Op* max = padded_op(context, op, "max_pool");
  if (max == nullptr) return refuse("is not followed by a max_pool alone");
  const ir::Value* x = op.input("x");
  const Operands o(context, *max);
  if (!is_fp32(x, 4) || o.ints("kernel_sizes").size() != 2)
    return refuse("takes fp32 tensors of rank 4 alone");
  const Result<ZeroPad> zero = zero_pad(context, op);
  if (!zero.ok()) return refuse(zero.error());
  const Shape& s = x->shape();
  const Result<ops::WindowNd> window =
      window_of(o, s[2] + zero->top + zero->bottom, s[3] + zero->left + zero->right);
  if (!window.ok()) return refuse(window.error());
  const ops::Window& h = (*window)[0];
  const ops::Window& w = (*window)[1];
  // The pool's own padding would count for less than any number, the pad's counts as 0.
  if (h.pad_before != 0 || h.pad_after != 0 || w.pad_before != 0 || w.pad_after != 0 ||
      o.flag("ceil_mode"))
    return refuse("the max_pool pads too");
  const PoolParams p = params_of_window(PoolKind::kMaxZeros, h, w, *zero);
  ops::Match match = offer(context, *max, x, p, ops::Layout::kBlocked);
  if (auto* c = std::get_if<ops::Candidate>(&match)) c->covered.insert(c->covered.begin(), &op);
  return match;
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
  if (op.output()->shape().rank() == 4) return offer(context, op, x, p, ops::Layout::kBlocked);
  // [N][C/c][1][1][c] is [N,C] itself when the blocks are full.
  if (x->shape()[1] % context.channel_block() != 0)
    return refuse("drops axes of channels that do not fill their blocks");
  return offer(context, op, x, p, ops::Layout::kPlain);
}

void run_pool(const void* params, const ops::RunContext& r) noexcept {
  pool_run(params_of<PoolParams>(params), floats(r.inputs[0]), floats(r.outputs[0]), r.scratch,
           *r.pool);
}

constexpr ops::KernelRow kPoolRows[] = {
    {kPoolKernel.name, kPoolKernel.version, "max_pool", match_pool, run_pool},
    {"pad_max_pool", kPoolKernel.version, "pad", match_pad_pool, run_pool},
    {kPoolKernel.name, kPoolKernel.version, "avg_pool", match_pool, run_pool},
    {kPoolKernel.name, kPoolKernel.version, "l2_pool", match_pool, run_pool},
    {kPoolKernel.name, kPoolKernel.version, "reduce_mean", match_reduce, run_pool},
    {kPoolKernel.name, kPoolKernel.version, "reduce_max", match_reduce, run_pool},
};

}  // namespace

std::span<const ops::KernelRow> pool_rows() { return kPoolRows; }

}  // namespace pome::cpu
