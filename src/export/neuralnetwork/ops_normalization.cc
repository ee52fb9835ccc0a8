// Normalizations.
#include <algorithm>
#include <array>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"
#include "export/neuralnetwork/weights.h"

namespace pome::exporter {
namespace {

/// An epsilon that reads back as itself: 0 in the file would mean the format's default.
float epsilon(LayerWriter& w) { return std::max(static_cast<float>(w.real("epsilon")), 1e-45f); }

Status check_norm_rank(LayerWriter& w) {
  if (w.shape("x").rank() == 4) return {};
  return w.unsupported("a normalization over the channels of a value of shape " +
                       w.shape("x").to_string());
}

/// The parameter's values, or `fallback` for each of `n`.
std::vector<float> values_or(LayerWriter& w, std::string_view param, int64_t n, float fallback) {
  const ir::Literal* literal = w.literal(param);
  return literal ? literal->to_floats() : std::vector<float>(static_cast<size_t>(n), fallback);
}

Status norm_of_channels(LayerWriter& w, bool instance) {
  POME_TRY(check_norm_rank(w));
  const int64_t channels = w.shape("x")[1];
  if (channels < 0) return w.unsupported("an open number of channels");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_batchnorm();
  p.set_channels(static_cast<uint64_t>(channels));
  p.set_epsilon(epsilon(w));
  write_weights(values_or(w, "gamma", channels, 1), w.halves(), *p.mutable_gamma());
  write_weights(values_or(w, "beta", channels, 0), w.halves(), *p.mutable_beta());
  if (instance) {
    p.set_computemeanvar(true);
    p.set_instancenormalization(true);
  } else {
    write_weights(*w.literal("mean"), w.halves(), *p.mutable_mean());
    write_weights(*w.literal("variance"), w.halves(), *p.mutable_variance());
  }
  return w.result();
}

/// Scale and bias of the shape of the normalized axes, placed in C, H, W.
void add_parameters(LayerWriter& w, const std::vector<uint64_t>& shape) {
  if (!w.literal("gamma") && !w.literal("beta")) return;
  int64_t n = 1;
  for (const uint64_t d : shape) n *= static_cast<int64_t>(d);
  auto& p = *w.add({w.current()}).mutable_scale();
  p.mutable_shapescale()->Add(shape.begin(), shape.end());
  write_weights(values_or(w, "gamma", n, 1), w.halves(), *p.mutable_scale());
  if (!w.literal("beta")) return;
  p.set_hasbias(true);
  p.mutable_shapebias()->Add(shape.begin(), shape.end());
  write_weights(values_or(w, "beta", n, 0), w.halves(), *p.mutable_bias());
}

Status layer_norm_rank5(LayerWriter& w, const std::vector<int64_t>& axes) {
  const Shape& s = w.shape("x");
  POME_ASSIGN(const LayerWriter::Four dims, w.four(s));
  std::array<bool, 4> in{};
  for (const int64_t a : axes) in[static_cast<size_t>(LayerWriter::place(s.rank(), a))] = true;
  for (size_t i = 1; i < 4; ++i) in[i] = in[i] || dims[i] == 1;
  const bool across = in[1];
  if (in[0] || !in[2] || !in[3] || dims[1] < 0 || dims[2] < 0 || dims[3] < 0)
    return w.unsupported("a layer_norm over other axes than C, H, W or H, W");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_mvn();
  p.set_acrosschannels(across);
  p.set_normalizevariance(true);
  p.set_epsilon(epsilon(w));
  const auto size = [&](size_t i) { return static_cast<uint64_t>(dims[i]); };
  add_parameters(w, {across ? size(1) : 1, size(2), size(3)});
  return w.result();
}

Status layer_norm(LayerWriter& w) {
  const Shape& s = w.shape("x");
  std::vector<int64_t> axes = w.integers("axes");
  for (int64_t& a : axes) a = a < 0 ? a + s.rank() : a;
  if (!w.has("axes"))
    for (int i = 0; i < s.rank(); ++i) axes.push_back(i);
  if (!w.exact()) return layer_norm_rank5(w, axes);
  const auto n = static_cast<int>(axes.size());
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_layernormalization();
  int64_t elements = 1;
  for (int i = 0; i < n; ++i) {
    const int64_t axis = s.rank() - n + i;
    if (axes[static_cast<size_t>(i)] != axis || s[static_cast<int>(axis)] < 1)
      return w.unsupported("a layer_norm over other axes than the last ones");
    p.add_normalizedshape(s[static_cast<int>(axis)]);
    elements *= s[static_cast<int>(axis)];
  }
  p.set_eps(epsilon(w));
  write_weights(values_or(w, "gamma", elements, 1), false, *p.mutable_gamma());
  write_weights(values_or(w, "beta", elements, 0), false, *p.mutable_beta());
  return w.result();
}

Status l2_norm(LayerWriter& w) {
  if (w.shape("x").rank() < 3) return w.unsupported("l2_norm of fewer than three axes");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  layer->mutable_l2normalize()->set_epsilon(epsilon(w));
  return w.result();
}

Status local_response_norm(LayerWriter& w) {
  POME_TRY(check_norm_rank(w));
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_lrn();
  p.set_alpha(static_cast<float>(w.real("alpha")));
  p.set_beta(static_cast<float>(w.real("beta")));
  p.set_k(static_cast<float>(w.real("k")));
  p.set_localsize(static_cast<uint64_t>(w.integer("size")));
  return w.result();
}

constexpr auto kNormalizationRows = std::to_array<OpRow>({
    {"batch_norm", [](LayerWriter& w) { return norm_of_channels(w, false); }},
    {"instance_norm", [](LayerWriter& w) { return norm_of_channels(w, true); }},
    {"layer_norm", layer_norm},
    {"l2_norm", l2_norm},
    {"local_response_norm", local_response_norm},
});

}  // namespace

std::span<const OpRow> normalization_writers() { return kNormalizationRows; }

}  // namespace pome::exporter
