// lstm and gru, of MIL and of a NeuralNetwork; without peepholes.
#include <algorithm>
#include <array>

#include "cpu/kernels/recurrent/recurrent.h"
#include "cpu/table/table.h"
#include "ops/recurrent.h"

namespace pome::cpu {
namespace {

using Kind = ops::RecurrentActivation::Kind;

GateFunction function_of(const ops::RecurrentActivation& a) {
  constexpr std::array<UnaryOp, 6> kOps = {UnaryOp::kSigmoid,     UnaryOp::kTanh,
                                           UnaryOp::kRelu,        UnaryOp::kLinear,
                                           UnaryOp::kHardSigmoid, UnaryOp::kScaledTanh};
  return {kOps[static_cast<size_t>(a.kind)], static_cast<float>(a.alpha),
          static_cast<float>(a.beta)};
}

/// Why the op's operands do not suit these kernels; empty when they do.
std::string unsuitable(const Operands& o, std::initializer_list<std::string_view> states,
                       std::initializer_list<std::string_view> constants) {
  for (const std::string_view name : states)
    if (o.value(name) == nullptr || o.dtype(name) != ir::DType::kFp32)
      return std::string(name) + " must be an fp32 tensor";
  for (const std::string_view name : constants)
    if (o.has(name) && o.literal(name) == nullptr) return std::string(name) + " must be a constant";
  return {};
}

void set_sizes(RecurrentParams& p, const ops::Recurrence& r) {
  p.reverse = r.reverse;
  p.sequence = r.sequence;
  p.directions = r.directions;
  p.steps = r.steps;
  p.batch = r.batch;
  p.inputs = r.inputs;
  p.hidden = r.hidden;
}

float clip_of(const Operands& o, std::string_view name) {
  return o.has(name) ? static_cast<float>(o.real(name)) : 0.f;
}

/// A clip of 0 would hold everything at 0, which the kernels' 0 does not mean.
bool is_zero(const Operands& o, std::string_view name) { return o.has(name) && o.real(name) == 0; }

/// True when the model stores all of these weights as fp16.
bool are_halves(std::initializer_list<Weights> weights) {
  return std::all_of(weights.begin(), weights.end(),
                     [](const Weights& w) { return w.dtype == ir::DType::kFp16; });
}

ops::Candidate offer(const ir::Op& op, const Operands& o,
                     std::initializer_list<std::string_view> states, const RecurrentParams& p,
                     int gates) {
  ops::Candidate c;
  c.flops = 2.0 * static_cast<double>(p.steps * p.batch * p.directions) *
            static_cast<double>(gates * p.hidden) * static_cast<double>(p.inputs + p.hidden);
  c.covered = {&op};
  for (const std::string_view name : states)
    c.inputs.push_back({o.value(name), ops::Layout::kPlain});
  for (const auto& output : op.outputs()) c.outputs.push_back({output.get(), ops::Layout::kPlain});
  c.set_params(p);
  return c;
}

ops::Match match_lstm(const ops::MatchContext& context, const ir::Op& op) {
  using P = ops::LstmParam;
  const Operands o(context, op);
  if (std::string why = unsuitable(
          o, {"x", "initial_h", "initial_c"},
          {"weight_ih", "weight_hh", "bias", "weight_ih_back", "weight_hh_back", "bias_back"});
      !why.empty())
    return refuse(std::move(why));
  if (o.has("peephole") || o.has("peephole_back")) return refuse("peepholes are not taken");
  if (is_zero(o, "clip") || is_zero(o, "gate_clip")) return refuse("a clip of 0");
  const auto r = ops::lstm_recurrence(o.args());
  if (!r.ok()) return refuse(r.error());
  RecurrentParams p;
  p.isa = isa_of(context);
  const auto function = [&](int param, int index) {
    return function_of(*ops::recurrent_activation(o.args(), param, P::kAlpha, P::kBeta, index));
  };
  p.gate = function(P::kRecurrentActivation, 0);
  p.cell = function(P::kCellActivation, 1);
  p.output = function(P::kActivation, 2);
  p.cell_clip = clip_of(o, "clip");
  p.gate_clip = clip_of(o, "gate_clip");
  p.coupled = o.has("coupled") && o.flag("coupled");
  p.has_bias[0] = o.has("bias");
  p.has_bias[1] = o.has("bias_back");
  set_sizes(p, *r);
  p.half_weights = are_halves({o.stored_weights("weight_ih"), o.stored_weights("weight_hh")}) &&
                   (p.directions == 1 || are_halves({o.stored_weights("weight_ih_back"),
                                                     o.stored_weights("weight_hh_back")}));
  if (Status ok = recurrent_check(p, 4); !ok.ok()) return refuse(ok.error());
  ops::Candidate c = offer(op, o, {"x", "initial_h", "initial_c"}, p, 4);
  c.scratch_bytes = static_cast<size_t>(lstm_scratch_bytes(p, context.threads()));
  for (int d = 0; d < p.directions; ++d) {
    const std::string suffix = d == 0 ? "" : "_back";
    const Weights ih = o.stored_weights("weight_ih" + suffix);
    const Weights hh = o.stored_weights("weight_hh" + suffix);
    const Weights bias = o.weights("bias" + suffix);
    const auto bytes = static_cast<size_t>(lstm_packed_bytes(p, d));
    c.packed.push_back({bytes, [=](std::byte* to) {
                          (void)lstm_pack(p, d, ih, hh, bias, std::span(to, bytes)).ok();
                        }});
  }
  return c;
}

ops::Match match_gru(const ops::MatchContext& context, const ir::Op& op) {
  using P = ops::GruParam;
  const Operands o(context, op);
  if (std::string why =
          unsuitable(o, {"x", "initial_h"}, {"weight_ih", "weight_hh", "bias", "input_bias"});
      !why.empty())
    return refuse(std::move(why));
  if (is_zero(o, "gate_clip")) return refuse("a clip of 0");
  const auto r = ops::gru_recurrence(o.args());
  if (!r.ok()) return refuse(r.error());
  RecurrentParams p;
  p.isa = isa_of(context);
  const auto function = [&](int param, int index) {
    return function_of(*ops::recurrent_activation(o.args(), param, P::kAlpha, P::kBeta, index));
  };
  p.gate = function(P::kRecurrentActivation, 0);
  p.output = function(P::kActivation, 1);
  p.gate_clip = clip_of(o, "gate_clip");
  p.reset_after = o.has("reset_after") && o.flag("reset_after");
  set_sizes(p, *r);
  const Weights ih = o.stored_weights("weight_ih");
  const Weights hh = o.stored_weights("weight_hh");
  p.half_weights = are_halves({ih, hh});
  if (Status ok = recurrent_check(p, 3); !ok.ok()) return refuse(ok.error());
  ops::Candidate c = offer(op, o, {"x", "initial_h"}, p, 3);
  c.scratch_bytes = static_cast<size_t>(gru_scratch_bytes(p, context.threads()));
  const Weights bias = o.weights("bias");
  const Weights input_bias = o.has("input_bias") ? o.weights("input_bias") : Weights{};
  const auto bytes = static_cast<size_t>(gru_packed_bytes(p));
  c.packed.push_back({bytes, [=](std::byte* to) {
                        (void)gru_pack(p, ih, hh, bias, input_bias, std::span(to, bytes)).ok();
                      }});
  return c;
}

void run_lstm(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<RecurrentParams>(params);
  RecurrentBuffers b;
  b.x = floats(r.inputs[0]);
  b.initial_h = floats(r.inputs[1]);
  b.initial_c = floats(r.inputs[2]);
  for (int d = 0; d < p.directions; ++d) b.packed[d] = r.packed[d];
  b.y = floats(r.outputs[0]);
  b.last_h = floats(r.outputs[1]);
  b.last_c = floats(r.outputs[2]);
  b.scratch = r.scratch;
  lstm_run(p, b, *r.pool);
}

void run_gru(const void* params, const ops::RunContext& r) noexcept {
  RecurrentBuffers b;
  b.x = floats(r.inputs[0]);
  b.initial_h = floats(r.inputs[1]);
  b.packed[0] = r.packed[0];
  b.y = floats(r.outputs[0]);
  b.last_h = floats(r.outputs[1]);
  b.scratch = r.scratch;
  gru_run(params_of<RecurrentParams>(params), b, *r.pool);
}

constexpr ops::KernelRow kRecurrentRows[] = {
    {kLstmKernel.name, kLstmKernel.version, "lstm", match_lstm, run_lstm},
    {kLstmKernel.name, kLstmKernel.version, "pome.lstm", match_lstm, run_lstm},
    {kGruKernel.name, kGruKernel.version, "gru", match_gru, run_gru},
    {kGruKernel.name, kGruKernel.version, "pome.gru", match_gru, run_gru},
};

}  // namespace

std::span<const ops::KernelRow> recurrent_rows() { return kRecurrentRows; }

}  // namespace pome::cpu
