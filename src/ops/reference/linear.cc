// linear, matmul and einsum by their definition, summed in double (integers modulo 2^64).
#include "ops/linear.h"

#include <algorithm>

#include "base/try.h"
#include "ops/reference/broadcast.h"
#include "ops/reference/elements.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

/// One matrix product c[i, j] = start(j) + sum over k of a[i, k] * b[k, j]: where the operands
/// begin and how many elements lie between neighbours.
struct Product {
  int64_t rows = 0, depth = 0, columns = 0;
  int64_t a = 0, a_row = 0, a_column = 0;
  int64_t b = 0, b_row = 0, b_column = 0;
  int64_t c = 0, c_row = 0;
};

constexpr int64_t kStretch = 256;

/// Sum of a[i] * b[i], in eight interleaved partial sums so that it vectorises.
double dot(const Reals& a, int64_t a_begin, int64_t a_step, const Reals& b, int64_t b_begin,
           int64_t b_step, int64_t n) {
  constexpr int64_t kLanes = 8;
  double lanes[kLanes] = {};
  double x[kStretch];
  double y[kStretch];
  for (int64_t begin = 0; begin < n; begin += kStretch) {
    const int64_t count = std::min(kStretch, n - begin);
    a.read(x, a_begin + begin * a_step, count, a_step);
    b.read(y, b_begin + begin * b_step, count, b_step);
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
      for (int64_t l = 0; l < kLanes; ++l) lanes[l] += x[i + l] * y[i + l];
    for (; i < count; ++i) lanes[0] += x[i] * y[i];
  }
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

/// b's columns lie one element apart: a stretch of a row of c grows with every row of b.
void multiply_rows(const Reals& a, const Reals& b, const TensorView& c, const Product& p) {
  double sums[kStretch];
  double row[kStretch];
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.columns; j += kStretch) {
      const int64_t count = std::min(kStretch, p.columns - j);
      std::fill_n(sums, count, 0.0);
      for (int64_t k = 0; k < p.depth; ++k) {
        const double factor = a[p.a + i * p.a_row + k * p.a_column];
        b.read(row, p.b + k * p.b_row + j, count);
        for (int64_t l = 0; l < count; ++l) sums[l] += factor * row[l];
      }
      write_reals(c, p.c + i * p.c_row + j, sums, count);
    }
  }
}

void multiply_integers(const TensorView& a, const TensorView& b, const TensorView& c,
                       const Product& p) {
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.columns; ++j) {
      uint64_t sum = 0;
      for (int64_t k = 0; k < p.depth; ++k) {
        const int64_t x = a.integer(p.a + i * p.a_row + k * p.a_column);
        const int64_t y = b.integer(p.b + k * p.b_row + j * p.b_column);
        sum += static_cast<uint64_t>(x) * static_cast<uint64_t>(y);
      }
      set_wrapped(c, p.c + i * p.c_row + j, static_cast<int64_t>(sum));
    }
  }
}

void multiply(const TensorView& a, const TensorView& b, const TensorView& c, const Product& p) {
  if (a.dtype == ir::DType::kInt32 && b.dtype == ir::DType::kInt32)
    return multiply_integers(a, b, c, p);
  const Reals x(a);
  const Reals y(b);
  if (p.b_column == 1 && p.columns > 1) return multiply_rows(x, y, c, p);
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.columns; ++j) {
      const double sum =
          dot(x, p.a + i * p.a_row, p.a_column, y, p.b + j * p.b_column, p.b_row, p.depth);
      c.set_real(p.c + i * p.c_row + j, sum);
    }
  }
}

}  // namespace

Status linear(const Args& args, Outputs outputs) {
  using P = LinearParam;
  const TensorView x = args.tensor(P::kX);
  const TensorView weight = args.tensor(P::kWeight);
  const TensorView& y = outputs[0];
  const int64_t out = weight.shape[0];
  const int64_t in = weight.shape[1];
  const int64_t rows = out == 0 ? 0 : y.elements() / out;
  const bool integers = x.dtype == ir::DType::kInt32 && weight.dtype == ir::DType::kInt32;
  const Reals a(x);
  const Reals b(weight);
  for (int64_t i = 0; i < rows && !integers; ++i) {
    for (int64_t j = 0; j < out; ++j) {
      const double bias = args.has(P::kBias) ? args.tensor(P::kBias).real(j) : 0.0;
      y.set_real(i * out + j, bias + dot(a, i * in, 1, b, j * in, 1, in));
    }
  }
  if (!integers) return {};
  multiply_integers(x, weight, y,
                    {.rows = rows,
                     .depth = in,
                     .columns = out,
                     .a_row = in,
                     .a_column = 1,
                     .b_row = 1,
                     .b_column = in,
                     .c_row = out});
  for (int64_t i = 0; args.has(P::kBias) && i < rows * out; ++i)
    set_wrapped(y, i, y.integer(i) + args.tensor(P::kBias).integer(i % out));
  return {};
}

Status matmul(const Args& args, Outputs outputs) {
  POME_ASSIGN(const MatmulShape m, matmul_shape(args));
  const TensorView x = args.tensor(MatmulParam::kX);
  const TensorView y = args.tensor(MatmulParam::kY);
  Product p{.rows = m.rows,
            .depth = m.depth,
            .columns = m.columns,
            .a_row = m.x_row,
            .a_column = m.x_column,
            .b_row = m.y_row,
            .b_column = m.y_column,
            .c_row = m.columns};
  using Axes = BroadcastAxes<2>;
  Axes({&m.x_batch, &m.y_batch}, m.batch)
      .for_each_row([&](int64_t out, Axes::Steps at, int64_t n, Axes::Steps step) {
        for (int64_t i = 0; i < n; ++i) {
          p.a = (at[0] + i * step[0]) * m.rows * m.depth;
          p.b = (at[1] + i * step[1]) * m.depth * m.columns;
          p.c = (out + i) * m.rows * m.columns;
          multiply(x, y, outputs[0], p);
        }
      });
  return {};
}

Status einsum(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(EinsumParam::kValues, 0);
  const TensorView y = args.tensor(EinsumParam::kValues, 1);
  const Shape& out = outputs[0].shape;
  // [N, C, H, W] x [N, W, H, U]; without n, one batch. h is a batch whose matrices are interleaved.
  const int64_t batch = out.rank() == 4 ? out[0] : 1;
  const int64_t channels = out.at(-3);
  const int64_t rows = out.at(-2);
  const int64_t columns = out.at(-1);
  const int64_t depth = x.shape.at(-1);
  const int64_t x_rows = x.shape.at(-2);
  const int64_t y_rows = y.shape.at(-2);
  const int64_t x_batch = out.rank() == 4 && x.shape[0] > 1 ? channels * x_rows * depth : 0;
  const int64_t y_batch = out.rank() == 4 && y.shape[0] > 1 ? depth * y_rows * columns : 0;
  for (int64_t n = 0; n < batch; ++n) {
    for (int64_t h = 0; h < rows; ++h) {
      multiply(x, y, outputs[0],
               {.rows = channels,
                .depth = depth,
                .columns = columns,
                .a = n * x_batch + (x_rows > 1 ? h * depth : 0),
                .a_row = x_rows * depth,
                .a_column = 1,
                .b = n * y_batch + (y_rows > 1 ? h * columns : 0),
                .b_row = y_rows * columns,
                .b_column = 1,
                .c = (n * channels * rows + h) * columns,
                .c_row = rows * columns});
    }
  }
  return {};
}

}  // namespace pome::ops::reference
