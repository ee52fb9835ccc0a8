// Recurrent layers: MIL's lstm, gru and rnn, and what more the layers of a NeuralNetwork can do.
#include "ops/recurrent.h"

#include <array>

#include "ops/families.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;
using Names = std::span<const std::string_view>;
using Params = std::span<const ParamDef>;
using enum ir::Opset;

constexpr TypeSet kFp32s = bit(ir::DType::kFp32);
constexpr uint8_t kOptionalScalar = kOptional | kConst | kScalar;
constexpr uint8_t kOptionalWeight = kOptional | kConstWeight;

constexpr ParamDef state(std::string_view name, TypeSet types) {
  return {.name = name, .types = types, .group = 'T'};
}
constexpr ParamDef weight(std::string_view name, TypeSet types, uint8_t flags = kConstWeight) {
  return {.name = name, .types = types, .flags = flags, .group = 'T'};
}
constexpr ParamDef text(std::string_view name, std::string_view fallback) {
  return {
      .name = name, .types = kStrings, .flags = kOptionalScalar, .fallback = def_text(fallback)};
}
constexpr ParamDef flag(std::string_view name) {
  return {.name = name, .types = kBools, .flags = kOptionalScalar, .fallback = def_bool(false)};
}
constexpr ParamDef number(std::string_view name, TypeSet types) {
  return {.name = name, .types = types, .flags = kOptionalScalar, .group = 'T'};
}
constexpr ParamDef numbers(std::string_view name) {
  return {.name = name, .types = kFp32s, .flags = kOptional | kConst};
}

constexpr std::array<ParamDef, 21> lstm_params(TypeSet types) {
  return {{state("x", types),
           state("initial_h", types),
           state("initial_c", types),
           weight("weight_ih", types),
           weight("weight_hh", types),
           weight("bias", types, kOptionalWeight),
           weight("peephole", types, kOptionalWeight),
           weight("weight_ih_back", types, kOptionalWeight),
           weight("weight_hh_back", types, kOptionalWeight),
           weight("bias_back", types, kOptionalWeight),
           weight("peephole_back", types, kOptionalWeight),
           text("direction", "forward"),
           flag("output_sequence"),
           text("recurrent_activation", "sigmoid"),
           text("cell_activation", "tanh"),
           text("activation", "tanh"),
           number("clip", types),
           flag("coupled"),
           number("gate_clip", types),
           numbers("alpha"),
           numbers("beta")}};
}
constexpr std::array<ParamDef, 14> gru_params(TypeSet types) {
  return {{state("x", types), state("initial_h", types), weight("weight_ih", types),
           weight("weight_hh", types), weight("bias", types, kOptionalWeight),
           text("direction", "forward"), flag("output_sequence"),
           text("recurrent_activation", "sigmoid"), text("activation", "tanh"), flag("reset_after"),
           weight("input_bias", types, kOptionalWeight), number("gate_clip", types),
           numbers("alpha"), numbers("beta")}};
}
constexpr std::array<ParamDef, 11> rnn_params(TypeSet types) {
  return {{state("x", types), state("initial_h", types), weight("weight_ih", types),
           weight("weight_hh", types), weight("bias", types, kOptionalWeight),
           text("direction", "forward"), flag("output_sequence"), text("activation", "tanh"),
           number("gate_clip", types), numbers("alpha"), numbers("beta")}};
}

constexpr auto kLstm15 = lstm_params(kFp32s);
constexpr auto kLstm17 = lstm_params(kFloats);
constexpr auto kGru15 = gru_params(kFp32s);
constexpr auto kGru17 = gru_params(kFloats);
constexpr auto kRnn15 = rnn_params(kFp32s);
constexpr auto kRnn17 = rnn_params(kFloats);
constexpr size_t kLstmOfMil = LstmParam::kClip + 1;
constexpr size_t kGruOfMil = GruParam::kActivation + 1;
constexpr size_t kGruOfMil18 = GruParam::kInputBias + 1;
constexpr size_t kRnnOfMil = RnnParam::kActivation + 1;

