// simpleRecurrent, gru, uniDirectionalLSTM, biDirectionalLSTM: MIL's rnn, gru and lstm, or pome's
// where a layer goes beyond them.
#include <algorithm>
#include <array>
#include <cstring>

#include "base/aligned_buffer.h"
#include "import/neuralnetwork/layers.h"
#include "import/neuralnetwork/recurrent_activations.h"
#include "import/neuralnetwork/weights.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
using Args = std::vector<std::pair<std::string, ops::Arg>>;

/// What goes into gates and activations is held between -50 and 50 by the format's rules.
constexpr double kGateClip = 50;

struct Sizes {
  int64_t inputs = 0, hidden = 0, batch = 0;
};

/// The input [Seq,Batch,I,1,1] as [Seq,Batch,I].
ir::Value* input_steps(Lowering& l, Sizes& sizes) {
  ir::Value* x = l.sequence(l.in());
  if (x == nullptr) return nullptr;
  const Shape s = x->shape();
  if (s[2] != sizes.inputs || s[3] != 1 || s[4] != 1 || s[1] < 0) {
    l.fail(s[1] < 0 ? ErrorCode::kUnsupported : ErrorCode::kInvalidModel,
           "the input has shape " + s.to_string() + ", [Seq,Batch," + std::to_string(sizes.inputs) +
               ",1,1] is expected");
    return nullptr;
  }
  sizes.batch = s[1];
  return l.add("squeeze", {{"x", x}, {"axes", ops::Arg::ints({3, 4})}});
}

/// The state that input `i` brings, as [Batch,H]; zeros where there is no such input.
ir::Value* state(Lowering& l, int i, const Sizes& sizes) {
  if (!l.ok()) return nullptr;
  const Shape shape = {sizes.batch, sizes.hidden};
  if (l.inputs() <= i) return l.add("fill", {{"shape", ops::Arg::ints(shape)}, {"value", 0.f}});
  const auto elements = l.shape(i).checked_elements();
  // Extents that are data are looked at when the layer runs; there may be rows to spare.
  if (!elements && l.shape(i).rank() == 5) return l.reshape(l.in(i), {-1, sizes.hidden});
  const bool one = elements == sizes.hidden;
  if (!one && elements != shape.checked_elements()) {
    l.fail(ErrorCode::kInvalidModel, "state input " + std::to_string(i) + " has shape " +
                                         l.shape(i).to_string() + ", [1," +
                                         std::to_string(sizes.batch) + "," +
                                         std::to_string(sizes.hidden) + ",1,1] is expected");
    return nullptr;
  }
  ir::Value* h = l.reshape(l.in(i), {one ? 1 : sizes.batch, sizes.hidden});
  if (one && sizes.batch != 1)
    h = l.add("tile", {{"x", h}, {"reps", ops::Arg::ints({sizes.batch, 1})}});
  return h;
}

/// Two states side by side, as the directions of one op have them.
ir::Value* joined(Lowering& l, ir::Value* a, ir::Value* b, int axis) {
  return l.add("concat", {{"values", std::vector<ir::Value*>{a, b}}, {"axis", axis}});
}

/// [Seq,Batch,C] or a state [Batch,C] as a blob.
void give(Lowering& l, ir::Value* y, int i) {
  if (y == nullptr) return;
  const bool is_state = y->shape().rank() == 2;
  const auto axes = is_state ? std::vector<int64_t>{0, 3, 4} : std::vector<int64_t>{3, 4};
  l.out(l.from_sequence(l.add("expand_dims", {{"x", y}, {"axes", ops::Arg::ints(axes)}})), i);
}

