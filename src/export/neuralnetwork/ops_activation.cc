// Activations and softmax.
#include <array>
#include <cfloat>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"
#include "export/neuralnetwork/weights.h"

namespace pome::exporter {
namespace {

/// Writes an activation whose message `set` fills.
template <typename Set>
Status activation(LayerWriter& w, Set set) {
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  set(*layer->mutable_activation());
  return w.result();
}

float real(LayerWriter& w, std::string_view param) { return static_cast<float>(w.real(param)); }

Status relu(LayerWriter& w) {
  return activation(w, [](auto& a) { a.mutable_relu(); });
}
Status tanh(LayerWriter& w) {
  return activation(w, [](auto& a) { a.mutable_tanh(); });
}
Status sigmoid(LayerWriter& w) {
  return activation(w, [](auto& a) { a.mutable_sigmoid(); });
}
Status softsign(LayerWriter& w) {
  return activation(w, [](auto& a) { a.mutable_softsign(); });
}
Status softplus(LayerWriter& w) {
  return activation(w, [](auto& a) { a.mutable_softplus(); });
}
Status leaky_relu(LayerWriter& w) {
  return activation(w, [&](auto& a) { a.mutable_leakyrelu()->set_alpha(real(w, "alpha")); });
}
Status elu(LayerWriter& w) {
  return activation(w, [&](auto& a) { a.mutable_elu()->set_alpha(real(w, "alpha")); });
}
Status thresholded_relu(LayerWriter& w) {
  return activation(w, [&](auto& a) { a.mutable_thresholdedrelu()->set_alpha(real(w, "alpha")); });
}

template <typename Params>
void set_both(LayerWriter& w, Params& p) {
  p.set_alpha(real(w, "alpha"));
  p.set_beta(real(w, "beta"));
}

Status linear_activation(LayerWriter& w) {
  return activation(w, [&](auto& a) { set_both(w, *a.mutable_linear()); });
}
Status scaled_tanh(LayerWriter& w) {
  return activation(w, [&](auto& a) { set_both(w, *a.mutable_scaledtanh()); });
}
Status sigmoid_hard(LayerWriter& w) {
  return activation(w, [&](auto& a) { set_both(w, *a.mutable_sigmoidhard()); });
}

/// Parameters per channel: MIL's channels are axis 1, a layer's the third from the end.
Status check_channels(LayerWriter& w) {
  if (w.shape("x").rank() == 4) return {};
  return w.unsupported("parameters per channel on a value of shape " + w.shape("x").to_string());
}

Status prelu(LayerWriter& w) {
  POME_TRY(check_channels(w));
  return activation(w, [&](auto& a) {
    write_weights(*w.literal("alpha"), w.halves(), *a.mutable_prelu()->mutable_alpha());
  });
}

Status softplus_parametric(LayerWriter& w) {
  POME_TRY(check_channels(w));
  return activation(w, [&](auto& a) {
    auto& p = *a.mutable_parametricsoftplus();
    write_weights(*w.literal("alpha"), w.halves(), *p.mutable_alpha());
    write_weights(*w.literal("beta"), w.halves(), *p.mutable_beta());
  });
}

/// max(x, low), then min(x, high) as -max(-x, -high): what the first specification can say.
void bound_below(LayerWriter& w, float low) {
  auto& p = *w.add({w.current()}).mutable_unary();
  p.set_type(spec::UnaryFunctionLayerParams::THRESHOLD);
  p.set_alpha(low);
  p.set_scale(1);
}

void bound_above(LayerWriter& w, float high) {
  w.linear(-1, 0);
  bound_below(w, -high);
  w.linear(-1, 0);
}

Status clip_to(LayerWriter& w, float low, float high) {
  POME_ASSIGN(std::string x, w.input("x"));
  if (w.exact()) {
    auto& p = *w.add({x}).mutable_clip();
    p.set_minval(low);
    p.set_maxval(high);
    return w.result();
  }
  w.set_current(x);
  if (low > -FLT_MAX) bound_below(w, low);
  if (high < FLT_MAX) bound_above(w, high);
  return w.result();
}

Status clip(LayerWriter& w) { return clip_to(w, real(w, "alpha"), real(w, "beta")); }

Status relu6(LayerWriter& w) {
  if (w.exact()) return clip_to(w, 0, 6);
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  layer->mutable_activation()->mutable_relu();
  bound_above(w, 6);
  return w.result();
}

/// min(beta, x >= 0 ? x : alpha x).
Status clamped_relu(LayerWriter& w) {
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  layer->mutable_activation()->mutable_leakyrelu()->set_alpha(real(w, "alpha"));
  bound_above(w, real(w, "beta"));
  return w.result();
}

Status silu(LayerWriter& w) {
  POME_ASSIGN(std::string x, w.input("x"));
  w.add({x}).mutable_activation()->mutable_sigmoid();
  w.add({x, w.current()}).mutable_multiply();
  return w.result();
}

Status gelu(LayerWriter& w) {
  if (!w.exact()) return w.unsupported("gelu before specification version 4");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto mode = spec::GeluLayerParams::EXACT;
  if (w.text("mode") == "TANH_APPROXIMATION") mode = spec::GeluLayerParams::TANH_APPROXIMATION;
  if (w.text("mode") == "SIGMOID_APPROXIMATION")
    mode = spec::GeluLayerParams::SIGMOID_APPROXIMATION;
  layer->mutable_gelu()->set_mode(mode);
  return w.result();
}

Status softmax(LayerWriter& w) {
  const int64_t axis = w.integer("axis");
  if (!w.exact() && LayerWriter::place(w.shape("x").rank(), axis) != 1)
    return w.unsupported("softmax over another axis than the channels");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  if (w.exact()) {
    layer->mutable_softmaxnd()->set_axis(axis);
  } else {
    layer->mutable_softmax();
  }
  return w.result();
}

constexpr auto kActivationRows = std::to_array<OpRow>({
    {"relu", relu},
    {"tanh", tanh},
    {"sigmoid", sigmoid},
    {"softsign", softsign},
    {"softplus", softplus},
    {"leaky_relu", leaky_relu},
    {"elu", elu},
    {"thresholded_relu", thresholded_relu},
    {"linear_activation", linear_activation},
    {"scaled_tanh", scaled_tanh},
    {"sigmoid_hard", sigmoid_hard},
    {"prelu", prelu},
    {"softplus_parametric", softplus_parametric},
    {"clip", clip},
    {"relu6", relu6},
    {"clamped_relu", clamped_relu},
    {"silu", silu},
    {"gelu", gelu},
    {"softmax", softmax},
});

}  // namespace

std::span<const OpRow> activation_writers() { return kActivationRows; }

}  // namespace pome::exporter
