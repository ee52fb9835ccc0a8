// Resizing and cropping by their definition; positions and sums in double.
#include "ops/image_resizing.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/try.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

/// A point between cell `low` and the next one, `part` of the way.
struct Point {
  int64_t low = 0;
  double part = 0;
};

Point split(double position) {
  const double low = std::floor(position);
  return {static_cast<int64_t>(low), position - low};
}

struct Grid {
  SamplingMode mode = SamplingMode::kDefault;
  bool nearest = false;

  Point point(int64_t i, int64_t n, int64_t in) const {
    if (nearest) return {nearest_cell(mode, i, n, in), 0};
    return split(grid_position(mode, i, n, static_cast<double>(in - 1)));
  }
};

/// The cells that one row of the result is mixed from: where their rows begin, and their weights.
/// Cells of weight 0 are left out, so that an infinity in them does not become a NaN.
struct Mix {
  static constexpr int kMax = 1 << (Shape::kMaxRank - 1);
  std::array<int64_t, kMax> offset{};
  std::array<double, kMax> weight{1};
  int count = 1;

  void add_axis(const Point& p, int64_t step) {
    const int before = count;
    for (int i = 0; i < before; ++i) {
      auto& at = offset[static_cast<size_t>(i)];
      auto& w = weight[static_cast<size_t>(i)];
      at += p.low * step;
      if (p.part == 0) continue;
      offset[static_cast<size_t>(count)] = at + step;
      weight[static_cast<size_t>(count++)] = w * p.part;
      w *= 1 - p.part;
    }
  }

  double at(const Reals& x, const Point& p) const {
    double sum = 0;
    for (int i = 0; i < count; ++i) {
      const int64_t first = offset[static_cast<size_t>(i)] + p.low;
      double v = x[first];
      if (p.part != 0) v = v * (1 - p.part) + x[first + 1] * p.part;
      sum += weight[static_cast<size_t>(i)] * v;
    }
    return sum;
  }
};

/// Resizes the last `axes` axes of x to those of y.
void resize_axes(const TensorView& from, const TensorView& y, int axes, const Grid& grid) {
  const int rank = y.shape.rank();
  if (rank == 0 || y.elements() == 0) {
    if (rank == 0) y.set_real(0, from.real(0));
    return;
  }
  const Reals x(from);
  const Shape steps = from.shape.strides();
  const int64_t columns = y.shape[rank - 1];
  const int64_t rows = y.elements() / columns;
  for (int64_t row = 0; row < rows; ++row) {
    Mix mix;
    int64_t rest = row;
    for (int i = rank - 2; i >= 0; --i) {
      const int64_t at = rest % y.shape[i];
      rest /= y.shape[i];
      const bool resized = i >= rank - axes;
      mix.add_axis(resized ? grid.point(at, y.shape[i], from.shape[i]) : Point{at, 0}, steps[i]);
    }
    for (int64_t c = 0; c < columns; ++c) {
      const Point p = axes > 0 ? grid.point(c, columns, from.shape[rank - 1]) : Point{c, 0};
      y.set_real(row * columns + c, mix.at(x, p));
    }
  }
}

/// A box edge to edge along one axis: n points from `start` on, towards `end`.
struct Span {
  double start = 0;
  double end = 0;

  /// Position of point i; a box that ends before it starts is mirrored.
  double position(SamplingMode mode, int64_t i, int64_t n) const {
    const double along = grid_position(mode, i, n, std::abs(end - start));
    const double at = end < start ? start - along : start + along;
    return std::clamp(at, std::min(start, end), std::max(start, end));
  }
};

struct Box {
  Span height;
  Span width;
};

/// The four numbers from `first` on, as positions of cells.
Box read_box(const Args& args, const Reals& boxes, int64_t first) {
  using P = CropResizeParam;
  const Shape& x = args.shape(P::kX);
  const std::string_view mode = args.text(P::kBoxCoordinateMode);
  const bool width_first = mode.ends_with("WIDTH_FIRST");
  Box box;
  for (int64_t axis = 0; axis < 2; ++axis) {
    const bool is_width = (axis == 1) != width_first;
    double a = boxes[first + axis];
    double b = boxes[first + axis + 2];
    if (mode.starts_with("CENTER")) {
      const double centre = a;
      a = centre - b / 2;
      b = centre + b / 2;
    }
    double scale = args.real(P::kSpatialScale);
    if (args.flag(P::kNormalizedCoordinates)) scale *= static_cast<double>(x[is_width ? 3 : 2] - 1);
    (is_width ? box.width : box.height) = {a * scale, b * scale};
  }
  return box;
}

