#include "ops/tensor_operation.h"

#include <cstring>

#include "base/try.h"
#include "ops/infer.h"
#include "ops/reference/broadcast.h"
#include "ops/reference/elements.h"
#include "ops/reference/strided_copy.h"

namespace pome::ops::reference {
namespace {

void fill_with(const TensorView& value, const TensorView& y) {
  const size_t bytes = element_bytes(y.dtype);
  const int64_t n = y.elements();
  for (int64_t i = 0; i < n; ++i)
    std::memcpy(y.data + static_cast<size_t>(i) * bytes, value.data, bytes);
}

/// Sums along an axis; `T` accumulates.
template <typename T, typename Load, typename Store>
void running_sums(const Shape& shape, int axis, bool exclusive, bool reverse, Load load,
                  Store store) {
  int64_t inner = 1;
  for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  const int64_t extent = shape[axis];
  const int64_t lines = extent == 0 ? 0 : shape.elements() / extent;
  for (int64_t line = 0; line < lines; ++line) {
    const int64_t first = line / inner * extent * inner + line % inner;
    T sum = 0;
    for (int64_t k = 0; k < extent; ++k) {
      const int64_t i = first + (reverse ? extent - 1 - k : k) * inner;
      const T value = load(i);
      store(i, exclusive ? sum : sum + value);
      sum += value;
    }
  }
}

}  // namespace

Status fill(const Args& args, Outputs outputs) {
  fill_with(args.tensor(kFillValue), outputs[0]);
  return {};
}

Status fill_like(const Args& args, Outputs outputs) {
  fill_with(args.tensor(kFillLikeValue), outputs[0]);
  return {};
}

Status shape(const Args& args, Outputs outputs) {
  const Shape& x = args.shape(kShapeX);
  for (int i = 0; i < x.rank(); ++i) outputs[0].set_integer(i, x[i]);
  return {};
}

Status select(const Args& args, Outputs outputs) {
  const TensorView cond = args.tensor(kSelectCond);
  const TensorView a = args.tensor(kSelectA);
  const TensorView b = args.tensor(kSelectB);
  const TensorView& y = outputs[0];
  const size_t bytes = element_bytes(y.dtype);
  const BroadcastAxes<3> axes({&cond.shape, &a.shape, &b.shape}, y.shape);
  axes.for_each_row([&](int64_t out, auto at, int64_t n, auto step) {
    for (int64_t i = 0; i < n; ++i) {
      const bool first = cond.integer(at[0] + i * step[0]) != 0;
      const int64_t from = first ? at[1] + i * step[1] : at[2] + i * step[2];
      std::memcpy(y.data + static_cast<size_t>(out + i) * bytes,
                  (first ? a : b).data + static_cast<size_t>(from) * bytes, bytes);
    }
  });
  return {};
}

Status cumsum(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kCumsumX);
  const TensorView& y = outputs[0];
  POME_ASSIGN(const int axis, axis_param(args, kCumsumAxis, x.shape.rank()));
  const bool exclusive = args.flag(kCumsumExclusive);
  const bool reverse = args.flag(kCumsumReverse);
  if (ir::is_float(x.dtype)) {
    running_sums<double>(
        x.shape, axis, exclusive, reverse, [&](int64_t i) { return x.real(i); },
        [&](int64_t i, double v) { y.set_real(i, v); });
  } else {
    running_sums<int64_t>(
        x.shape, axis, exclusive, reverse, [&](int64_t i) { return x.integer(i); },
        [&](int64_t i, int64_t v) { set_wrapped(y, i, v); });
  }
  return {};
}

Status one_hot(const Args& args, Outputs outputs) {
  const TensorView indices = args.tensor(kOneHotIndices);
  const TensorView& y = outputs[0];
  const TensorView on = args.tensor(kOneHotOn);
  POME_ASSIGN(const int axis, axis_param(args, kOneHotAxis, y.shape.rank()));
  const int64_t size = y.shape[axis];
  int64_t inner = 1;
  for (int i = axis + 1; i < y.shape.rank(); ++i) inner *= y.shape[i];
  const size_t bytes = element_bytes(y.dtype);
  fill_with(args.tensor(kOneHotOff), y);
  const int64_t n = indices.elements();
  for (int64_t i = 0; i < n; ++i) {
    const int64_t hot = indices.integer(i);
    if (hot < 0 || hot >= size) continue;
    const int64_t to = (i / inner * size + hot) * inner + i % inner;
    std::memcpy(y.data + static_cast<size_t>(to) * bytes, on.data, bytes);
  }
  return {};
}

Status band_part(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kBandX);
  const int64_t lower = args.integer(kBandLower);
  const int64_t upper = args.integer(kBandUpper);
  const int64_t rows = x.shape.at(-2);
  const int64_t columns = x.shape.at(-1);
  const int64_t n = x.elements();
  for (int64_t i = 0; i < n; ++i) {
    const int64_t row = i / columns % rows;
    const int64_t column = i % columns;
    const bool kept = (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper);
    outputs[0].set_real(i, kept ? x.real(i) : 0);
  }
  return {};
}

Status range_1d(const Args& args, Outputs outputs) {
  const TensorView& y = outputs[0];
  const double start = args.real(kRangeStart);
  const double step = args.real(kRangeStep);
  const int64_t n = y.elements();
  for (int64_t i = 0; i < n; ++i) y.set_real(i, start + static_cast<double>(i) * step);
  return {};
}

Status non_zero(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kNonZeroX);
  const int rank = x.shape.rank();
  const int64_t n = x.elements();
  int64_t row = 0;
  for (int64_t i = 0; i < n && row < outputs[0].shape[0]; ++i) {
    if (x.real(i) == 0) continue;
    int64_t rest = i;
    for (int d = rank - 1; d >= 0; --d) {
      outputs[0].set_integer(row * rank + d, rest % x.shape[d]);
      rest /= x.shape[d];
    }
    ++row;
  }
  return {};
}

}  // namespace pome::ops::reference
