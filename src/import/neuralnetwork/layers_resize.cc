// Upsampling and resampling of pictures.
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

/// A factor as MIL takes it: int32 where it is whole.
ops::Arg factor_arg(bool whole, double factor) {
  return whole ? ops::Arg(static_cast<int>(factor)) : ops::Arg(factor);
}

void upsample(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  using Params = spec::UpsampleLayerParams;
  const Params& p = l.layer().upsample();
  std::array<double, 2> factor{};
  const bool whole = p.fractionalscalingfactor().empty();
  if (whole) {
    const auto sizes = l.pair(p.scalingfactor(), "scalingFactor", 1, 1);
    factor = {static_cast<double>(sizes[0]), static_cast<double>(sizes[1])};
  } else if (p.fractionalscalingfactor_size() == 2) {
    factor = {p.fractionalscalingfactor(0), p.fractionalscalingfactor(1)};
  }
  if (!(factor[0] > 0 && factor[1] > 0 && factor[0] < 1e6 && factor[1] < 1e6)) {
    l.fail(ErrorCode::kInvalidModel, "the scaling factor is not two positive numbers");
    return;
  }
  ir::Value* x = l.fold(l.in());
  std::vector<std::pair<std::string, ops::Arg>> args = {
      {"x", x},
      {"scale_factor_height", factor_arg(whole, factor[0])},
      {"scale_factor_width", factor_arg(whole, factor[1])}};
  std::string_view kind = "upsample_nearest_neighbor";
  if (p.mode() == Params::BILINEAR) {
    kind = "upsample_bilinear";
    // DEFAULT samples at i * Xin / Xout, as TensorFlow 1 did.
    args.emplace_back("align_corners", p.linearupsamplemode() == Params::ALIGN_CORNERS_TRUE);
    args.emplace_back("half_pixel_centers", p.linearupsamplemode() == Params::ALIGN_CORNERS_FALSE);
  }
  ir::Op* op = l.add_op(kind, args);
  if (op != nullptr) l.out(l.unfold(op->output(), l.shape()));
}

const char* sampling_mode(const spec::SamplingMode& mode) {
  switch (mode.samplingmethod()) {
    case spec::SamplingMode::ALIGN_ENDPOINTS_MODE:
      return "ALIGN_CORNERS";
    case spec::SamplingMode::UPSAMPLE_MODE:
      return "DEFAULT";
    case spec::SamplingMode::ROI_ALIGN_MODE:
      return "OFFSET_CORNERS";
    default:
      return "STRICT_ALIGN_CORNERS";
  }
}

void resize_bilinear(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const auto& p = l.layer().resizebilinear();
  const auto size = l.pair(p.targetsize(), "targetSize", 1, 1);
  ir::Value* y = l.add("resize_bilinear", {{"x", l.fold(l.in())},
                                           {"target_size_height", static_cast<int>(size[0])},
                                           {"target_size_width", static_cast<int>(size[1])},
                                           {"sampling_mode", sampling_mode(p.mode())}});
  l.out(l.unfold(y, l.shape()));
}

const char* box_mode(const spec::BoxCoordinatesMode& mode) {
  switch (mode.boxmode()) {
    case spec::BoxCoordinatesMode::CORNERS_WIDTH_FIRST:
      return "CORNERS_WIDTH_FIRST";
    case spec::BoxCoordinatesMode::CENTER_SIZE_HEIGHT_FIRST:
      return "CENTER_SIZE_HEIGHT_FIRST";
    case spec::BoxCoordinatesMode::CENTER_SIZE_WIDTH_FIRST:
      return "CENTER_SIZE_WIDTH_FIRST";
    default:
      return "CORNERS_HEIGHT_FIRST";
  }
}

/// Exact blobs: picture [1,B,C,H,W], boxes [N,1,4 or 5,1,1], result [N,B,C,h,w]. MIL takes the
/// picture without its first axis. Folded blobs have B = 1: boxes [N,4 or 5,1,1], result [N,C,h,w].
void crop_resize(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  const int rank = l.exact() ? 5 : 4;
  for (int i = 0; i < 2; ++i) {
    if (l.shape(i).rank() == rank) continue;
    l.fail(ErrorCode::kInvalidModel, "input " + std::to_string(i) + " has shape " +
                                         l.shape(i).to_string() + ", " + std::to_string(rank) +
                                         " axes are expected");
    return;
  }
  const auto& p = l.layer().cropresize();
  const auto size = l.pair(p.targetsize(), "targetSize", 1, 1);
  const auto second = ops::Arg::ints({l.exact() ? 0 : 1});
  ir::Value* x =
      l.exact() ? l.add("squeeze", {{"x", l.in(0)}, {"axes", ops::Arg::ints({0})}}) : l.in(0);
  ir::Value* boxes = l.exact() ? l.in(1) : l.add("expand_dims", {{"x", l.in(1)}, {"axes", second}});
  const float scale = p.spatialscale() == 0 ? 1.f : p.spatialscale();
  ir::Value* y = l.add("crop_resize", {{"x", x},
                                       {"roi", boxes},
                                       {"target_height", static_cast<int>(size[0])},
                                       {"target_width", static_cast<int>(size[1])},
                                       {"normalized_coordinates", p.normalizedcoordinates()},
                                       {"spatial_scale", scale},
                                       {"box_coordinate_mode", box_mode(p.boxindicesmode())},
                                       {"sampling_mode", sampling_mode(p.mode())}});
  l.out(l.exact() ? y : l.add("squeeze", {{"x", y}, {"axes", second}}));
}

constexpr auto kResizeRows = std::to_array<LayerRow>({
    {Layer::kUpsample, upsample},
    {Layer::kResizeBilinear, resize_bilinear},
    {Layer::kCropResize, crop_resize},
});

}  // namespace

std::span<const LayerRow> resize_layers() { return kResizeRows; }

}  // namespace pome::import
