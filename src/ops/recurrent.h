// Recurrent layers: parameters, what a definition means for a kernel, reference kernels.
#pragma once

#include <string_view>

#include "ops/op_def.h"
#include "pome/result.h"

namespace pome::ops {

/// Positions of the parameters of lstm; those behind kClip are pome.lstm's alone.
struct LstmParam {
  enum : int {
    kX,
    kInitialH,
    kInitialC,
    kWeightIh,
    kWeightHh,
    kBias,
    kPeephole,
    kWeightIhBack,
    kWeightHhBack,
    kBiasBack,
    kPeepholeBack,
    kDirection,
    kOutputSequence,
    kRecurrentActivation,
    kCellActivation,
    kActivation,
    kClip,
    kCoupled,
    kGateClip,
    kAlpha,
    kBeta
  };
};
/// Those of gru; those behind kInputBias are pome.gru's alone.
struct GruParam {
  enum : int {
    kX,
    kInitialH,
    kWeightIh,
    kWeightHh,
    kBias,
    kDirection,
    kOutputSequence,
    kRecurrentActivation,
    kActivation,
    kResetAfter,
    kInputBias,
    kGateClip,
    kAlpha,
    kBeta
  };
};
/// Those of rnn; those behind kActivation are pome.rnn's alone.
struct RnnParam {
  enum : int {
    kX,
    kInitialH,
    kWeightIh,
    kWeightHh,
    kBias,
    kDirection,
    kOutputSequence,
    kActivation,
    kGateClip,
    kAlpha,
    kBeta
  };
};

/// An activation of a recurrent layer with its numbers: hard_sigmoid is min(max(alpha x + beta, 0),
/// 1), scaled_tanh alpha tanh(beta x), linear alpha x + beta.
struct RecurrentActivation {
  enum class Kind : int32_t { kSigmoid, kTanh, kRelu, kLinear, kHardSigmoid, kScaledTanh };
  Kind kind = Kind::kSigmoid;
  double alpha = 0;
  double beta = 0;

  double operator()(double x) const;
  /// True where |x| > 50 makes no difference to float32: the function ends flat on both sides.
  bool saturates() const;
};

/// The activation that parameter `param` names, with the numbers that Apple's layers take where a
/// model gives none (hard_sigmoid 0.2 and 0.5, linear 1 and 0, scaled_tanh 1 and 1: it is tanh).
/// `alpha` and `beta` are the positions of lists of such numbers, of which it takes number `index`;
/// they may be absent. Errors: another name.
Result<RecurrentActivation> recurrent_activation(const Args& args, int param, int alpha, int beta,
                                                 int index);

/// The sizes of a recurrent op that infer accepted or is to check. An extent may be unknown.
struct Recurrence {
  int64_t steps = 0, batch = 0, inputs = 0, hidden = 0;
  int directions = 1;
  bool reverse = false;   // the only direction starts from the last step
  bool sequence = false;  // y holds every step
};
Result<Recurrence> lstm_recurrence(const Args& args);
Result<Recurrence> gru_recurrence(const Args& args);
Result<Recurrence> rnn_recurrence(const Args& args);

namespace inference {
Status lstm(const Args& args, Inferred& out);
Status gru(const Args& args, Inferred& out);
Status rnn(const Args& args, Inferred& out);
}  // namespace inference

namespace reference {
Status lstm(const Args& args, Outputs outputs);
Status gru(const Args& args, Outputs outputs);
Status rnn(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
