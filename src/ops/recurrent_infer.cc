// Shapes of recurrent.cc.
#include <algorithm>
#include <cmath>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "ops/checks.h"
#include "ops/recurrent.h"

namespace pome::ops {
namespace {

using Kind = RecurrentActivation::Kind;

struct Name {
  std::string_view name;
  Kind kind;
  double alpha, beta;
};
constexpr Name kNames[] = {
    {"sigmoid", Kind::kSigmoid, 0, 0},
    {"tanh", Kind::kTanh, 0, 0},
    {"relu", Kind::kRelu, 0, 0},
    {"linear", Kind::kLinear, 1, 0},
    {"hard_sigmoid", Kind::kHardSigmoid, 0.2, 0.5},
    {"sigmoid_hard", Kind::kHardSigmoid, 0.2, 0.5},
    {"scaled_tanh", Kind::kScaledTanh, 1, 1},
};

/// Where the parameters that all three ops have stand.
struct Common {
  int weight_ih, weight_hh, bias, direction, output_sequence;
  int gates;
};

Status check_matrix(const Args& args, int param, int64_t rows, int64_t columns,
                    std::string_view meaning) {
  const Shape& s = args.shape(param);
  if (s.rank() == 2 && extents_agree(s[0], rows) && extents_agree(s[1], columns)) return {};
  return unexpected_shape(args, param,
                          Shape{rows, columns}.to_string() + ": " + std::string(meaning));
}

Status check_weights(const Args& args, const Recurrence& r, int weight_ih, int weight_hh, int bias,
                     int gates) {
  POME_TRY(check_matrix(args, weight_ih, gates * r.hidden, r.inputs,
                        "a row for each gate of each cell, a column for each of x's features"));
  POME_TRY(check_matrix(args, weight_hh, gates * r.hidden, r.hidden,
                        "a row for each gate of each cell, a column for each cell"));
  return check_vector(args, bias, gates * r.hidden, "one value for each gate of each cell");
}

/// A row for each sequence. There may be more rows, of which the first count: coremltools writes as
/// many as the longest sequence has steps where torch packs sequences.
Status check_state(const Args& args, int param, const Recurrence& r) {
  const Shape& s = args.shape(param);
  const bool spare = s.rank() == 2 && r.batch >= 0 && s[0] > r.batch;
  return check_matrix(args, param, spare ? s[0] : r.batch, r.directions * r.hidden,
                      "batch and hidden size of all directions");
}

Result<Recurrence> recurrence(const Args& args, const Common& at, bool may_be_bidirectional) {
  POME_TRY(check_rank(args, 0, 3, 3));
  const Shape& x = args.shape(0);
  Recurrence r{.steps = x[0], .batch = x[1], .inputs = x[2]};
  POME_TRY(check_rank(args, at.weight_hh, 2, 2));
  r.hidden = args.shape(at.weight_hh)[1];
  constexpr int64_t kMost = int64_t{1} << 28;
  if (r.hidden < 1 || r.hidden > kMost)
    return unexpected_shape(args, at.weight_hh, "a hidden size of 1 to 2^28 as the last extent");
  if (may_be_bidirectional) {
    POME_TRY(check_text(args, at.direction, {"forward", "reverse", "bidirectional"}));
  } else {
    POME_TRY(check_text(args, at.direction, {"forward", "reverse"}));
  }
  r.reverse = args.text(at.direction) == "reverse";
  r.directions = args.text(at.direction) == "bidirectional" ? 2 : 1;
  r.sequence = args.flag(at.output_sequence);
  POME_TRY(check_weights(args, r, at.weight_ih, at.weight_hh, at.bias, at.gates));
  POME_TRY(check_state(args, 1, r));
  return r;
}

/// A clip is a number of at least 0.
Status check_clip(const Args& args, int param) {
  if (!args.has(param) || args.real(param) >= 0) return {};
  return param_error(args, param,
                     "is " + std::to_string(args.real(param)) + ", at least 0 is expected");
}

Status check_numbers(const Args& args, int alpha, int beta, int count) {
  POME_TRY(check_vector(args, alpha, count, "one number for each activation"));
  return check_vector(args, beta, count, "one number for each activation");
}

/// y, then `states` final states.
Status give(const Args& args, const Recurrence& r, int states, Inferred& out) {
  const ir::DType dtype = args.dtype(0);
  const int64_t width = r.directions * r.hidden;
  out.types.push_back(ir::Type::tensor(dtype, {r.sequence ? r.steps : 1, r.batch, width}));
  for (int i = 0; i < states; ++i) out.types.push_back(ir::Type::tensor(dtype, {r.batch, width}));
  return {};
}

}  // namespace

double RecurrentActivation::operator()(double x) const {
  switch (kind) {
    case Kind::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case Kind::kTanh:
      return std::tanh(x);
    case Kind::kRelu:
      return std::max(x, 0.0);
    case Kind::kLinear:
      return alpha * x + beta;
    case Kind::kHardSigmoid:
      return std::min(std::max(alpha * x + beta, 0.0), 1.0);
    default:
      return alpha * std::tanh(beta * x);
  }
}

bool RecurrentActivation::saturates() const {
  switch (kind) {
    case Kind::kSigmoid:
    case Kind::kTanh:
      return true;
    case Kind::kHardSigmoid:
      return alpha >= 0.1 && std::abs(beta) <= 1;
    case Kind::kScaledTanh:
      return std::abs(beta) >= 0.3;
    default:
      return false;
  }
}

Result<RecurrentActivation> recurrent_activation(const Args& args, int param, int alpha, int beta,
                                                 int index) {
  std::string text(args.text(param));
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const Name& n : kNames) {
    if (n.name != text) continue;
    RecurrentActivation a{n.kind, n.alpha, n.beta};
    if (alpha >= 0 && args.has(alpha)) a.alpha = args.tensor(alpha).real(index);
    if (beta >= 0 && args.has(beta)) a.beta = args.tensor(beta).real(index);
    return a;
  }
  return param_error(args, param,
                     "is " + quoted(args.text(param)) +
                         ", one of sigmoid, tanh, relu, linear, hard_sigmoid and scaled_tanh is "
                         "expected");
}

