// BatchNormalization.
#include <cmath>

#include "base/try.h"
#include "convert/keras/layer_kind.h"

namespace pome::keras {
namespace {

struct Parts {
  bool scale = true;
  bool center = true;
};

Parts parts_of(const Layer& layer) {
  Config config(layer.config);
  return {config.flag("scale", true), config.flag("center", true)};
}

std::vector<WeightSlot> batch_normalization_weights(const Layer& layer) {
  const Parts parts = parts_of(layer);
  std::vector<WeightSlot> slots;
  if (parts.scale) slots.push_back({"gamma"});
  if (parts.center) slots.push_back({"beta"});
  slots.push_back({"moving_mean", false});
  // Keras 1 calls it running_std and stores the variance all the same.
  slots.push_back({"moving_variance", false});
  return slots;
}

/// gamma / sqrt(variance + epsilon) and beta - mean * that.
Status fold(const Array& mean, const Array& variance, const Array* gamma, const Array* beta,
            double epsilon, std::vector<float>& scale, std::vector<float>& offset) {
  for (int64_t i = 0; i < mean.size(); ++i) {
    const auto at = static_cast<size_t>(i);
    const double g = gamma != nullptr ? gamma->values()[at] : 1.0;
    const double b = beta != nullptr ? beta->values()[at] : 0.0;
    const double s = g / std::sqrt(static_cast<double>(variance.values()[at]) + epsilon);
    scale.push_back(static_cast<float>(s));
    offset.push_back(static_cast<float>(b - s * mean.values()[at]));
  }
  return {};
}

Result<Tensor> batch_normalization(LayerContext& c) {
  const double epsilon = c.config.number("epsilon", 1e-3);
  auto axes = c.config.integers("axis", -Shape::kMaxRank, Shape::kMaxRank);
  if (axes.empty()) axes = {-1};
  const Parts parts = parts_of(c.layer);
  if (c.config.flag("renorm", false))
    return Error(ErrorCode::kUnsupported, "batch renormalization is not supported");
  POME_TRY(c.config.status());
  const Tensor x = c.w.not_flat(c.inputs[0]);
  const Shape s = Writer::shape(x);
  const auto axis = axes.size() == 1 ? normalize_axis(axes[0], s.rank()) : std::nullopt;
  if (!axis) {
    return Error(ErrorCode::kUnsupported,
                 "normalisation over axis " + translate::extents_text(axes) + " of shape " +
                     s.to_string() + " is not supported; one axis of the input is");
  }
  const int64_t n = s[*axis];
  size_t slot = 0;
  Array gamma;
  Array beta;
  if (parts.scale) {
    POME_ASSIGN(gamma, c.weight(slot++, {n}));
  }
  if (parts.center) {
    POME_ASSIGN(beta, c.weight(slot++, {n}));
  }
  POME_ASSIGN(const Array mean, c.weight(slot, {n}));
  POME_ASSIGN(const Array variance, c.weight(slot + 1, {n}));
  if (s.rank() >= 3 && Writer::place_of(x, *axis) == 1) {
    std::vector<std::pair<std::string, ops::Arg>> args = {
        {"x", x.value},
        {"mean", c.w.constant(mean, "mean")},
        {"variance", c.w.constant(variance, "variance")},
        {"epsilon", epsilon}};
    if (parts.scale) args.emplace_back("gamma", c.w.constant(gamma, "gamma"));
    if (parts.center) args.emplace_back("beta", c.w.constant(beta, "beta"));
    return Tensor{c.w.builder().add("batch_norm", c.w.name(), args), x.layout, {}};
  }
  std::vector<float> scale;
  std::vector<float> offset;
  POME_TRY(fold(mean, variance, parts.scale ? &gamma : nullptr, parts.center ? &beta : nullptr,
                epsilon, scale, offset));
  std::vector<int64_t> dims(static_cast<size_t>(s.rank()), 1);
  dims[static_cast<size_t>(*axis)] = n;
  POME_ASSIGN(const Array scales, Array::from(dims, scale));
  POME_ASSIGN(const Array offsets, Array::from(dims, offset));
  return c.w.binary("add", c.w.binary("mul", x, scales), offsets);
}

constexpr LayerKind kNormalizationLayers[] = {
    {"BatchNormalization", batch_normalization, batch_normalization_weights},
    {"BatchNormalizationV1", batch_normalization, batch_normalization_weights},
    {"BatchNormalizationV2", batch_normalization, batch_normalization_weights},
};

}  // namespace

std::span<const LayerKind> normalization_layers() { return kNormalizationLayers; }

}  // namespace pome::keras
