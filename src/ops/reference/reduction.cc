#include "ops/reduction.h"

#include <array>
#include <cmath>
#include <limits>

#include "base/try.h"
#include "ops/infer.h"
#include "ops/reference/elements.h"

namespace pome::ops::reference {
namespace {

/// A nest of loops over a part of a tensor's axes, outermost first, contiguous neighbours merged.
class Walk {
 public:
  void add(int64_t extent, int64_t stride) {
    count_ *= extent;
    if (extent == 1) return;
    if (rank_ > 0 && axes_[rank_ - 1].stride == stride * extent) {
      axes_[rank_ - 1] = {axes_[rank_ - 1].extent * extent, stride};
    } else {
      axes_[rank_++] = {extent, stride};
    }
  }
  int64_t count() const { return count_; }
  /// f(offset) at every position in order.
  template <typename F>
  void for_each(F f) const {
    if (count_ == 0) return;
    const Axis inner = rank_ > 0 ? axes_[rank_ - 1] : Axis{1, 1};
    std::array<int64_t, Shape::kMaxRank> at{};
    int64_t offset = 0;
    for (int64_t row = 0; row < count_ / inner.extent; ++row) {
      for (int64_t i = 0; i < inner.extent; ++i) f(offset + i * inner.stride);
      for (size_t d = rank_ < 2 ? 0 : rank_ - 1; d-- > 0;) {
        offset += axes_[d].stride;
        if (++at[d] < axes_[d].extent) break;
        offset -= axes_[d].stride * axes_[d].extent;
        at[d] = 0;
      }
    }
  }

 private:
  struct Axis {
    int64_t extent, stride;
  };
  std::array<Axis, Shape::kMaxRank> axes_{};
  size_t rank_ = 0;
  int64_t count_ = 1;
};

/// Calls f(output index, offset in x, the walk over the reduced axes) for each output element.
template <typename F>
Status for_each_output(const Args& args, F f) {
  const Shape& x = args.shape(kReduceX);
  Ints axes;
  if (args.has(kReduceAxes)) {
    POME_ASSIGN(axes, axes_param(args, kReduceAxes, x.rank()));
  }
  const Shape strides = x.strides();
  Walk kept;
  Walk reduced;
  for (int i = 0; i < x.rank(); ++i) {
    const bool is_reduced = !args.has(kReduceAxes) || axes.contains(i);
    (is_reduced ? reduced : kept).add(x[i], strides[i]);
  }
  int64_t out = 0;
  kept.for_each([&](int64_t offset) { f(out++, offset, reduced); });
  return {};
}

/// Folds each group of elements in double: acc = step(acc, x) from `start`, y = finish(acc, n).
template <typename Step, typename Finish>
Status fold_real(const Args& args, Outputs outputs, double start, Step step, Finish finish) {
  const TensorView x = args.tensor(kReduceX);
  const bool fp32 = x.dtype == ir::DType::kFp32;
  return for_each_output(args, [&](int64_t out, int64_t offset, const Walk& reduced) {
    double acc = start;
    if (fp32) {
      reduced.for_each([&](int64_t i) { acc = step(acc, load_float(x.data, offset + i)); });
    } else {
      reduced.for_each([&](int64_t i) { acc = step(acc, x.real(offset + i)); });
    }
    outputs[0].set_real(out, finish(acc, static_cast<double>(reduced.count())));
  });
}

/// The same for integers, in 64 bits that wrap.
template <typename Step>
Status fold_integer(const Args& args, Outputs outputs, int64_t start, Step step) {
  const TensorView x = args.tensor(kReduceX);
  return for_each_output(args, [&](int64_t out, int64_t offset, const Walk& reduced) {
    auto acc = static_cast<uint64_t>(start);
    reduced.for_each([&](int64_t i) {
      acc = static_cast<uint64_t>(step(acc, static_cast<uint64_t>(x.integer(offset + i))));
    });
    set_wrapped(outputs[0], out, static_cast<int64_t>(acc));
  });
}

double same(double acc, double) { return acc; }

bool is_real(const Args& args) { return ir::is_float(args.dtype(kReduceX)); }

/// The position of the first element that none is `better` than.
template <typename Better>
Status arg_reduce(const Args& args, Outputs outputs, Better better) {
  const TensorView x = args.tensor(kArgReduceX);
  POME_ASSIGN(const int axis, axis_param(args, kArgReduceAxis, x.shape.rank()));
  const int64_t extent = x.shape[axis];
  int64_t inner = 1;
  for (int i = axis + 1; i < x.shape.rank(); ++i) inner *= x.shape[i];
  const int64_t lines = outputs[0].elements();
  for (int64_t line = 0; line < lines; ++line) {
    const int64_t first = line / inner * extent * inner + line % inner;
    int64_t best = 0;
    double best_value = x.real(first);
    for (int64_t k = 1; k < extent && !std::isnan(best_value); ++k) {
      const double value = x.real(first + k * inner);
      if (!std::isnan(value) && !better(value, best_value)) continue;
      best = k;
      best_value = value;
    }
    outputs[0].set_integer(line, best);
  }
  return {};
}

}  // namespace

Status reduce_argmax(const Args& args, Outputs outputs) {
  return arg_reduce(args, outputs, [](double a, double b) { return a > b; });
}

Status reduce_argmin(const Args& args, Outputs outputs) {
  return arg_reduce(args, outputs, [](double a, double b) { return a < b; });
}

Status reduce_l1_norm(const Args& args, Outputs outputs) {
  if (!is_real(args)) {
    return fold_integer(args, outputs, 0, [](uint64_t acc, uint64_t x) {
      return acc + (static_cast<int64_t>(x) < 0 ? 0 - x : x);
    });
  }
  return fold_real(
      args, outputs, 0, [](double acc, double x) { return acc + std::abs(x); }, same);
}

Status reduce_l2_norm(const Args& args, Outputs outputs) {
  return fold_real(
      args, outputs, 0, [](double acc, double x) { return acc + x * x; },
      [](double acc, double) { return std::sqrt(acc); });
}

Status reduce_log_sum(const Args& args, Outputs outputs) {
  return fold_real(
      args, outputs, 0, [](double acc, double x) { return acc + x; },
      [](double acc, double) { return std::log(acc); });
}

Status reduce_log_sum_exp(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kReduceX);
  return for_each_output(args, [&](int64_t out, int64_t offset, const Walk& reduced) {
    double largest = -std::numeric_limits<double>::infinity();
    reduced.for_each([&](int64_t i) { largest = std::fmax(largest, x.real(offset + i)); });
    const double shift = std::isfinite(largest) ? largest : 0;
    double sum = 0;
    reduced.for_each([&](int64_t i) { sum += std::exp(x.real(offset + i) - shift); });
    outputs[0].set_real(out, shift + std::log(sum));
  });
}