constexpr std::string_view kLstmOutputs[] = {"output", "hidden", "cell"};
constexpr std::string_view kOutputs[] = {"output", "hidden"};

constexpr std::string_view kLstmSamples[] = {
    "x=fp32[3,2,4] initial_h=fp32[2,5] initial_c=fp32[2,5] weight_ih=const:fp32[20,4] "
    "weight_hh=const:fp32[20,5]",
    "x=fp32[3,2,4] initial_h=fp32[5,6] initial_c=fp32[3,6] weight_ih=const:fp32[12,4] "
    "weight_hh=const:fp32[12,3] weight_ih_back=const:fp32[12,4] weight_hh_back=const:fp32[12,3] "
    "direction=\"bidirectional\"",
    "x=fp32[4,1,3] initial_h=fp32[1,2] initial_c=fp32[1,2] weight_ih=const:fp32[8,3] "
    "weight_hh=const:fp32[8,2] bias=const:fp32[8] output_sequence=true",
    "x=fp32[4,3,3] initial_h=fp32[3,2] initial_c=fp32[3,2] weight_ih=const:fp32[8,3] "
    "weight_hh=const:fp32[8,2] bias=const:fp32[8] peephole=const:fp32[6] direction=\"reverse\" "
    "output_sequence=true",
    "x=fp32[5,2,3] initial_h=fp32[2,8] initial_c=fp32[2,8] weight_ih=const:fp32[16,3] "
    "weight_hh=const:fp32[16,4] bias=const:fp32[16] peephole=const:fp32[12] "
    "weight_ih_back=const:fp32[16,3] weight_hh_back=const:fp32[16,4] bias_back=const:fp32[16] "
    "peephole_back=const:fp32[12] direction=\"bidirectional\" output_sequence=true",
    "x=fp32[3,1,2] initial_h=fp32[1,2] initial_c=fp32[1,2] weight_ih=const:fp32[4,2] "
    "weight_hh=const:fp32[4,1] weight_ih_back=const:fp32[4,2] weight_hh_back=const:fp32[4,1] "
    "direction=\"bidirectional\"",
    "x=fp32[6,2,3] initial_h=fp32[2,3] initial_c=fp32[2,3] weight_ih=const:fp32[12,3] "
    "weight_hh=const:fp32[12,3] clip=0.2 output_sequence=true",
    "x=fp32[3,2,4] initial_h=fp32[2,3] initial_c=fp32[2,3] weight_ih=const:fp32[12,4] "
    "weight_hh=const:fp32[12,3] recurrent_activation=\"hard_sigmoid\" cell_activation=\"relu\" "
    "activation=\"scaled_tanh\" direction=\"reverse\"",
    "x=fp32[1,1,1] initial_h=fp32[1,1] initial_c=fp32[1,1] weight_ih=const:fp32[4,1] "
    "weight_hh=const:fp32[4,1] activation=\"linear\" cell_activation=\"sigmoid\" "
    "recurrent_activation=\"tanh\"",
    "x=fp32[3,0,2] initial_h=fp32[0,2] initial_c=fp32[0,2] weight_ih=const:fp32[8,2] "
    "weight_hh=const:fp32[8,2] output_sequence=true",
    "x=fp32[7,3,33] initial_h=fp32[3,19] initial_c=fp32[3,19] weight_ih=const:fp32[76,33] "
    "weight_hh=const:fp32[76,19] bias=const:fp32[76] output_sequence=true",
};
constexpr std::string_view kLstmSamples17[] = {
    "x=fp16[3,2,4] initial_h=fp16[2,5] initial_c=fp16[2,5] weight_ih=const:fp16[20,4] "
    "weight_hh=const:fp16[20,5] bias=const:fp16[20] peephole=const:fp16[15] clip=0.5 "
    "output_sequence=true",
    "x=fp32[2,2,3] initial_h=fp32[2,4] initial_c=fp32[2,4] weight_ih=const:fp32[8,3] "
    "weight_hh=const:fp32[8,2] weight_ih_back=const:fp32[8,3] weight_hh_back=const:fp32[8,2] "
    "bias_back=const:fp32[8] peephole_back=const:fp32[6] direction=\"bidirectional\" "
    "recurrent_activation=\"sigmoid\" cell_activation=\"tanh\" activation=\"tanh\"",
};
constexpr std::string_view kPomeLstmSamples[] = {
    "x=fp32[4,2,3] initial_h=fp32[2,3] initial_c=fp32[2,3] weight_ih=const:fp32[12,3]{-3..3} "
    "weight_hh=const:fp32[12,3] bias=const:fp32[12] peephole=const:fp32[9] coupled=true "
    "gate_clip=0.7 clip=0.9 output_sequence=true direction=\"reverse\"",
    "x=fp16[3,2,4] initial_h=fp16[2,6] initial_c=fp16[2,6] weight_ih=const:fp16[12,4] "
    "weight_hh=const:fp16[12,3] weight_ih_back=const:fp16[12,4] weight_hh_back=const:fp16[12,3] "
    "bias_back=const:fp16[12] peephole_back=const:fp16[9] direction=\"bidirectional\" "
    "recurrent_activation=\"hard_sigmoid\" cell_activation=\"linear\" activation=\"scaled_tanh\" "
    "alpha=[0.3,0.8,1.5] beta=[0.4,0.1,0.6] output_sequence=true",
    "x=fp32[3,1,2] initial_h=fp32[1,3] initial_c=fp32[1,3] weight_ih=const:fp32[12,2]{-40..40} "
    "weight_hh=const:fp32[12,3] gate_clip=50.0 cell_activation=\"relu\" activation=\"relu\"",
};
constexpr std::string_view kGruSamples[] = {
    "x=fp32[3,2,4] initial_h=fp32[2,5] weight_ih=const:fp32[15,4] weight_hh=const:fp32[15,5]",
    "x=fp32[3,2,4] initial_h=fp32[3,5] weight_ih=const:fp32[15,4] weight_hh=const:fp32[15,5]",
    "x=fp32[4,3,3] initial_h=fp32[3,2] weight_ih=const:fp32[6,3] weight_hh=const:fp32[6,2] "
    "bias=const:fp32[6] output_sequence=true",
    "x=fp32[4,1,3] initial_h=fp32[1,2] weight_ih=const:fp32[6,3] weight_hh=const:fp32[6,2] "
    "bias=const:fp32[6] direction=\"reverse\" output_sequence=true",
    "x=fp32[3,2,1] initial_h=fp32[2,1] weight_ih=const:fp32[3,1] weight_hh=const:fp32[3,1] "
    "recurrent_activation=\"hard_sigmoid\" activation=\"relu\" direction=\"reverse\"",
    "x=fp32[3,0,2] initial_h=fp32[0,2] weight_ih=const:fp32[6,2] weight_hh=const:fp32[6,2]",
    "x=fp32[7,3,33] initial_h=fp32[3,19] weight_ih=const:fp32[57,33] weight_hh=const:fp32[57,19] "
    "bias=const:fp32[57] output_sequence=true",
};
constexpr std::string_view kGruSamples17[] = {
    "x=fp16[3,2,4] initial_h=fp16[2,5] weight_ih=const:fp16[15,4] weight_hh=const:fp16[15,5] "
    "bias=const:fp16[15] output_sequence=true",
    "x=fp32[2,2,3] initial_h=fp32[2,2] weight_ih=const:fp32[6,3] weight_hh=const:fp32[6,2] "
    "direction=\"forward\" recurrent_activation=\"tanh\" activation=\"sigmoid\"",
};
constexpr std::string_view kGruSamples18[] = {
    "x=fp32[4,3,3] initial_h=fp32[3,2] weight_ih=const:fp32[6,3] weight_hh=const:fp32[6,2] "
    "bias=const:fp32[6] input_bias=const:fp32[6] reset_after=true output_sequence=true",
    "x=fp16[4,1,3] initial_h=fp16[1,2] weight_ih=const:fp16[6,3] weight_hh=const:fp16[6,2] "
    "bias=const:fp16[6] direction=\"reverse\" recurrent_activation=\"sigmoid\" "
    "activation=\"scaled_tanh\"",
};
constexpr std::string_view kPomeGruSamples[] = {
    "x=fp32[4,2,3] initial_h=fp32[2,3] weight_ih=const:fp32[9,3]{-3..3} weight_hh=const:fp32[9,3] "
    "bias=const:fp32[9] gate_clip=0.7 output_sequence=true direction=\"reverse\"",
    "x=fp16[3,2,4] initial_h=fp16[2,3] weight_ih=const:fp16[9,4] weight_hh=const:fp16[9,3] "
    "input_bias=const:fp16[9] reset_after=false recurrent_activation=\"hard_sigmoid\" "
    "activation=\"linear\" alpha=[0.3,0.8] beta=[0.4,0.1]",
};
constexpr std::string_view kRnnSamples[] = {
    "x=fp32[3,2,4] initial_h=fp32[2,5] weight_ih=const:fp32[5,4] weight_hh=const:fp32[5,5]",
    "x=fp32[3,2,4] initial_h=fp32[3,5] weight_ih=const:fp32[5,4] weight_hh=const:fp32[5,5]",
    "x=fp32[4,3,3] initial_h=fp32[3,2] weight_ih=const:fp32[2,3] weight_hh=const:fp32[2,2] "
    "bias=const:fp32[2] activation=\"relu\" output_sequence=true",
    "x=fp32[4,1,3] initial_h=fp32[1,2] weight_ih=const:fp32[2,3] weight_hh=const:fp32[2,2] "
    "activation=\"sigmoid_hard\" direction=\"reverse\" output_sequence=true",
    "x=fp32[3,0,2] initial_h=fp32[0,2] weight_ih=const:fp32[2,2] weight_hh=const:fp32[2,2]",
};
constexpr std::string_view kRnnSamples17[] = {
    "x=fp16[3,2,4] initial_h=fp16[2,5] weight_ih=const:fp16[5,4] weight_hh=const:fp16[5,5] "
    "bias=const:fp16[5] output_sequence=true activation=\"sigmoid\"",
    "x=fp32[2,2,3] initial_h=fp32[2,2] weight_ih=const:fp32[2,3] weight_hh=const:fp32[2,2] "
    "direction=\"reverse\"",
};
constexpr std::string_view kPomeRnnSamples[] = {
    "x=fp32[4,2,3] initial_h=fp32[2,3] weight_ih=const:fp32[3,3]{-3..3} weight_hh=const:fp32[3,3] "
    "bias=const:fp32[3] gate_clip=0.7 activation=\"relu\" output_sequence=true "
    "direction=\"reverse\"",
    "x=fp16[3,2,4] initial_h=fp16[2,3] weight_ih=const:fp16[3,4] weight_hh=const:fp16[3,3] "
    "activation=\"scaled_tanh\" alpha=[1.2] beta=[0.7]",
};

