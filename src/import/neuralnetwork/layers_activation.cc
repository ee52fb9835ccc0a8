// Activations: ActivationParams and the layers that are activations of their own.
#include <array>

#include "import/neuralnetwork/layers.h"
#include "import/neuralnetwork/weights.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

/// How many values a weight holds in whatever form, where one for all and one per channel are told
/// apart by the count.
bool is_single(const spec::WeightParams& w) {
  return w.floatvalue_size() == 1 || w.float16value().size() == 2;
}

/// A value per channel, [C]; a single one is repeated. Requires rank 4.
ir::Value* per_channel(Lowering& l, const spec::WeightParams& w, ir::Value* x,
                       std::string_view what) {
  if (x == nullptr) return nullptr;
  const int64_t channels = x->shape()[1];
  if (channels < 0) {
    l.fail(ErrorCode::kUnsupported,
           std::string(what) + " per channel needs a known number of channels");
    return nullptr;
  }
  if (!is_single(w) || channels == 1) return l.weights(w, {channels}, what);
  ir::Value* one = l.weights(w, {1}, what);
  if (one == nullptr) return nullptr;
  const std::vector<float> repeated(static_cast<size_t>(channels),
                                    static_cast<float>(one->literal()->real()));
  return l.constant(ir::Literal::floats(repeated), what);
}

ir::Value* prelu(Lowering& l, const spec::WeightParams& alpha, ir::Value* x) {
  if (is_single(alpha)) {
    ir::Value* one = l.weights(alpha, {1}, "alpha");
    return one == nullptr ? nullptr
                          : l.add("leaky_relu", {{"x", x}, {"alpha", one->literal()->real()}});
  }
  ir::Value* folded = l.fold(x);
  ir::Value* y = l.add("prelu", {{"x", folded}, {"alpha", per_channel(l, alpha, folded, "alpha")}});
  return l.unfold(y, x->shape());
}

ir::Value* parametric_softplus(Lowering& l, const spec::ActivationParametricSoftplus& p,
                               ir::Value* x) {
  ir::Value* folded = l.fold(x);
  ir::Value* alpha = per_channel(l, p.alpha(), folded, "alpha");
  ir::Value* beta = per_channel(l, p.beta(), folded, "beta");
  ir::Value* y = l.add("softplus_parametric", {{"x", folded}, {"alpha", alpha}, {"beta", beta}});
  return l.unfold(y, x->shape());
}

ir::Value* activate(Lowering& l, const spec::ActivationParams& p, ir::Value* x) {
  using Kind = spec::ActivationParams;
  switch (p.NonlinearityType_case()) {
    case Kind::kLinear:
      return l.add("linear_activation",
                   {{"x", x}, {"alpha", p.linear().alpha()}, {"beta", p.linear().beta()}});
    case Kind::kReLU:
      return l.add("relu", {{"x", x}});
    case Kind::kLeakyReLU:
      return l.add("leaky_relu", {{"x", x}, {"alpha", p.leakyrelu().alpha()}});
    case Kind::kThresholdedReLU:
      return l.add("thresholded_relu", {{"x", x}, {"alpha", p.thresholdedrelu().alpha()}});
    case Kind::kPReLU:
      return prelu(l, p.prelu().alpha(), x);
    case Kind::kTanh:
      return l.add("tanh", {{"x", x}});
    case Kind::kScaledTanh:
      return l.add("scaled_tanh",
                   {{"x", x}, {"alpha", p.scaledtanh().alpha()}, {"beta", p.scaledtanh().beta()}});
    case Kind::kSigmoid:
      return l.add("sigmoid", {{"x", x}});
    case Kind::kSigmoidHard:
      return l.add(
          "sigmoid_hard",
          {{"x", x}, {"alpha", p.sigmoidhard().alpha()}, {"beta", p.sigmoidhard().beta()}});
    case Kind::kELU:
      return l.add("elu", {{"x", x}, {"alpha", p.elu().alpha()}});
    case Kind::kSoftsign:
      return l.add("softsign", {{"x", x}});
    case Kind::kSoftplus:
      return l.add("softplus", {{"x", x}});
    case Kind::kParametricSoftplus:
      return parametric_softplus(l, p.parametricsoftplus(), x);
    case Kind::NONLINEARITYTYPE_NOT_SET:
      break;
  }
  l.fail(ErrorCode::kInvalidModel, "the activation's kind is not set or unknown");
  return nullptr;
}

void activation(Lowering& l) {
  if (l.check_inputs(1, 1)) l.out(activate(l, l.layer().activation(), l.in()));
}

void softmax(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  l.out(l.add("softmax", {{"x", l.in()}, {"axis", -3}}));
}

void softmax_nd(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto axis = static_cast<int>(clamp_int32(l.layer().softmaxnd().axis()));
  l.out(l.add("softmax", {{"x", l.in()}, {"axis", axis}}));
}

void clip(Lowering& l) {
  const auto& p = l.layer().clip();
  if (!l.check_inputs(1, 1)) return;
  l.out(l.add("clip", {{"x", l.in()}, {"alpha", p.minval()}, {"beta", p.maxval()}}));
}

void clamped_relu(Lowering& l) {
  const auto& p = l.layer().clampedrelu();
  if (!l.check_inputs(1, 1)) return;
  l.out(l.add("clamped_relu", {{"x", l.in()}, {"alpha", p.alpha()}, {"beta", p.beta()}}));
}

void gelu(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const char* mode = "EXACT";
  if (l.layer().gelu().mode() == spec::GeluLayerParams::TANH_APPROXIMATION)
    mode = "TANH_APPROXIMATION";
  if (l.layer().gelu().mode() == spec::GeluLayerParams::SIGMOID_APPROXIMATION)
    mode = "SIGMOID_APPROXIMATION";
  l.out(l.add("gelu", {{"x", l.in()}, {"mode", mode}}));
}

constexpr auto kActivationRows = std::to_array<LayerRow>({
    {Layer::kActivation, activation},
    {Layer::kSoftmax, softmax},
    {Layer::kSoftmaxND, softmax_nd},
    {Layer::kClip, clip},
    {Layer::kClampedReLU, clamped_relu},
    {Layer::kGelu, gelu},
});

}  // namespace

std::span<const LayerRow> activation_layers() { return kActivationRows; }

}  // namespace pome::import
