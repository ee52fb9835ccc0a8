// resample and affine: reading an image at given positions.
#include <algorithm>
#include <cmath>

#include "ops/image_resizing.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

enum class Padding { kConstant, kBorder, kReflection, kSymmetric };

Padding padding(std::string_view mode) {
  if (mode == "border") return Padding::kBorder;
  if (mode == "reflection") return Padding::kReflection;
  if (mode == "symmetric") return Padding::kSymmetric;
  return Padding::kConstant;
}

/// Folds a position into [low, low + length] as a mirror at each end does.
double mirror(double position, double low, double length) {
  if (length <= 0) return low;
  const double along = std::fmod(std::abs(position - low), 2 * length);
  return low + (along > length ? 2 * length - along : along);
}

/// The position that is read instead of one outside [0, extent - 1].
double fold(double position, int64_t extent, Padding padding) {
  const auto last = static_cast<double>(extent - 1);
  if (padding == Padding::kConstant) return position;
  if (!std::isfinite(position)) position = position > 0 ? last : 0;
  if (padding == Padding::kReflection) position = mirror(position, 0, last);
  if (padding == Padding::kSymmetric) position = mirror(position, -0.5, last + 1);
  return std::clamp(position, 0.0, last);
}

/// Reads one plane of an image.
struct Plane {
  Reals x;
  int64_t first = 0;
  int64_t height = 0;
  int64_t width = 0;
  double outside = 0;

  double cell(double row, double column) const {
    const bool inside = row >= 0 && row < static_cast<double>(height) && column >= 0 &&
                        column < static_cast<double>(width);
    if (!inside) return outside;
    return x[first + static_cast<int64_t>(row) * width + static_cast<int64_t>(column)];
  }
  double nearest(double row, double column) const {
    return cell(std::nearbyint(row), std::nearbyint(column));
  }
  double bilinear(double row, double column) const {
    const double r = std::floor(row);
    const double c = std::floor(column);
    if (!std::isfinite(r) || !std::isfinite(c)) return outside;
    return mix(mix(cell(r, c), cell(r, c + 1), column - c),
               mix(cell(r + 1, c), cell(r + 1, c + 1), column - c), row - r);
  }
  static double mix(double a, double b, double part) {
    return part == 0 ? a : a * (1 - part) + b * part;
  }
};

/// A coordinate in -1..1 as a position among `extent` cells: -1 and 1 are the centres of the first
/// and last, or their outer edges.
double from_minus_one_to_one(double v, int64_t extent, bool align_corners) {
  const auto n = static_cast<double>(extent);
  return align_corners ? (v + 1) / 2 * (n - 1) : ((v + 1) * n - 1) / 2;
}

double to_position(double v, int64_t extent, std::string_view mode, bool align_corners) {
  if (mode == "unnormalized") return v;
  const double signed_v = mode == "normalized_zero_to_one" ? 2 * v - 1 : v;
  return from_minus_one_to_one(signed_v, extent, align_corners);
}

}  // namespace

Status resample(const Args& args, Outputs outputs) {
  using P = ResampleParam;
  const Shape& shape = args.shape(P::kX);
  const Reals at(args.tensor(P::kCoordinates));
  const Padding pad = padding(args.text(P::kPaddingMode));
  const std::string_view mode = args.text(P::kCoordinatesMode);
  const bool align = args.flag(P::kAlignCorners);
  const bool nearest = args.text(P::kSamplingMode) == "nearest";
  const int64_t pixels = outputs[0].shape[2] * outputs[0].shape[3];
  Plane plane{Reals(args.tensor(P::kX)), 0, shape[2], shape[3], args.real(P::kPaddingValue)};
  for (int64_t i = 0; i < shape[0] * shape[1]; ++i) {
    plane.first = i * shape[2] * shape[3];
    for (int64_t p = 0; p < pixels; ++p) {
      const int64_t pair = (i / shape[1] * pixels + p) * 2;
      const double column = fold(to_position(at[pair], shape[3], mode, align), shape[3], pad);
      const double row = fold(to_position(at[pair + 1], shape[2], mode, align), shape[2], pad);
      outputs[0].set_real(i * pixels + p,
                          nearest ? plane.nearest(row, column) : plane.bilinear(row, column));
    }
  }
  return {};
}

Status affine(const Args& args, Outputs outputs) {
  using P = AffineParam;
  const Shape& shape = args.shape(P::kX);
  const Reals matrices(args.tensor(P::kTransformMatrix));
  const bool align = args.flag(P::kAlignCorners);
  const int64_t height = outputs[0].shape[2];
  const int64_t width = outputs[0].shape[3];
  // The result's own pixels in -1..1.
  const auto normalized = [&](int64_t i, int64_t n) {
    if (align) return n == 1 ? 0.0 : 2.0 * static_cast<double>(i) / static_cast<double>(n - 1) - 1;
    return (2.0 * static_cast<double>(i) + 1) / static_cast<double>(n) - 1;
  };
  Plane plane{Reals(args.tensor(P::kX)), 0, shape[2], shape[3], args.real(P::kPaddingValue)};
  for (int64_t i = 0; i < shape[0] * shape[1]; ++i) {
    plane.first = i * shape[2] * shape[3];
    double m[6];
    const bool shared = args.shape(P::kTransformMatrix)[0] == 1;
    matrices.read(m, shared ? 0 : i / shape[1] * 6, 6);
    for (int64_t h = 0; h < height; ++h) {
      const double y = normalized(h, height);
      for (int64_t w = 0; w < width; ++w) {
        const double x = normalized(w, width);
        const double column = from_minus_one_to_one(m[0] * x + m[1] * y + m[2], shape[3], align);
        const double row = from_minus_one_to_one(m[3] * x + m[4] * y + m[5], shape[2], align);
        outputs[0].set_real((i * height + h) * width + w, plane.bilinear(row, column));
      }
    }
  }
  return {};
}

}  // namespace pome::ops::reference