/// Weights of several gates, one below the other, each of `shape`. A null one is zeros.
ir::Value* stacked(Lowering& l, const std::vector<const spec::WeightParams*>& gates,
                   const Shape& shape, std::string_view what) {
  std::vector<ir::LiteralPtr> parts;
  for (const spec::WeightParams* gate : gates)
    parts.push_back(gate == nullptr ? nullptr : l.decode(*gate, shape, what));
  if (!l.ok()) return nullptr;
  // The parts that are there have as many elements as the file has bytes for them.
  const auto bytes = static_cast<size_t>(shape.elements()) * sizeof(float);
  auto buffer = AlignedBuffer::allocate(bytes * gates.size());
  if (!buffer.ok()) {
    l.builder().fail(std::move(buffer).error());
    return nullptr;
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    std::byte* to = buffer->data() + i * bytes;
    if (parts[i] != nullptr) {
      std::memcpy(to, parts[i]->bytes().data(), bytes);
    } else {
      std::memset(to, 0, bytes);
    }
  }
  Shape all = shape;
  all[0] *= static_cast<int64_t>(gates.size());
  return l.constant(ir::Literal::own(ir::Type::tensor(ir::DType::kFp32, all), *std::move(buffer)),
                    what);
}

void simple_recurrent(Lowering& l) {
  if (!l.check_inputs(1, 2)) return;
  const auto& p = l.layer().simplerecurrent();
  Sizes sizes{l.size(p.inputvectorsize(), "inputVectorSize", 1),
              l.size(p.outputvectorsize(), "outputVectorSize", 1)};
  const RecurrentActivations activations(l, {&p.activation()}, {"tanh"});
  ir::Value* x = input_steps(l, sizes);
  Args args = {
      {"x", x},
      {"initial_h", state(l, 1, sizes)},
      {"weight_ih", l.weights(p.weightmatrix(), {sizes.hidden, sizes.inputs}, "weight_ih")},
      {"weight_hh", l.weights(p.recursionmatrix(), {sizes.hidden, sizes.hidden}, "weight_hh")},
      {"direction", p.reverseinput() ? "reverse" : "forward"},
      {"output_sequence", p.sequenceoutput()}};
  if (p.hasbiasvector())
    args.emplace_back("bias", l.weights(p.biasvector(), {sizes.hidden}, "bias"));
  activations.add_to(args, {"activation"});
  const bool beyond = activations.has_numbers() || !activations.saturates(0);
  if (beyond) args.emplace_back("gate_clip", kGateClip);
  ir::Op* op = l.add_op(beyond ? "pome.rnn" : "rnn", args);
  if (op == nullptr) return;
  give(l, op->output(0), 0);
  give(l, op->output(1), 1);
}

/// The format's GRU applies the reset gate before the product, as MIL's does. Gates r, o, z.
void gru(Lowering& l) {
  if (!l.check_inputs(1, 2)) return;
  const auto& p = l.layer().gru();
  Sizes sizes{l.size(p.inputvectorsize(), "inputVectorSize", 1),
              l.size(p.outputvectorsize(), "outputVectorSize", 1)};
  const RecurrentActivations activations(l, p.activations(), {"sigmoid", "tanh"});
  ir::Value* x = input_steps(l, sizes);
  Args args = {{"x", x},
               {"initial_h", state(l, 1, sizes)},
               {"weight_ih", stacked(l,
                                     {&p.resetgateweightmatrix(), &p.outputgateweightmatrix(),
                                      &p.updategateweightmatrix()},
                                     {sizes.hidden, sizes.inputs}, "weight_ih")},
               {"weight_hh", stacked(l,
                                     {&p.resetgaterecursionmatrix(), &p.outputgaterecursionmatrix(),
                                      &p.updategaterecursionmatrix()},
                                     {sizes.hidden, sizes.hidden}, "weight_hh")},
               {"direction", p.reverseinput() ? "reverse" : "forward"},
               {"output_sequence", p.sequenceoutput()}};
  if (p.hasbiasvectors())
    args.emplace_back(
        "bias",
        stacked(l, {&p.resetgatebiasvector(), &p.outputgatebiasvector(), &p.updategatebiasvector()},
                {sizes.hidden}, "bias"));
  activations.add_to(args, {"recurrent_activation", "activation"});
  const bool beyond =
      activations.has_numbers() || !activations.saturates(0) || !activations.saturates(1);
  if (beyond) args.emplace_back("gate_clip", kGateClip);
  ir::Op* op = l.add_op(beyond ? "pome.gru" : "gru", args);
  if (op == nullptr) return;
  give(l, op->output(0), 0);
  give(l, op->output(1), 1);
}

