#include "cpu/table/pool_match.h"

#include "base/try.h"
#include "cpu/table/zero_pad.h"
#include "ops/window.h"

namespace pome::cpu {
namespace {

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

/// A pad of zeros and the max_pool that alone reads it.
Result<PoolMatch> match_padded_pool(const ops::MatchContext& context, const ir::Op& op) {
  const ir::Op* max = padded_op(context, op, "max_pool");
  if (max == nullptr) return unsupported("is not followed by a max_pool alone");
  const ir::Value* x = op.input("x");
  const Operands o(context, *max);
  if (!is_fp32(x, 4) || o.ints("kernel_sizes").size() != 2)
    return unsupported("takes fp32 tensors of rank 4 alone");
  POME_ASSIGN(const ZeroPad zero, zero_pad(context, op));
  const Shape& s = x->shape();
  POME_ASSIGN(const ops::WindowNd window,
              window_of(o, s[2] + zero.top + zero.bottom, s[3] + zero.left + zero.right));
  const ops::Window& h = window[0];
  const ops::Window& w = window[1];
  // The pool's own padding would count for less than any number, the pad's counts as 0.
  if (h.pad_before != 0 || h.pad_after != 0 || w.pad_before != 0 || w.pad_after != 0 ||
      o.flag("ceil_mode"))
    return unsupported("the max_pool pads too");
  POME_ASSIGN(PoolMatch match,
              pool_of(context, *max, x, params_of_window(PoolKind::kMaxZeros, h, w, zero)));
  match.covered.insert(match.covered.begin(), &op);
  return match;
}

}  // namespace

Result<PoolMatch> pool_of(const ops::MatchContext& context, const ir::Op& op,
                          const ir::Value* input, const PoolParams& window) {
  const Shape& s = input->shape();
  PoolMatch match;
  match.params = window;
  match.params.isa = isa_of(context);
  match.params.batch = static_cast<int32_t>(s[0]);
  match.params.channels = static_cast<int32_t>(s[1]);
  match.params.in_height = static_cast<int32_t>(s[2]);
  match.params.in_width = static_cast<int32_t>(s[3]);
  match.input = input;
  match.output = op.output();
  match.covered = {&op};
  POME_TRY(pool_check(match.params));
  return match;
}

Result<PoolMatch> match_pool(const ops::MatchContext& context, const ir::Op& op) {
  if (op.kind() == "pad") return match_padded_pool(context, op);
  if (op.kind() != "max_pool" && op.kind() != "avg_pool" && op.kind() != "l2_pool")
    return unsupported("is not a pooling");
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (!is_fp32(x, 4)) return unsupported("takes fp32 tensors of rank 4 alone");
  if (o.ints("kernel_sizes").size() != 2) return unsupported("kernel_sizes must have 2 values");
  POME_ASSIGN(const ops::WindowNd window, window_of(o, x->shape()[2], x->shape()[3]));
  const ops::Window& h = window[0];
  const ops::Window& w = window[1];
  const ZeroPad pad = {h.pad_before, h.pad_after, w.pad_before, w.pad_after};
  return pool_of(context, op, x, params_of_window(kind_of(o, op), h, w, pad));
}

}  // namespace pome::cpu
