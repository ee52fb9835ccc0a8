// transpose, and concat along channels of blocked tensors, in place where it can be.
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
  p.isa = isa_of(context);
  p.element_bytes = ir::bits(x->dtype()) / 8;
  p.rank = x->shape().rank();
  for (int i = 0; i < p.rank; ++i) {
    p.in_dims[i] = x->shape()[i];
    p.perm[i] = static_cast<int32_t>(perm[i] < 0 ? perm[i] + p.rank : perm[i]);
  }
  if (Status ok = transpose_check(p); !ok.ok()) return refuse(ok.error());
  return one_to_one(op, x, ops::Layout::kPlain, p);
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

/// Bytes from the output's start to where part `copy` of one image begins; -1 where that is not the
/// start of a block, or the part's padded lanes are the next one's.
int64_t place_of(const ChannelCopyParams& copy, int64_t c) {
  const bool ends_block = copy.channels % c == 0;
  const bool is_last = copy.out_offset + copy.channels == copy.out_channels;
  if (copy.batch != 1 || copy.out_offset % c != 0 || !(ends_block || is_last)) return -1;
  return copy.out_offset * copy.pixels * static_cast<int64_t>(sizeof(float));
}

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

/// The same, its parts made where the concat wants them: only those that cannot be are copied.
ops::Match match_concat_in_place(const ops::MatchContext& context, const ir::Op& op) {
  ops::Match match = match_concat(context, op);
  auto* c = std::get_if<ops::Candidate>(&match);
  if (c == nullptr) return match;
  const auto& p = params_of<ConcatParams>(c->params.data());
  bool any = false;
  for (int32_t i = 0; i < p.parts; ++i) {
    c->input_places.push_back(place_of(p.copies[i], context.channel_block()));
    any = any || c->input_places.back() >= 0;
  }
  if (!any) return refuse("joins parts that end inside a block, or several images");
  c->cost = 0.5;
  return match;
}

void run_concat(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ConcatParams>(params);
  for (int32_t i = 0; i < p.parts; ++i) {
    const ChannelCopyParams& copy = p.copies[i];
    const int64_t place = place_of(copy, channel_block(copy.isa));
    if (place >= 0 && r.inputs[i] == r.outputs[0] + place) continue;
    channel_copy_run(copy, floats(r.inputs[i]), floats(r.outputs[0]), *r.pool);
  }
}

constexpr ops::KernelRow kMovementRows[] = {
    {kTransposeKernel.name, kTransposeKernel.version, "transpose", match_transpose, run_transpose},
    {"concat_in_place", kChannelCopyKernel.version, "concat", match_concat_in_place, run_concat},
    {"concat_channels", kChannelCopyKernel.version, "concat", match_concat, run_concat},
};

}  // namespace

std::span<const ops::KernelRow> movement_rows() { return kMovementRows; }

}  // namespace pome::cpu