constexpr std::string_view kLstmDoc =
    "Long short-term memory over the steps of x [S, B, I]: i = r(W_i x + R_i h + b_i + p_i c), f "
    "= r(W_f x + R_f h + b_f + p_f c), z = g(W_z x + R_z h + b_z), c' = f c + i z, held between "
    "-clip and clip, o = r(W_o x + R_o h + b_o + p_o c'), h' = o a(c'). r, g and a are "
    "recurrent_activation, cell_activation and activation. weight_ih [4H, I], weight_hh [4H, H] "
    "and bias [4H] hold i, f, o, z, peephole [3H] i, f, o. Outputs: h of every step (or of the "
    "last one, [1, B, H]), and the last h and c, [B, H]. reverse begins with the last step and "
    "gives the steps in the order in which it takes them. bidirectional, with the *_back weights "
    "for the way back, has 2H in place of H, and at each step the two that read it.";
constexpr std::string_view kPomeLstmDoc =
    "lstm as the layers of a NeuralNetwork have it: coupled takes f = 1 - i; gate_clip holds what "
    "goes into r and g between -gate_clip and gate_clip; alpha and beta are the numbers of "
    "hard_sigmoid, scaled_tanh and linear, for r, g and a.";
constexpr std::string_view kGruDoc =
    "Gated recurrent unit over the steps of x [S, B, I]: r = s(W_r x + R_r h + b_r), z = s(W_z x "
    "+ R_z h + b_z), o = a(W_o x + R_o (r h) + b_o), h' = (1 - z) o + z h. s and a are "
    "recurrent_activation and activation. weight_ih [3H, I], weight_hh [3H, H] and bias [3H] hold "
    "r, o, z. input_bias is added to W x; reset_after takes o = a(W_o x + r (R_o h + b_o)). "
    "Outputs and reverse: as for lstm.";