/// The biases of i, f, o, z; forgetBias adds 1 to those of f.
ir::Value* lstm_bias(Lowering& l, const spec::LSTMParams& p, const spec::LSTMWeightParams& w,
                     int64_t hidden, std::string_view what) {
  std::vector<float> values(static_cast<size_t>(hidden) * 4, 0.f);
  if (p.hasbiasvectors()) {
    const bool no_forget = p.coupledinputandforgetgate() && no_weights(w.forgetgatebiasvector());
    ir::Value* given =
        stacked(l,
                {&w.inputgatebiasvector(), no_forget ? nullptr : &w.forgetgatebiasvector(),
                 &w.outputgatebiasvector(), &w.blockinputbiasvector()},
                {hidden}, what);
    if (given == nullptr || !p.forgetbias()) return given;
    values = given->literal()->to_floats();
  }
  for (int64_t i = hidden; i < 2 * hidden; ++i) values[static_cast<size_t>(i)] += 1;
  return l.constant(ir::Literal::floats(values), what);
}

/// Weights, biases and peepholes of one direction; parameter names end in `suffix`.
void add_lstm_weights(Lowering& l, const spec::LSTMParams& p, const spec::LSTMWeightParams& w,
                      const Sizes& sizes, const std::string& suffix, Args& args) {
  // The forget gate of a coupled layer has no meaning and need not be there.
  const auto forget = [&](const spec::WeightParams& given) {
    return p.coupledinputandforgetgate() && no_weights(given) ? nullptr : &given;
  };
  args.emplace_back("weight_ih" + suffix,
                    stacked(l,
                            {&w.inputgateweightmatrix(), forget(w.forgetgateweightmatrix()),
                             &w.outputgateweightmatrix(), &w.blockinputweightmatrix()},
                            {sizes.hidden, sizes.inputs}, "weight_ih" + suffix));
  args.emplace_back("weight_hh" + suffix,
                    stacked(l,
                            {&w.inputgaterecursionmatrix(), forget(w.forgetgaterecursionmatrix()),
                             &w.outputgaterecursionmatrix(), &w.blockinputrecursionmatrix()},
                            {sizes.hidden, sizes.hidden}, "weight_hh" + suffix));
  if (p.hasbiasvectors() || p.forgetbias())
    args.emplace_back("bias" + suffix, lstm_bias(l, p, w, sizes.hidden, "bias" + suffix));
  if (p.haspeepholevectors())
    args.emplace_back("peephole" + suffix,
                      stacked(l,
                              {&w.inputgatepeepholevector(), forget(w.forgetgatepeepholevector()),
                               &w.outputgatepeepholevector()},
                              {sizes.hidden}, "peephole" + suffix));
}

/// The op, once x, states and weights are in args.
ir::Op* add_lstm(Lowering& l, const spec::LSTMParams& p, const RecurrentActivations& activations,
                 std::string_view direction, Args args) {
  args.emplace_back("direction", direction);
  args.emplace_back("output_sequence", p.sequenceoutput());
  args.emplace_back("clip", p.cellclipthreshold() == 0 ? 50.f : p.cellclipthreshold());
  activations.add_to(args, {"recurrent_activation", "cell_activation", "activation"});
  const bool clipped = !activations.saturates(0) || !activations.saturates(1);
  const bool coupled = p.coupledinputandforgetgate();
  if (clipped) args.emplace_back("gate_clip", kGateClip);
  if (coupled) args.emplace_back("coupled", true);
  return l.add_op(clipped || coupled || activations.has_numbers() ? "pome.lstm" : "lstm", args);
}

void uni_directional_lstm(Lowering& l) {
  if (!l.check_inputs(1, 3)) return;
  const auto& p = l.layer().unidirectionallstm();
  Sizes sizes{l.size(p.inputvectorsize(), "inputVectorSize", 1),
              l.size(p.outputvectorsize(), "outputVectorSize", 1)};
  const RecurrentActivations activations(l, p.activations(), {"sigmoid", "tanh", "tanh"});
  Args args = {{"x", input_steps(l, sizes)}};
  args.emplace_back("initial_h", state(l, 1, sizes));
  args.emplace_back("initial_c", state(l, 2, sizes));
  add_lstm_weights(l, p.params(), p.weightparams(), sizes, "", args);
  ir::Op* op = add_lstm(l, p.params(), activations, p.reverseinput() ? "reverse" : "forward", args);
  if (op == nullptr) return;
  for (int i = 0; i < 3; ++i) give(l, op->output(static_cast<size_t>(i)), i);
}

