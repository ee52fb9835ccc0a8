// Resizing pictures, and exchanging pixels for channels.
#include <array>
#include <cmath>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"

namespace pome::exporter {
namespace {

using Upsample = spec::UpsampleLayerParams;

Status check_picture_rank(LayerWriter& w) {
  if (w.shape("x").rank() == 4) return {};
  return w.unsupported("a value of shape " + w.shape("x").to_string() + "; four axes are expected");
}

/// Whole factors, or fractions where the specification is new enough for them.
Status fill_factors(LayerWriter& w, Upsample& p, double height, double width) {
  if (height == std::floor(height) && width == std::floor(width)) {
    p.add_scalingfactor(static_cast<uint64_t>(height));
    p.add_scalingfactor(static_cast<uint64_t>(width));
    return {};
  }
  if (!w.exact()) return w.unsupported("a fractional factor before specification version 5");
  w.require_version(5);
  p.add_fractionalscalingfactor(static_cast<float>(height));
  p.add_fractionalscalingfactor(static_cast<float>(width));
  return {};
}

Status upsample_nearest(LayerWriter& w) {
  POME_TRY(check_picture_rank(w));
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  POME_TRY(fill_factors(w, *layer->mutable_upsample(), w.real("scale_factor_height"),
                        w.real("scale_factor_width")));
  return w.result();
}

/// To a multiple of the size nearest neighbours are those of upsampling.
Status resize_nearest(LayerWriter& w) {
  POME_TRY(check_picture_rank(w));
  const Shape& s = w.shape("x");
  const int64_t height = w.integer("target_size_height");
  const int64_t width = w.integer("target_size_width");
  if (s[2] < 1 || s[3] < 1 || height % s[2] != 0 || width % s[3] != 0)
    return w.unsupported("a resize to nearest neighbours by a fraction");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  POME_TRY(fill_factors(w, *layer->mutable_upsample(), static_cast<double>(height / s[2]),
                        static_cast<double>(width / s[3])));
  return w.result();
}

Status upsample_bilinear(LayerWriter& w) {
  POME_TRY(check_picture_rank(w));
  const bool corners = w.flag("align_corners");
  const bool centers = w.has("half_pixel_centers") ? w.flag("half_pixel_centers") : !corners;
  const auto mode = corners   ? Upsample::ALIGN_CORNERS_TRUE
                    : centers ? Upsample::ALIGN_CORNERS_FALSE
                              : Upsample::DEFAULT;
  if (mode != Upsample::DEFAULT) {
    if (!w.exact()) return w.unsupported("this sampling before specification version 5");
    w.require_version(5);
  }
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_upsample();
  p.set_mode(Upsample::BILINEAR);
  p.set_linearupsamplemode(mode);
  POME_TRY(fill_factors(w, p, w.real("scale_factor_height"), w.real("scale_factor_width")));
  return w.result();
}

/// Samples at the centres of pixels: an upsampling where the size is a multiple.
Status resize_from_centers(LayerWriter& w, int64_t height, int64_t width) {
  const Shape& s = w.shape("x");
  if (!w.exact()) return w.unsupported("this sampling before specification version 5");
  if (s[2] < 1 || s[3] < 1 || height % s[2] != 0 || width % s[3] != 0)
    return w.unsupported("UNALIGN_CORNERS by a fraction");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_upsample();
  p.set_mode(Upsample::BILINEAR);
  p.set_linearupsamplemode(Upsample::ALIGN_CORNERS_FALSE);
  w.require_version(5);
  POME_TRY(
      fill_factors(w, p, static_cast<double>(height / s[2]), static_cast<double>(width / s[3])));
  return w.result();
}

Status resize_bilinear(LayerWriter& w) {
  POME_TRY(check_picture_rank(w));
  const int64_t height = w.integer("target_size_height");
  const int64_t width = w.integer("target_size_width");
  const std::string_view mode = w.text("sampling_mode");
  if (mode == "UNALIGN_CORNERS") return resize_from_centers(w, height, width);
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_resizebilinear();
  p.add_targetsize(static_cast<uint64_t>(height));
  p.add_targetsize(static_cast<uint64_t>(width));
  auto method = spec::SamplingMode::UPSAMPLE_MODE;
  if (mode == "STRICT_ALIGN_CORNERS") method = spec::SamplingMode::STRICT_ALIGN_ENDPOINTS_MODE;
  if (mode == "ALIGN_CORNERS") method = spec::SamplingMode::ALIGN_ENDPOINTS_MODE;
  if (mode == "OFFSET_CORNERS") method = spec::SamplingMode::ROI_ALIGN_MODE;
  p.mutable_mode()->set_samplingmethod(method);
  return w.result();
}

Status reorganize(LayerWriter& w, spec::ReorganizeDataLayerParams::ReorganizationType mode,
                  std::string_view param) {
  POME_TRY(check_picture_rank(w));
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_reorganizedata();
  p.set_mode(mode);
  p.set_blocksize(static_cast<uint64_t>(w.integer(param)));
  return w.result();
}

using Reorganize = spec::ReorganizeDataLayerParams;

Status pixel_shuffle(LayerWriter& w) {
  if (!w.exact()) return w.unsupported("pixel_shuffle before specification version 5");
  w.require_version(5);
  return reorganize(w, Reorganize::PIXEL_SHUFFLE, "upscale_factor");
}

constexpr auto kPictureRows = std::to_array<OpRow>({
    {"upsample_nearest_neighbor", upsample_nearest},
    {"resize_nearest_neighbor", resize_nearest},
    {"upsample_bilinear", upsample_bilinear},
    {"resize_bilinear", resize_bilinear},
    {"space_to_depth",
     [](LayerWriter& w) { return reorganize(w, Reorganize::SPACE_TO_DEPTH, "block_size"); }},
    {"depth_to_space",
     [](LayerWriter& w) { return reorganize(w, Reorganize::DEPTH_TO_SPACE, "block_size"); }},
    {"pixel_shuffle", pixel_shuffle},
});

}  // namespace

std::span<const OpRow> picture_writers() { return kPictureRows; }

}  // namespace pome::exporter
