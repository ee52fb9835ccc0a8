// Normalizations by their formulas, in double. All may write where they read.
#include "ops/normalization.h"

#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

/// Some of a row-major tensor's axes, ascending; neighbours that lie in one piece are merged.
struct Axes {
  std::array<int64_t, Shape::kMaxRank> extent{};
  std::array<int64_t, Shape::kMaxRank> step{};
  int rank = 0;

  void push(int64_t axis_extent, int64_t axis_step) {
    if (rank > 0 && step[last()] == axis_extent * axis_step) {
      extent[last()] *= axis_extent;
      step[last()] = axis_step;
      return;
    }
    extent[static_cast<size_t>(rank)] = axis_extent;
    step[static_cast<size_t>(rank++)] = axis_step;
  }

  /// Calls f(offset) for each position, in row-major order; once for no axes.
  template <typename F>
  void for_each(F f) const {
    int64_t count = 1;
    for (int i = 0; i < rank; ++i) count *= extent[static_cast<size_t>(i)];
    std::array<int64_t, Shape::kMaxRank> at{};
    int64_t offset = 0;
    for (int64_t n = 0; n < count; ++n) {
      f(offset);
      for (int i = rank - 1; i >= 0; --i) {
        const auto k = static_cast<size_t>(i);
        offset += step[k];
        if (++at[k] < extent[k]) break;
        offset -= step[k] * extent[k];
        at[k] = 0;
      }
    }
  }

 private:
  size_t last() const { return static_cast<size_t>(rank - 1); }
};

struct Moments {
  double mean = 0;
  double variance = 0;  // divided by the count
};

Moments moments(const Reals& x, int64_t first, const Axes& axes) {
  double sum = 0;
  int64_t count = 0;
  axes.for_each([&](int64_t offset) {
    sum += x[first + offset];
    ++count;
  });
  const double mean = sum / static_cast<double>(count);
  double squares = 0;
  axes.for_each([&](int64_t offset) {
    const double d = x[first + offset] - mean;
    squares += d * d;
  });
  return {mean, squares / static_cast<double>(count)};
}

/// The element of an optional weight.
double weight(const Args& args, int param, int64_t i, double absent) {
  return args.has(param) ? Reals(args.tensor(param))[i] : absent;
}

/// Elements of one channel of one image.
int64_t channel_size(const Shape& shape) {
  int64_t n = 1;
  for (int i = 2; i < shape.rank(); ++i) n *= shape[i];
  return n;
}

}  // namespace

Status batch_norm(const Args& args, Outputs outputs) {
  using P = BatchNormParam;
  const TensorView& y = outputs[0];
  const Reals x(args.tensor(P::kX));
  const double epsilon = args.real(P::kEpsilon);
  const int64_t size = channel_size(y.shape);
  for (int64_t row = 0; row < y.shape[0] * y.shape[1]; ++row) {
    const int64_t c = row % y.shape[1];
    const double mean = weight(args, P::kMean, c, 0);
    const double deviation = std::sqrt(weight(args, P::kVariance, c, 1) + epsilon);
    const double scale = weight(args, P::kGamma, c, 1) / deviation;
    const double shift = weight(args, P::kBeta, c, 0);
    for (int64_t i = row * size; i < (row + 1) * size; ++i)
      y.set_real(i, (x[i] - mean) * scale + shift);
  }
  return {};
}

Status instance_norm(const Args& args, Outputs outputs) {
  using P = InstanceNormParam;
  const TensorView& y = outputs[0];
  const Reals x(args.tensor(P::kX));
  const int64_t size = channel_size(y.shape);
  Axes axes;
  axes.push(size, 1);
  for (int64_t row = 0; row < y.shape[0] * y.shape[1]; ++row) {
    const int64_t c = row % y.shape[1];
    const Moments m = moments(x, row * size, axes);
    const double deviation = std::sqrt(m.variance + args.real(P::kEpsilon));
    const double scale = weight(args, P::kGamma, c, 1) / deviation;
    const double shift = weight(args, P::kBeta, c, 0);
    for (int64_t i = row * size; i < (row + 1) * size; ++i)
      y.set_real(i, (x[i] - m.mean) * scale + shift);
  }
  return {};
}

Status layer_norm(const Args& args, Outputs outputs) {
  using P = LayerNormParam;
  const TensorView& y = outputs[0];
  const Reals x(args.tensor(P::kX));
  POME_ASSIGN(const Ints axes, layer_norm_axes(args));
  const Shape strides = y.shape.strides();
  Axes inner;
  Axes outer;
  for (int i = 0; i < y.shape.rank(); ++i)
    (axes.contains(i) ? inner : outer).push(y.shape[i], strides[i]);
  const double epsilon = args.real(P::kEpsilon);
  outer.for_each([&](int64_t first) {
    const Moments m = moments(x, first, inner);
    const double scale = 1 / std::sqrt(m.variance + epsilon);
    int64_t i = 0;
    inner.for_each([&](int64_t offset) {
      const double gamma = weight(args, P::kGamma, i, 1);
      const double beta = weight(args, P::kBeta, i, 0);
      y.set_real(first + offset, (x[first + offset] - m.mean) * scale * gamma + beta);
      ++i;
    });
  });
  return {};
}

Status l2_norm(const Args& args, Outputs outputs) {
  using P = L2NormParam;
  const TensorView& y = outputs[0];
  const Reals x(args.tensor(P::kX));
  const int rank = y.shape.rank();
  const int64_t size = y.shape[rank - 1] * y.shape[rank - 2] * y.shape[rank - 3];
  const int64_t n = y.elements();
  for (int64_t first = 0; first < n; first += size) {
    double squares = 0;
    for (int64_t i = first; i < first + size; ++i) squares += x[i] * x[i];
    const double norm = std::sqrt(squares + args.real(P::kEpsilon));
    for (int64_t i = first; i < first + size; ++i) y.set_real(i, x[i] / norm);
  }
  return {};
}

Status local_response_norm(const Args& args, Outputs outputs) {
  using P = LocalResponseNormParam;
  const TensorView& y = outputs[0];
  const Reals x(args.tensor(P::kX));
  const int64_t window = args.integer(P::kSize);
  const double alpha = args.real(P::kAlpha) / static_cast<double>(window);
  const double beta = args.real(P::kBeta);
  const double k = args.real(P::kK);
  const int64_t channels = y.shape[1];
  const int64_t size = channel_size(y.shape);
  for (int64_t n = 0; n < y.shape[0]; ++n) {
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t begin = std::max<int64_t>(0, c - window / 2);
      const int64_t end = std::min(channels, c + (window - 1) / 2 + 1);
      for (int64_t i = 0; i < size; ++i) {
        double squares = 0;
        for (int64_t j = begin; j < end; ++j) {
          const double v = x[(n * channels + j) * size + i];
          squares += v * v;
        }
        const int64_t at = (n * channels + c) * size + i;
        y.set_real(at, x[at] / std::pow(k + alpha * squares, beta));
      }
    }
  }
  return {};
}

}  // namespace pome::ops::reference