struct BothDirections {
  std::array<ir::Value*, 2> h, c;
};

/// One op for each direction, where their activations differ: the way back gives its steps in the
/// order in which it takes them.
void two_lstms(Lowering& l, const spec::BiDirectionalLSTMLayerParams& p, const Sizes& sizes,
               ir::Value* x, const BothDirections& initial,
               const std::array<const RecurrentActivations*, 2>& activations) {
  std::array<ir::Op*, 2> ops{};
  for (size_t d = 0; d < 2; ++d) {
    Args args = {{"x", x}, {"initial_h", initial.h[d]}, {"initial_c", initial.c[d]}};
    add_lstm_weights(l, p.params(), p.weightparams(static_cast<int>(d)), sizes, "", args);
    ops[d] = add_lstm(l, p.params(), *activations[d], d == 0 ? "forward" : "reverse", args);
    if (ops[d] == nullptr) return;
  }
  ir::Value* back = ops[1]->output(0);
  if (p.params().sequenceoutput())
    back = l.add("reverse", {{"x", back}, {"axes", ops::Arg::ints({0})}});
  give(l, joined(l, ops[0]->output(0), back, 2), 0);
  for (size_t d = 0; d < 2; ++d)
    for (size_t i = 1; i < 3; ++i) give(l, ops[d]->output(i), static_cast<int>(2 * d + i));
}

void bi_directional_lstm(Lowering& l) {
  if (!l.check_inputs(1, 5)) return;
  const auto& p = l.layer().bidirectionallstm();
  if (p.weightparams_size() != 2)
    return l.fail(ErrorCode::kInvalidModel, "weightParams has " +
                                                std::to_string(p.weightparams_size()) +
                                                " entries, 2 (forward, backward) are expected");
  Sizes sizes{l.size(p.inputvectorsize(), "inputVectorSize", 1),
              l.size(p.outputvectorsize(), "outputVectorSize", 1)};
  const std::vector<std::string_view> defaults = {"sigmoid", "tanh", "tanh"};
  const RecurrentActivations forward(l, p.activationsforwardlstm(), defaults);
  const RecurrentActivations backward(l, p.activationsbackwardlstm(), defaults);
  ir::Value* x = input_steps(l, sizes);
  const BothDirections initial{{state(l, 1, sizes), state(l, 3, sizes)},
                               {state(l, 2, sizes), state(l, 4, sizes)}};
  if (!l.ok()) return;
  if (!(forward == backward)) return two_lstms(l, p, sizes, x, initial, {&forward, &backward});
  Args args = {{"x", x},
               {"initial_h", joined(l, initial.h[0], initial.h[1], 1)},
               {"initial_c", joined(l, initial.c[0], initial.c[1], 1)}};
  add_lstm_weights(l, p.params(), p.weightparams(0), sizes, "", args);
  add_lstm_weights(l, p.params(), p.weightparams(1), sizes, "_back", args);
  ir::Op* op = add_lstm(l, p.params(), forward, "bidirectional", args);
  if (op == nullptr) return;
  give(l, op->output(0), 0);
  if (l.layer().output_size() == 1) return;
  for (int i = 1; i < 3; ++i) {
    ir::Op* parts = l.add_op(
        "split", {{"x", op->output(static_cast<size_t>(i))}, {"num_splits", 2}, {"axis", 1}});
    if (parts == nullptr) return;
    give(l, parts->output(0), i);
    give(l, parts->output(1), i + 2);
  }
}

constexpr auto kRecurrentRows = std::to_array<LayerRow>({
    {Layer::kSimpleRecurrent, simple_recurrent},
    {Layer::kGru, gru},
    {Layer::kUniDirectionalLSTM, uni_directional_lstm},
    {Layer::kBiDirectionalLSTM, bi_directional_lstm},
});

}  // namespace

std::span<const LayerRow> recurrent_layers() { return kRecurrentRows; }

}  // namespace pome::import
