// lstm, gru and rnn by their formulas, a step at a time, in double.
#include "ops/recurrent.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/try.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

using Vector = std::vector<double>;

/// Sum of w[begin + i] * v[i].
double dot(const Reals& w, int64_t begin, const double* v, int64_t n) {
  constexpr int64_t kBlock = 256;
  double block[kBlock];
  double sum = 0;
  for (int64_t i = 0; i < n; i += kBlock) {
    const int64_t m = std::min(kBlock, n - i);
    w.read(block, begin + i, m);
    for (int64_t k = 0; k < m; ++k) sum += block[k] * v[i + k];
  }
  return sum;
}

std::optional<Reals> reals(const Args& args, int param) {
  if (!args.has(param)) return std::nullopt;
  return Reals(args.tensor(param));
}

double at(const std::optional<Reals>& values, int64_t i) { return values ? (*values)[i] : 0.0; }

double clipped(double v, std::optional<double> clip) {
  return clip ? std::clamp(v, -*clip, *clip) : v;
}

std::optional<double> clip_of(const Args& args, int param) {
  if (!args.has(param)) return std::nullopt;
  return args.real(param);
}

/// Walks over the steps of one direction: reads x, lets `step(x, h)` make the new h, and writes it.
/// A lone reversed direction writes in the order in which it goes; the backward one of two writes
/// beside the step that it read.
template <typename Step>
void walk(const Args& args, const Recurrence& r, int direction, int64_t b, const TensorView& y,
          const TensorView& last, Vector& h, Step step) {
  const Reals x(args.tensor(0));
  const int64_t width = r.directions * r.hidden;
  const bool backward = r.reverse || direction == 1;
  Vector features(static_cast<size_t>(r.inputs));
  for (int64_t t = 0; t < r.steps; ++t) {
    const int64_t from = backward ? r.steps - 1 - t : t;
    const int64_t row = direction == 1 ? from : t;
    x.read(features.data(), (from * r.batch + b) * r.inputs, r.inputs);
    step(features.data(), h);
    if (r.sequence)
      write_reals(y, (row * r.batch + b) * width + direction * r.hidden, h.data(), r.hidden);
  }
  if (!r.sequence) write_reals(y, b * width + direction * r.hidden, h.data(), r.hidden);
  write_reals(last, b * width + direction * r.hidden, h.data(), r.hidden);
}

/// The initial state of one direction of one of the batch.
Vector state(const Args& args, int param, const Recurrence& r, int direction, int64_t b) {
  Vector v(static_cast<size_t>(r.hidden));
  const int64_t width = r.directions * r.hidden;
  Reals(args.tensor(param)).read(v.data(), b * width + direction * r.hidden, r.hidden);
  return v;
}

/// The weights of one direction; gate g of cell j is row g * hidden + j.
struct Weights {
  Reals ih, hh;
  std::optional<Reals> bias;
  int64_t inputs, hidden;

  double of_input(int64_t row, const double* x) const {
    return dot(ih, row * inputs, x, inputs) + at(bias, row);
  }
  double of_state(int64_t row, const Vector& h) const {
    return dot(hh, row * hidden, h.data(), hidden);
  }
};

struct Lstm {
  Weights w;
  std::optional<Reals> peephole;
  RecurrentActivation gate, cell, output;
  std::optional<double> clip, gate_clip;
  bool coupled = false;

  /// Gates i, f, o and the cell's input z.
  void step(const double* x, Vector& h, Vector& c) const {
    const int64_t n = w.hidden;
    const auto sum = [&](int64_t g, int64_t j, const Vector& old) {
      return w.of_input(g * n + j, x) + w.of_state(g * n + j, old);
    };
    const Vector old = h;
    for (int64_t j = 0; j < n; ++j) {
      double& cell_state = c[static_cast<size_t>(j)];
      const double i = gate(clipped(sum(0, j, old) + at(peephole, j) * cell_state, gate_clip));
      const double f =
          coupled ? 1 - i
                  : gate(clipped(sum(1, j, old) + at(peephole, n + j) * cell_state, gate_clip));
      const double z = cell(clipped(sum(3, j, old), gate_clip));
      cell_state = clipped(f * cell_state + i * z, clip);
      const double o =
          gate(clipped(sum(2, j, old) + at(peephole, 2 * n + j) * cell_state, gate_clip));
      h[static_cast<size_t>(j)] = o * output(cell_state);
    }
  }
};

Lstm lstm_of(const Args& args, const Recurrence& r, int direction) {
  using P = LstmParam;
  const int more = direction == 1 ? P::kWeightIhBack - P::kWeightIh : 0;
  Lstm l{.w = {.ih = Reals(args.tensor(P::kWeightIh + more)),
               .hh = Reals(args.tensor(P::kWeightHh + more)),
               .bias = reals(args, P::kBias + more),
               .inputs = r.inputs,
               .hidden = r.hidden},
         .peephole = reals(args, P::kPeephole + more),
         .gate = *recurrent_activation(args, P::kRecurrentActivation, P::kAlpha, P::kBeta, 0),
         .cell = *recurrent_activation(args, P::kCellActivation, P::kAlpha, P::kBeta, 1),
         .output = *recurrent_activation(args, P::kActivation, P::kAlpha, P::kBeta, 2),
         .clip = clip_of(args, P::kClip),
         .gate_clip = clip_of(args, P::kGateClip)};
  l.coupled = args.has(P::kCoupled) && args.flag(P::kCoupled);
  return l;
}

