// The concat, channel shuffle and split between two of ShuffleNet's units.
#include "cpu/kernels/reorder/shuffle_channels.h"

#include "base/try.h"
#include "cpu/table/table.h"

namespace pome::cpu {
namespace {

/// The op of `kind` that alone reads `value` as its x; null where there is none.
const ir::Op* reader_of(const ops::MatchContext& context, const ir::Value* value,
                        std::string_view kind) {
  const ir::Op* next = context.sole_user(value);
  return next != nullptr && next->kind() == kind && next->input("x") == value ? next : nullptr;
}

/// Fills in what a concat along channels gives.
Status add_inputs(const ops::MatchContext& context, const ir::Op& concat, ShuffleChannelsParams& p,
                  ops::Candidate& c) {
  const Operands o(context, concat);
  const auto axis = static_cast<int64_t>(o.real("axis"));
  if (!is_fp32(concat.output(), 4) || (axis != 1 && axis != -3) || o.flag("interleave"))
    return unsupported("does not join channels of fp32 of rank 4");
  const ir::Argument* values = concat.argument("values");
  if (values == nullptr || values->operands.size() > ShuffleChannelsParams::kMost)
    return unsupported("joins more than 4 tensors");
  bool any_blocked = false;
  for (const ir::Operand& operand : values->operands) {
    if (operand.value == nullptr || operand.value->literal() != nullptr)
      return unsupported("joins a constant");
    any_blocked = any_blocked || context.layout(operand.value) == ops::Layout::kBlocked;
    p.in_channels[p.inputs++] = static_cast<int32_t>(operand.value->shape()[1]);
    c.inputs.push_back({operand.value, ops::Layout::kBlocked});
  }
  if (!any_blocked) return unsupported("joins row-major tensors");
  return {};
}

/// The shuffle of `joined` that alone reads it: [N, groups, C / groups, H, W] with the two in the
/// middle swapped, and back.
Result<const ir::Value*> add_shuffle(const ops::MatchContext& context, const ir::Value* joined,
                                     ShuffleChannelsParams& p, ops::Candidate& c) {
  const Error none = unsupported("is not followed by a channel shuffle alone");
  const Shape& s = joined->shape();
  const ir::Op* apart = reader_of(context, joined, "reshape");
  if (apart == nullptr || apart->output()->shape().rank() != 5) return none;
  const Shape& groups = apart->output()->shape();
  if (groups[0] != s[0] || groups[3] != s[2] || groups[4] != s[3]) return none;
  const ir::Op* swap = reader_of(context, apart->output(), "transpose");
  if (swap == nullptr) return none;
  const ops::Ints perm = Operands(context, *swap).ints("perm");
  for (int i = 0; i < 5; ++i) {
    const int64_t from = perm.size() == 5 ? (perm[i] + 5) % 5 : -1;
    if (from != (i == 1 ? 2 : i == 2 ? 1 : i)) return none;
  }
  const ir::Op* back = reader_of(context, swap->output(), "reshape");
  if (back == nullptr || back->output()->shape() != s) return none;
  p.groups = static_cast<int32_t>(groups[1]);
  c.covered.insert(c.covered.end(), {apart, swap, back});
  return back->output();
}

/// The split behind it, where one alone reads it; else the whole.
void add_outputs(const ops::MatchContext& context, const ir::Value* shuffled,
                 ShuffleChannelsParams& p, ops::Candidate& c) {
  const ir::Op* split = reader_of(context, shuffled, "split");
  if (split != nullptr) {
    const auto axis = static_cast<int64_t>(Operands(context, *split).real("axis"));
    if (split->outputs().size() > ShuffleChannelsParams::kMost || (axis != 1 && axis != -3))
      split = nullptr;
  }
  const auto add = [&](const ir::Value* value) {
    p.out_channels[p.outputs++] = static_cast<int32_t>(value->shape()[1]);
    c.outputs.push_back({value, ops::Layout::kBlocked});
  };
  if (split == nullptr) return add(shuffled);
  c.covered.push_back(split);
  for (const auto& output : split->outputs()) add(output.get());
}

Result<ops::Candidate> offer_shuffle(const ops::MatchContext& context, const ir::Op& op) {
  ShuffleChannelsParams p;
  ops::Candidate c;
  c.covered = {&op};
  POME_TRY(add_inputs(context, op, p, c));
  POME_ASSIGN(const ir::Value* shuffled, add_shuffle(context, op.output(), p, c));
  add_outputs(context, shuffled, p, c);
  const Shape& s = shuffled->shape();
  p.isa = isa_of(context);
  p.batch = static_cast<int32_t>(s[0]);
  p.pixels = s[2] * s[3];
  POME_TRY(shuffle_channels_check(p));
  c.cost = 0.4;  // below the concat alone, in place
  c.set_params(p);
  return c;
}

ops::Match match_shuffle(const ops::MatchContext& context, const ir::Op& op) {
  return to_match(offer_shuffle(context, op));
}

void run_shuffle(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ShuffleChannelsParams>(params);
  const float* inputs[ShuffleChannelsParams::kMost];
  float* outputs[ShuffleChannelsParams::kMost];
  for (int32_t i = 0; i < p.inputs; ++i) inputs[i] = floats(r.inputs[i]);
  for (int32_t i = 0; i < p.outputs; ++i) outputs[i] = floats(r.outputs[i]);
  shuffle_channels_run(p, inputs, outputs, *r.pool);
}

constexpr ops::KernelRow kShuffleRows[] = {
    {kShuffleChannelsKernel.name, kShuffleChannelsKernel.version, "concat", match_shuffle,
     run_shuffle},
};

}  // namespace

std::span<const ops::KernelRow> shuffle_rows() { return kShuffleRows; }

}  // namespace pome::cpu
