// Pads of zeros around height and width, which the op behind them can do itself.
#pragma once

#include "cpu/table/table.h"

namespace pome::cpu {

/// Rows and columns of zeros around a picture.
struct ZeroPad {
  int64_t top = 0, bottom = 0, left = 0, right = 0;
};

/// What a `pad` op of rank 4 puts around its input; an Error where that is something else.
Result<ZeroPad> zero_pad(const ops::MatchContext& context, const ir::Op& op);

/// The op of `kind` that alone reads the pad's output as its x; null where there is none.
const ir::Op* padded_op(const ops::MatchContext& context, const ir::Op& pad, std::string_view kind);

}  // namespace pome::cpu