/// One channel of one box; the plane of x begins at `from`, that of y at `to`.
void crop_plane(const Args& args, const TensorView& y, const Box& box, int64_t from, int64_t to) {
  using P = CropResizeParam;
  const Reals x(args.tensor(P::kX));
  const SamplingMode mode = *sampling_mode(args, P::kSamplingMode);
  const double pad = args.has(P::kPadValue) ? args.real(P::kPadValue) : 0.0;
  const int64_t in_height = args.shape(P::kX)[2];
  const int64_t in_width = args.shape(P::kX)[3];
  const int64_t height = y.shape.at(-2);
  const int64_t width = y.shape.at(-1);
  const auto outside = [](double position, int64_t extent) {
    return !(position >= 0 && position <= static_cast<double>(extent - 1));
  };
  for (int64_t h = 0; h < height; ++h) {
    const double row = box.height.position(mode, h, height);
    Mix mix;
    mix.offset[0] = from;
    if (!outside(row, in_height)) mix.add_axis(split(row), in_width);
    for (int64_t w = 0; w < width; ++w) {
      const double column = box.width.position(mode, w, width);
      const bool padded = outside(row, in_height) || outside(column, in_width);
      y.set_real(to + h * width + w, padded ? pad : mix.at(x, split(column)));
    }
  }
}

Status check_image(int64_t box, double image, int64_t images) {
  if (image >= 0 && image < static_cast<double>(images)) return {};
  return Error(ErrorCode::kInvalidArgument, "box " + std::to_string(box) + " names image " +
                                                std::to_string(image) + ", x has " +
                                                std::to_string(images) + " images");
}

}  // namespace

Status crop(const Args& args, Outputs outputs) {
  using P = CropParam;
  const TensorView x = args.tensor(P::kX);
  const TensorView& y = outputs[0];
  const int64_t top = args.ints(P::kCropHeight)[0];
  const int64_t left = args.ints(P::kCropWidth)[0];
  const int64_t size = ir::bits(x.dtype) / 8;
  const int64_t width = y.shape.at(-1);
  const int64_t rows = y.elements() / width;
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t plane = row / y.shape.at(-2);
    const int64_t h = row % y.shape.at(-2) + top;
    const int64_t from = (plane * x.shape.at(-2) + h) * x.shape.at(-1) + left;
    std::memcpy(y.data + row * width * size, x.data + from * size,
                static_cast<size_t>(width * size));
  }
  return {};
}

Status crop_resize(const Args& args, Outputs outputs) {
  using P = CropResizeParam;
  const TensorView& y = outputs[0];
  const Shape& x = args.shape(P::kX);
  const Shape& shape = args.shape(P::kBoxes);
  const Reals boxes(args.tensor(P::kBoxes));
  const bool roi = shape.rank() == 5;
  const int64_t numbers = roi ? shape[2] : 4;
  const int64_t every = roi && numbers == 4 ? x[0] : 1;  // images that each box is cut out of
  const int64_t plane = y.shape.at(-1) * y.shape.at(-2);
  int64_t to = 0;
  for (int64_t b = 0; b < shape[0]; ++b) {
    const int64_t first = b * numbers + (numbers - 4);
    const Box box = read_box(args, boxes, first);
    for (int64_t i = 0; i < every; ++i) {
      double image = static_cast<double>(roi ? i : b);
      if (numbers == 5) image = boxes[b * numbers];
      if (args.has(P::kBoxIndices))
        image = static_cast<double>(args.tensor(P::kBoxIndices).integer(b));
      POME_TRY(check_image(b, image, x[0]));
      for (int64_t c = 0; c < x[1]; ++c, to += plane) {
        const int64_t from = (static_cast<int64_t>(image) * x[1] + c) * x[2] * x[3];
        crop_plane(args, y, box, from, to);
      }
    }
  }
  return {};
}

Status resize(const Args& args, Outputs outputs) {
  using P = ResizeParam;
  POME_ASSIGN(const SamplingMode mode, sampling_mode(args, P::kSamplingMode));
  const bool nearest = args.text(P::kInterpolationMode) == "NEAREST_NEIGHBOR";
  const auto axes = static_cast<int>(args.integer(P::kResizedDims));
  resize_axes(args.tensor(P::kX), outputs[0], axes, {mode, nearest});
  return {};
}

Status resize_bilinear(const Args& args, Outputs outputs) {
  using P = ResizeBilinearParam;
  POME_ASSIGN(const SamplingMode mode, sampling_mode(args, P::kSamplingMode));
  resize_axes(args.tensor(P::kX), outputs[0], 2, {mode, false});
  return {};
}

Status resize_nearest_neighbor(const Args& args, Outputs outputs) {
  resize_axes(args.tensor(ResizeNearestParam::kX), outputs[0], 2, {SamplingMode::kDefault, true});
  return {};
}

Status upsample_bilinear(const Args& args, Outputs outputs) {
  POME_ASSIGN(const SamplingMode mode, upsample_mode(args));
  resize_axes(args.tensor(UpsampleParam::kX), outputs[0], 2, {mode, false});
  return {};
}

Status upsample_nearest_neighbor(const Args& args, Outputs outputs) {
  resize_axes(args.tensor(UpsampleParam::kX), outputs[0], 2, {SamplingMode::kDefault, true});
  return {};
}

}  // namespace pome::ops::reference