Status reduce_max(const Args& args, Outputs outputs) {
  return fold_real(
      args, outputs, -std::numeric_limits<double>::infinity(),
      [](double acc, double x) { return acc != acc || acc > x ? acc : x; }, same);
}

Status reduce_mean(const Args& args, Outputs outputs) {
  return fold_real(
      args, outputs, 0, [](double acc, double x) { return acc + x; },
      [](double acc, double n) { return acc / n; });
}

Status reduce_min(const Args& args, Outputs outputs) {
  return fold_real(
      args, outputs, std::numeric_limits<double>::infinity(),
      [](double acc, double x) { return acc != acc || acc < x ? acc : x; }, same);
}

Status reduce_prod(const Args& args, Outputs outputs) {
  if (!is_real(args))
    return fold_integer(args, outputs, 1, [](uint64_t acc, uint64_t x) { return acc * x; });
  return fold_real(
      args, outputs, 1, [](double acc, double x) { return acc * x; }, same);
}

Status reduce_sum(const Args& args, Outputs outputs) {
  if (!is_real(args))
    return fold_integer(args, outputs, 0, [](uint64_t acc, uint64_t x) { return acc + x; });
  return fold_real(
      args, outputs, 0, [](double acc, double x) { return acc + x; }, same);
}

Status reduce_sum_square(const Args& args, Outputs outputs) {
  if (!is_real(args))
    return fold_integer(args, outputs, 0, [](uint64_t acc, uint64_t x) { return acc + x * x; });
  return fold_real(
      args, outputs, 0, [](double acc, double x) { return acc + x * x; }, same);
}

}  // namespace pome::ops::reference