constexpr std::string_view kPomeGruDoc =
    "gru as the layers of a NeuralNetwork have it: gate_clip holds what goes into s and a between "
    "-gate_clip and gate_clip; alpha and beta are the numbers of hard_sigmoid, scaled_tanh and "
    "linear, for s and a.";
constexpr std::string_view kRnnDoc =
    "Recurrent layer over the steps of x [S, B, I]: h' = activation(W x + R h + bias). weight_ih "
    "is [H, I], weight_hh [H, H]. Outputs and reverse: as for lstm.";
constexpr std::string_view kPomeRnnDoc =
    "rnn as the layers of a NeuralNetwork have it: gate_clip holds what goes into the activation "
    "between -gate_clip and gate_clip; alpha and beta are the numbers of hard_sigmoid, "
    "scaled_tanh and linear.";

constexpr OpDef row(std::string_view name, ir::Opset since, std::string_view doc, Params params,
                    Names outputs, InferFn infer, ReferenceFn reference, Lines samples) {
  return {name, since, doc, params, outputs, kPlain, infer, reference, samples};
}

constexpr Params first(Params params, size_t n) { return params.first(n); }

constexpr OpDef kOps[] = {
    row("gru", kIos15, kGruDoc, first(kGru15, kGruOfMil), kOutputs, inference::gru, reference::gru,
        kGruSamples),
    row("gru", kIos17, kGruDoc, first(kGru17, kGruOfMil), kOutputs, inference::gru, reference::gru,
        kGruSamples17),
    row("gru", kIos18, kGruDoc, first(kGru17, kGruOfMil18), kOutputs, inference::gru,
        reference::gru, kGruSamples18),
    row("lstm", kIos15, kLstmDoc, first(kLstm15, kLstmOfMil), kLstmOutputs, inference::lstm,
        reference::lstm, kLstmSamples),
    row("lstm", kIos17, kLstmDoc, first(kLstm17, kLstmOfMil), kLstmOutputs, inference::lstm,
        reference::lstm, kLstmSamples17),
    row("pome.gru", kIos15, kPomeGruDoc, kGru17, kOutputs, inference::gru, reference::gru,
        kPomeGruSamples),
    row("pome.lstm", kIos15, kPomeLstmDoc, kLstm17, kLstmOutputs, inference::lstm, reference::lstm,
        kPomeLstmSamples),
    row("pome.rnn", kIos15, kPomeRnnDoc, kRnn17, kOutputs, inference::rnn, reference::rnn,
        kPomeRnnSamples),
    row("rnn", kIos15, kRnnDoc, first(kRnn15, kRnnOfMil), kOutputs, inference::rnn, reference::rnn,
        kRnnSamples),
    row("rnn", kIos17, kRnnDoc, first(kRnn17, kRnnOfMil), kOutputs, inference::rnn, reference::rnn,
        kRnnSamples17),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> recurrent_ops() { return kOps; }

}  // namespace pome::ops
