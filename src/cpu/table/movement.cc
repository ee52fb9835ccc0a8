// transpose, and concat along channels of blocked tensors.
#include <algorithm>

#include "cpu/kernels/reorder/reorder.h"
#include "cpu/table/table.h"

namespace pome::cpu {
namespace {

ops::Match match_transpose(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (x == nullptr || ir::bits(x->dtype()) < 8)
    return refuse("takes computed tensors of whole bytes alone");
  const ops::Ints perm = o.ints("perm");
  TransposeParams p;
  p.element_bytes = ir::bits(x->dtype()) / 8;
  p.rank = x->shape().rank();
  for (int i = 0; i < p.rank; ++i) {
    p.in_dims[i] = x->shape()[i];
    p.perm[i] = static_cast<int32_t>(perm[i] < 0 ? perm[i] + p.rank : perm[i]);
  }
  if (Status ok = transpose_check(p); !ok.ok()) return refuse(ok.error());
  ops::Candidate c;
  c.covered = {&op};
  c.inputs = {{x, ops::Layout::kPlain}};
  c.outputs = {{op.output(), ops::Layout::kPlain}};
  c.set_params(p);
  return c;
}

void run_transpose(const void* params, const ops::RunContext& r) noexcept {
  transpose_run(params_of<TransposeParams>(params), r.inputs[0], r.outputs[0], *r.pool);
}

constexpr int kMaxParts = 32;

/// A concat of up to kMaxParts tensors: one copy each.
struct ConcatParams {
  int32_t parts = 0;
  ChannelCopyParams copies[kMaxParts];
};

ops::Match match_concat(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Argument* values = op.argument("values");
  const Shape& out = op.output()->shape();
  const auto axis = static_cast<int64_t>(o.real("axis"));
  if (!is_fp32(op.output(), 4) || (axis != 1 && axis != -3))
    return refuse("does not join channels of fp32 of rank 4");
  if (o.flag("interleave")) return refuse("interleaves");
  if (values == nullptr || values->operands.size() > kMaxParts)
    return refuse("joins more than 32 tensors");
  ConcatParams p;
  ops::Candidate c;
  int32_t offset = 0;
  bool any_blocked = false;
  for (const ir::Operand& operand : values->operands) {
    if (operand.value == nullptr || operand.value->literal() != nullptr)
      return refuse("joins a constant");
    any_blocked = any_blocked || context.layout(operand.value) == ops::Layout::kBlocked;
    ChannelCopyParams& copy = p.copies[p.parts++];
    copy.isa = isa_of(context);
    copy.batch = static_cast<int32_t>(out[0]);
    copy.channels = static_cast<int32_t>(operand.value->shape()[1]);
    copy.pixels = out[2] * out[3];
    copy.in_channels = copy.channels;
    copy.out_channels = static_cast<int32_t>(out[1]);
    copy.out_offset = offset;
    offset += copy.channels;
    c.inputs.push_back({operand.value, ops::Layout::kBlocked});
  }
  if (!any_blocked) return refuse("joins row-major tensors");
  c.covered = {&op};
  c.outputs = {{op.output(), ops::Layout::kBlocked}};
  c.set_params(p);
  return c;
}

void run_concat(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ConcatParams>(params);
  for (int32_t i = 0; i < p.parts; ++i) {
    channel_copy_run(p.copies[i], floats(r.inputs[i]), floats(r.outputs[0]), *r.pool);
  }
}

constexpr ops::KernelRow kRows[] = {
    {kTransposeKernel.name, kTransposeKernel.version, "transpose", match_transpose, run_transpose},
    {"concat_channels", kChannelCopyKernel.version, "concat", match_concat, run_concat},
};

}  // namespace

std::span<const ops::KernelRow> movement_rows() { return kRows; }

}  // namespace pome::cpu