struct Gru {
  Weights w;
  std::optional<Reals> input_bias;
  RecurrentActivation gate, output;
  std::optional<double> gate_clip;
  bool reset_after = false;

  /// Rows of r, o, z.
  void step(const double* x, Vector& h, Vector& reset) const {
    const int64_t n = w.hidden;
    const auto input = [&](int64_t row) { return w.of_input(row, x) + at(input_bias, row); };
    const auto gate_of = [&](int64_t row) {
      return gate(clipped(input(row) + w.of_state(row, h), gate_clip));
    };
    for (int64_t j = 0; j < n; ++j) reset[static_cast<size_t>(j)] = gate_of(j);
    Vector held = reset;  // r * h
    for (size_t j = 0; j < held.size(); ++j) held[j] *= h[j];
    Vector next(h.size());
    for (int64_t j = 0; j < n; ++j) {
      const auto k = static_cast<size_t>(j);
      const double bias = at(w.bias, n + j);
      const double sum = reset_after
                             ? input(n + j) - bias + reset[k] * (w.of_state(n + j, h) + bias)
                             : input(n + j) + w.of_state(n + j, held);
      const double z = gate_of(2 * n + j);
      next[k] = (1 - z) * output(clipped(sum, gate_clip)) + z * h[k];
    }
    h = next;
  }
};

}  // namespace

Status lstm(const Args& args, Outputs outputs) {
  using P = LstmParam;
  POME_ASSIGN(const Recurrence r, lstm_recurrence(args));
  const int64_t width = r.directions * r.hidden;
  for (int d = 0; d < r.directions; ++d) {
    const Lstm l = lstm_of(args, r, d);
    for (int64_t b = 0; b < r.batch; ++b) {
      Vector h = state(args, P::kInitialH, r, d, b);
      Vector c = state(args, P::kInitialC, r, d, b);
      walk(args, r, d, b, outputs[0], outputs[1], h,
           [&](const double* x, Vector& hidden) { l.step(x, hidden, c); });
      write_reals(outputs[2], b * width + d * r.hidden, c.data(), r.hidden);
    }
  }
  return {};
}

Status gru(const Args& args, Outputs outputs) {
  using P = GruParam;
  POME_ASSIGN(const Recurrence r, gru_recurrence(args));
  Gru g{.w = {.ih = Reals(args.tensor(P::kWeightIh)),
              .hh = Reals(args.tensor(P::kWeightHh)),
              .bias = reals(args, P::kBias),
              .inputs = r.inputs,
              .hidden = r.hidden},
        .input_bias = reals(args, P::kInputBias),
        .gate = *recurrent_activation(args, P::kRecurrentActivation, P::kAlpha, P::kBeta, 0),
        .output = *recurrent_activation(args, P::kActivation, P::kAlpha, P::kBeta, 1),
        .gate_clip = clip_of(args, P::kGateClip)};
  g.reset_after = args.has(P::kResetAfter) && args.flag(P::kResetAfter);
  Vector reset(static_cast<size_t>(r.hidden));
  for (int64_t b = 0; b < r.batch; ++b) {
    Vector h = state(args, P::kInitialH, r, 0, b);
    walk(args, r, 0, b, outputs[0], outputs[1], h,
         [&](const double* x, Vector& hidden) { g.step(x, hidden, reset); });
  }
  return {};
}

Status rnn(const Args& args, Outputs outputs) {
  using P = RnnParam;
  POME_ASSIGN(const Recurrence r, rnn_recurrence(args));
  const Weights w{.ih = Reals(args.tensor(P::kWeightIh)),
                  .hh = Reals(args.tensor(P::kWeightHh)),
                  .bias = reals(args, P::kBias),
                  .inputs = r.inputs,
                  .hidden = r.hidden};
  const auto activation = *recurrent_activation(args, P::kActivation, P::kAlpha, P::kBeta, 0);
  const auto clip = clip_of(args, P::kGateClip);
  for (int64_t b = 0; b < r.batch; ++b) {
    Vector h = state(args, P::kInitialH, r, 0, b);
    walk(args, r, 0, b, outputs[0], outputs[1], h, [&](const double* x, Vector& hidden) {
      const Vector old = hidden;
      for (int64_t j = 0; j < r.hidden; ++j)
        hidden[static_cast<size_t>(j)] =
            activation(clipped(w.of_input(j, x) + w.of_state(j, old), clip));
    });
  }
  return {};
}

}  // namespace pome::ops::reference
