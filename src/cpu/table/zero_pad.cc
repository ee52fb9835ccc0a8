#include "cpu/table/zero_pad.h"

namespace pome::cpu {

Result<ZeroPad> zero_pad(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  if (o.text("mode") != "constant" || o.literal("constant_val") == nullptr ||
      o.real("constant_val") != 0)
    return Error(ErrorCode::kUnsupported, "pads with something else than zeros");
  const ops::Ints pads = o.ints("pad");  // before and after, of the last pads.size() / 2 axes
  const int n = pads.size();
  for (int i = 0; i + 4 < n; ++i)
    if (pads[i] != 0) return Error(ErrorCode::kUnsupported, "pads batch or channels");
  if (n < 2) return Error(ErrorCode::kUnsupported, "pads nothing");
  ZeroPad zero;
  zero.left = pads[n - 2];
  zero.right = pads[n - 1];
  if (n >= 4) {
    zero.top = pads[n - 4];
    zero.bottom = pads[n - 3];
  }
  return zero;
}

const ir::Op* padded_op(const ops::MatchContext& context, const ir::Op& pad,
                        std::string_view kind) {
  const ir::Op* next = context.sole_user(pad.output());
  const bool fits = next != nullptr && next->kind() == kind && next->input("x") == pad.output();
  return fits ? next : nullptr;
}

}  // namespace pome::cpu
