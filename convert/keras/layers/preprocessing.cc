// Rescaling, Normalization, Resizing, CenterCrop.
#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "convert/keras/layers/common.h"
#include "convert/keras/resize.h"

namespace pome::keras {
namespace {

Result<Tensor> rescaling(LayerContext& c) {
  std::vector<int64_t> scale_dims;
  std::vector<int64_t> offset_dims;
  std::vector<float> scale = c.config.numbers("scale", scale_dims);
  std::vector<float> offset = c.config.numbers("offset", offset_dims);
  POME_TRY(c.config.status());
  Tensor y = c.inputs[0];
  const int rank = Writer::shape(y).rank();
  if (static_cast<int>(scale_dims.size()) > rank || static_cast<int>(offset_dims.size()) > rank)
    return Error(ErrorCode::kInvalidModel, "its scale or offset has more axes than its input");
  if (!scale.empty()) {
    POME_ASSIGN(const Array by, Array::from(scale_dims, scale));
    y = c.w.binary("mul", y, by);
  }
  const bool zero = std::all_of(offset.begin(), offset.end(), [](float v) { return v == 0; });
  if (zero) return y;
  POME_ASSIGN(const Array plus, Array::from(offset_dims, offset));
  return c.w.binary("add", y, plus);
}

std::vector<WeightSlot> normalization_weights(const Layer& layer) {
  Config config(layer.config);
  if (config.has("mean") || config.has("variance")) return {};
  return {{"mean", false}, {"variance", false}, {"count", false}};
}

/// Mean or variance, in a shape that broadcasts against the input: its own extents at `axes`.
Result<Array> placed(const Array& values, const Shape& input, const std::vector<int>& axes) {
  std::vector<int64_t> dims(static_cast<size_t>(input.rank()), 1);
  int64_t expected = 1;
  for (int axis : axes) {
    dims[static_cast<size_t>(axis)] = input[axis];
    expected *= input[axis];
  }
  if (values.size() == 1) return values.reshaped({1});
  if (values.size() == expected) return values.reshaped(dims);
  return Error(ErrorCode::kInvalidModel, "its mean or variance has shape " + values.shape_text() +
                                             ", its input of shape " + input.to_string() +
                                             " and its axis ask for " + std::to_string(expected) +
                                             " values");
}

Result<Tensor> normalization(LayerContext& c) {
  std::vector<int64_t> mean_dims;
  std::vector<int64_t> variance_dims;
  const std::vector<float> mean_given = c.config.numbers("mean", mean_dims);
  const std::vector<float> variance_given = c.config.numbers("variance", variance_dims);
  const bool no_axis = c.config.raw("axis") != nullptr && c.config.raw("axis")->is_null();
  auto axes = c.config.integers("axis", -Shape::kMaxRank, Shape::kMaxRank);
  const bool invert = c.config.flag("invert", false);
  POME_TRY(c.config.status());
  const Tensor x = c.w.not_flat(c.inputs[0]);
  const Shape s = Writer::shape(x);
  if (axes.empty() && !no_axis) axes = {-1};
  std::vector<int> places;
  for (int64_t axis : axes) {
    const auto place = normalize_axis(axis, s.rank());
    if (!place || *place == 0)
      return Error(ErrorCode::kInvalidModel, "axis " + std::to_string(axis) + " of shape " +
                                                 s.to_string() + " is outside, or the batch");
    places.push_back(*place);
  }
  std::sort(places.begin(), places.end());
  Array mean;
  Array variance;
  if (mean_given.empty()) {
    if (c.layer.weights.size() < 2)
      return Error(ErrorCode::kInvalidModel,
                   "it was saved before adapt() gave it mean and variance");
    mean = c.layer.weights[0];
    variance = c.layer.weights[1];
  } else {
    POME_ASSIGN(mean, Array::from(mean_dims, mean_given));
    POME_ASSIGN(variance, Array::from(variance_dims, variance_given));
  }
  std::vector<float> deviation;
  for (float v : variance.values()) deviation.push_back(std::max(std::sqrt(v), 1e-7f));
  POME_ASSIGN(const Array root, Array::from(variance.dims(), deviation));
  POME_ASSIGN(const Array by, placed(root, s, places));
  POME_ASSIGN(const Array middle, placed(mean, s, places));
  if (invert) return c.w.binary("add", c.w.binary("mul", x, by), middle);
  return c.w.binary("real_div", c.w.binary("sub", x, middle), by);
}

/// [top, bottom, left, right] that leaves the middle of the given size.
std::array<int64_t, 4> middle_of(int64_t h, int64_t w, int64_t height, int64_t width) {
  const int64_t top = (h - height) / 2;
  const int64_t left = (w - width) / 2;
  return {top, h - height - top, left, w - width - left};
}

Result<Tensor> resizing(LayerContext& c) {
  const int64_t height = c.config.integer("height", 0, 1, 1 << 20);
  const int64_t width = c.config.integer("width", 0, 1, 1 << 20);
  const std::string mode = c.config.text("interpolation", "bilinear");
  const bool cut = c.config.flag("crop_to_aspect_ratio", false);
  const bool pad = c.config.flag("pad_to_aspect_ratio", false);
  const bool smooth = c.config.flag("antialias", false);
  const bool first = c.channels_first();
  POME_TRY(c.config.status());
  if ((mode != "bilinear" && mode != "nearest") || pad || smooth) {
    return Error(ErrorCode::kUnsupported,
                 "interpolation \"" + mode + "\"" + (pad ? " with padding" : "") +
                     (smooth ? " with antialiasing" : "") +
                     " is not supported; bilinear and nearest are, without either");
  }
  POME_ASSIGN(Tensor x, as_image(c, first));
  if (!c.w.ok()) return Tensor{};
  if (cut) {
    const int64_t h = x.value->shape()[2];
    const int64_t w = x.value->shape()[3];
    const int64_t keep_h = std::min(
        h, static_cast<int64_t>(static_cast<double>(w * height) / static_cast<double>(width)));
    const int64_t keep_w = std::min(
        w, static_cast<int64_t>(static_cast<double>(h * width) / static_cast<double>(height)));
    if (keep_h < 1 || keep_w < 1)
      return Error(ErrorCode::kInvalidModel, "cropping to the aspect ratio leaves nothing");
    x.value = crop(c.w, x.value, middle_of(h, w, keep_h, keep_w));
  }
  const auto how = mode == "nearest" ? Resampling::kNearest : Resampling::kBilinear;
  return Tensor{resize(c.w, x.value, height, width, how), x.layout, {}};
}

Result<Tensor> center_crop(LayerContext& c) {
  const int64_t height = c.config.integer("height", 0, 1, 1 << 20);
  const int64_t width = c.config.integer("width", 0, 1, 1 << 20);
  const bool first = c.channels_first();
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, first));
  if (!c.w.ok()) return Tensor{};
  const int64_t h = x.value->shape()[2];
  const int64_t w = x.value->shape()[3];
  if (h < height || w < width) {
    return Error(ErrorCode::kUnsupported, "a centre crop of " + std::to_string(height) + " x " +
                                              std::to_string(width) + " out of the smaller " +
                                              std::to_string(h) + " x " + std::to_string(w) +
                                              " is not supported");
  }
  return Tensor{crop(c.w, x.value, middle_of(h, w, height, width)), x.layout, {}};
}

constexpr LayerKind kPreprocessingLayers[] = {
    {"Rescaling", rescaling},
    {"Normalization", normalization, normalization_weights},
    {"Resizing", resizing},
    {"CenterCrop", center_crop},
};

}  // namespace

std::span<const LayerKind> preprocessing_layers() { return kPreprocessingLayers; }

}  // namespace pome::keras
