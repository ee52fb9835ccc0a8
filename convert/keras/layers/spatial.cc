// ZeroPadding2D, Cropping2D, UpSampling2D.
#include "base/try.h"
#include "convert/keras/layers/common.h"
#include "convert/keras/resize.h"

namespace pome::keras {
namespace {

using ops::Arg;

Result<Tensor> zero_padding(LayerContext& c) {
  const auto by =
      c.config.has("padding") ? c.config.border("padding") : std::array<int64_t, 4>{1, 1, 1, 1};
  const bool first = c.channels_first();
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, first));
  return Tensor{c.w.op("pad", {{"x", x.value},
                               {"pad", Arg::ints({0, 0, 0, 0, by[0], by[1], by[2], by[3]})},
                               {"mode", "constant"},
                               {"constant_val", 0.0f}}),
                x.layout,
                {}};
}

Result<Tensor> cropping(LayerContext& c) {
  const auto by = c.config.border("cropping");
  const bool first = c.channels_first();
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, first));
  const Shape& s = x.value->shape();
  if (by[0] + by[1] >= s[2] || by[2] + by[3] >= s[3]) {
    return Error(ErrorCode::kInvalidModel, "cropping " + translate::extents_text(by) +
                                               " leaves nothing of a picture of " +
                                               std::to_string(s[2]) + " x " + std::to_string(s[3]));
  }
  return Tensor{crop(c.w, x.value, by), x.layout, {}};
}

Result<Tensor> up_sampling(LayerContext& c) {
  const auto factor = c.config.pair("size", {2, 2}, 1);
  const std::string mode = c.config.text("interpolation", "nearest");
  const bool first = c.channels_first();
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, first));
  const Shape s = x.value->shape();
  Resampling how = Resampling::kNearest;
  if (mode == "bilinear") {
    how = samples_corners(c.source) ? Resampling::kBilinearCorner : Resampling::kBilinear;
  } else if (mode != "nearest") {
    return Error(ErrorCode::kUnsupported,
                 "interpolation \"" + mode + "\" is not supported; nearest and bilinear are");
  }
  ir::Value* y = resize(c.w, x.value, s[2] * factor[0], s[3] * factor[1], how);
  return Tensor{y, x.layout, {}};
}

constexpr LayerKind kSpatialLayers[] = {
    {"ZeroPadding2D", zero_padding},
    {"Cropping2D", cropping},
    {"UpSampling2D", up_sampling},
};

}  // namespace

std::span<const LayerKind> spatial_layers() { return kSpatialLayers; }

}  // namespace pome::keras
