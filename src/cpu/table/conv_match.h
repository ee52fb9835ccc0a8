// Recognises a convolution and what runs along with it, for every row that starts from one.
#pragma once

#include "cpu/kernels/conv/conv.h"
#include "cpu/table/table.h"
#include "ops/window.h"

namespace pome::cpu {

/// A convolution, the bytes of a picture and a pad of zeros in front of it, and bias, residual and
/// activation behind it.
struct ConvMatch {
  ConvParams params;                 // passed conv_choose()
  const ir::Value* input = nullptr;  // what the first op reads
  Chain chain;                       // its ops begin with the pad
  Weights weight;
  Weights bias;  // empty where there is none

  double flops() const;
  /// The weights as `params` wants them; call it when params are final.
  ops::PackedConstant packed() const;
};

/// The windows over height and width that a conv's or conv_transpose's arguments ask for, on an
/// input of shape `x` [N,C,H,W]; an Error where pad_type is none.
Result<ops::WindowSpec> conv_window(const Operands& o, const Shape& x);

/// Matches `op`: a conv, a pad of zeros whose only reader is a conv, or a pome.pixels whose only
/// reader is one of these. An Error says why not.
Result<ConvMatch> match_convolution(const ops::MatchContext& context, const ir::Op& op);

/// The convolution (with its pad) that alone reads `value`; an Error where there is none.
Result<ConvMatch> match_next_convolution(const ops::MatchContext& context, const ir::Value* value);

}  // namespace pome::cpu