Result<Recurrence> lstm_recurrence(const Args& args) {
  using P = LstmParam;
  const Common at{P::kWeightIh, P::kWeightHh, P::kBias, P::kDirection, P::kOutputSequence, 4};
  POME_ASSIGN(const Recurrence r, recurrence(args, at, true));
  POME_TRY(check_state(args, P::kInitialC, r));
  constexpr std::string_view kPeepholes = "one value for three gates of each cell";
  POME_TRY(check_vector(args, P::kPeephole, 3 * r.hidden, kPeepholes));
  if (r.directions == 2) {
    for (const int param : {P::kWeightIhBack, P::kWeightHhBack})
      if (!args.has(param))
        return param_error(args, param, "is missing, direction is \"bidirectional\"");
    POME_TRY(check_weights(args, r, P::kWeightIhBack, P::kWeightHhBack, P::kBiasBack, 4));
    POME_TRY(check_vector(args, P::kPeepholeBack, 3 * r.hidden, kPeepholes));
  }
  POME_TRY(check_clip(args, P::kClip));
  POME_TRY(check_clip(args, P::kGateClip));
  POME_TRY(check_numbers(args, P::kAlpha, P::kBeta, 3));
  int index = 0;
  for (const int param : {P::kRecurrentActivation, P::kCellActivation, P::kActivation})
    POME_TRY(recurrent_activation(args, param, P::kAlpha, P::kBeta, index++));
  return r;
}

Result<Recurrence> gru_recurrence(const Args& args) {
  using P = GruParam;
  const Common at{P::kWeightIh, P::kWeightHh, P::kBias, P::kDirection, P::kOutputSequence, 3};
  POME_ASSIGN(const Recurrence r, recurrence(args, at, false));
  POME_TRY(check_vector(args, P::kInputBias, 3 * r.hidden, "one value for each gate of each cell"));
  POME_TRY(check_clip(args, P::kGateClip));
  POME_TRY(check_numbers(args, P::kAlpha, P::kBeta, 2));
  POME_TRY(recurrent_activation(args, P::kRecurrentActivation, P::kAlpha, P::kBeta, 0));
  POME_TRY(recurrent_activation(args, P::kActivation, P::kAlpha, P::kBeta, 1));
  return r;
}

Result<Recurrence> rnn_recurrence(const Args& args) {
  using P = RnnParam;
  const Common at{P::kWeightIh, P::kWeightHh, P::kBias, P::kDirection, P::kOutputSequence, 1};
  POME_ASSIGN(const Recurrence r, recurrence(args, at, false));
  POME_TRY(check_clip(args, P::kGateClip));
  POME_TRY(check_numbers(args, P::kAlpha, P::kBeta, 1));
  POME_TRY(recurrent_activation(args, P::kActivation, P::kAlpha, P::kBeta, 0));
  return r;
}

namespace inference {

Status lstm(const Args& args, Inferred& out) {
  POME_ASSIGN(const Recurrence r, lstm_recurrence(args));
  return give(args, r, 2, out);
}

Status gru(const Args& args, Inferred& out) {
  POME_ASSIGN(const Recurrence r, gru_recurrence(args));
  return give(args, r, 1, out);
}

Status rnn(const Args& args, Inferred& out) {
  POME_ASSIGN(const Recurrence r, rnn_recurrence(args));
  return give(args, r, 1, out);
}

}  // namespace inference
}  // namespace pome::ops
