// linear, matmul and einsum by their definition, summed in double (integers modulo 2^64).
#include "ops/linear.h"

#include <algorithm>

#include "base/try.h"
#include "ops/reference/broadcast.h"
#include "ops/reference/elements.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

/// One matrix product c[i, j] = bias[j] + sum over k of a[i, k] * b[k, j]: where the operands begin
/// and how many elements lie between neighbours.
struct Product {
  int64_t rows = 0, depth = 0, columns = 0;
  int64_t a = 0, a_row = 0, a_column = 0;
  int64_t b = 0, b_row = 0, b_column = 0;
  int64_t c = 0, c_row = 0;
  const Reals* bias = nullptr;
};

/// The sums of a block of c, and stretches of the operands it comes from as doubles, so that each
/// element is converted once for the whole block.
constexpr int64_t kRows = 8;
constexpr int64_t kColumns = 64;
constexpr int64_t kDepth = 128;
struct Block {
  double sums[kRows][kColumns];
  double a[kRows][kDepth];
  double b[kDepth];
};

/// Sum of x[i] * y[i], in eight interleaved partial sums so that it vectorises.
double dot(const double* x, const double* y, int64_t n) {
  constexpr int64_t kLanes = 8;
  double lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int64_t l = 0; l < kLanes; ++l) lanes[l] += x[i + l] * y[i + l];
  for (; i < n; ++i) lanes[0] += x[i] * y[i];
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

/// b's columns lie one element apart: rows of the block grow with every row of b.
void add_rows(Block& block, const Reals& b, const Product& p, int64_t j, int64_t columns,
              int64_t rows, int64_t k, int64_t depth) {
  for (int64_t l = 0; l < depth; ++l) {
    b.read(block.b, p.b + (k + l) * p.b_row + j, columns);
    for (int64_t r = 0; r < rows; ++r) {
      const double factor = block.a[r][l];
      for (int64_t i = 0; i < columns; ++i) block.sums[r][i] += factor * block.b[i];
    }
  }
}

void add_dots(Block& block, const Reals& b, const Product& p, int64_t j, int64_t columns,
              int64_t rows, int64_t k, int64_t depth) {
  for (int64_t c = 0; c < columns; ++c) {
    b.read(block.b, p.b + k * p.b_row + (j + c) * p.b_column, depth, p.b_row);
    for (int64_t r = 0; r < rows; ++r) block.sums[r][c] += dot(block.a[r], block.b, depth);
  }
}

void multiply_reals(const Reals& a, const Reals& b, const TensorView& c, const Product& p) {
  Block block;
  for (int64_t i = 0; i < p.rows; i += kRows) {
    const int64_t rows = std::min(kRows, p.rows - i);
    for (int64_t j = 0; j < p.columns; j += kColumns) {
      const int64_t columns = std::min(kColumns, p.columns - j);
      for (int64_t r = 0; r < rows; ++r) {
        if (p.bias != nullptr) {
          p.bias->read(block.sums[r], j, columns);
        } else {
          std::fill_n(block.sums[r], columns, 0.0);
        }
      }
      for (int64_t k = 0; k < p.depth; k += kDepth) {
        const int64_t depth = std::min(kDepth, p.depth - k);
        for (int64_t r = 0; r < rows; ++r)
          a.read(block.a[r], p.a + (i + r) * p.a_row + k * p.a_column, depth, p.a_column);
        (p.b_column == 1 && columns > 1 ? add_rows : add_dots)(block, b, p, j, columns, rows, k,
                                                               depth);
      }
      for (int64_t r = 0; r < rows; ++r)
        write_reals(c, p.c + (i + r) * p.c_row + j, block.sums[r], columns);
    }
  }
}

void multiply_integers(const TensorView& a, const TensorView& b, const TensorView& c,
                       const Product& p) {
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.columns; ++j) {
      auto sum = p.bias == nullptr ? uint64_t{0} : static_cast<uint64_t>((*p.bias).integer(j));
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
  if (a.dtype == ir::DType::kInt32 && b.dtype == ir::DType::kInt32) {
    multiply_integers(a, b, c, p);
  } else {
    multiply_reals(Reals(a), Reals(b), c, p);
  }
}

}  // namespace

Status linear(const Args& args, Outputs outputs) {
  using P = LinearParam;
  const TensorView x = args.tensor(P::kX);
  const TensorView weight = args.tensor(P::kWeight);
  const int64_t out = weight.shape[0];
  const int64_t in = weight.shape[1];
  Product p{.rows = out == 0 ? 0 : outputs[0].elements() / out,
            .depth = in,
            .columns = out,
            .a_row = in,
            .a_column = 1,
            .b_row = 1,
            .b_column = in,
            .c_row = out};
  if (!args.has(P::kBias)) {
    multiply(x, weight, outputs[0], p);
    return {};
  }
  const Reals bias(args.tensor(P::kBias));
  p.bias = &bias;
  multiply(x, weight, outputs[0], p);
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
