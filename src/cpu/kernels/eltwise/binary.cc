#include "cpu/kernels/eltwise/binary.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/eltwise/binary.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/activation-inl.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

struct AddOp {
  HWY_INLINE V operator()(V x, V y) const { return hn::Add(x, y); }
};
struct SubOp {
  HWY_INLINE V operator()(V x, V y) const { return hn::Sub(x, y); }
};
struct MulOp {
  HWY_INLINE V operator()(V x, V y) const { return hn::Mul(x, y); }
};
struct DivOp {
  HWY_INLINE V operator()(V x, V y) const { return hn::Div(x, y); }
};
// NaN of either operand wins, as in NumPy.
struct MaxOp {
  HWY_INLINE V operator()(V x, V y) const { return max_nan(x, y); }
};
struct MinOp {
  HWY_INLINE V operator()(V x, V y) const { return min_nan(x, y); }
};
struct PreluOp {
  HWY_INLINE V operator()(V x, V y) const {
    return hn::IfThenElse(hn::Lt(x, hn::Zero(D())), hn::Mul(x, y), x);
  }
};
struct SquaredDifferenceOp {
  HWY_INLINE V operator()(V x, V y) const {
    const V d = hn::Sub(x, y);
    return hn::Mul(d, d);
  }
};

// How an operand moves along a row: with it, not at all, or repeating one vector.
enum class Step { kDense, kScalar, kVector };

template <Step step>
struct Operand {
  const float* p;
  V fixed;

  HWY_INLINE explicit Operand(const float* from)
      : p(from),
        fixed(step == Step::kDense    ? hn::Zero(D())
              : step == Step::kScalar ? splat(*from)
                                      : load(from)) {}
  HWY_INLINE V at(int64_t i) const { return step == Step::kDense ? load(p + i) : fixed; }
  HWY_INLINE V tail(int64_t i, int64_t n) const {
    return step == Step::kDense ? load_tail(p + i, n) : fixed;
  }
};

template <typename Op, Step x_step, Step y_step>
HWY_NOINLINE void binary_row(const BinaryParams& p, const float* x, const float* y, float* out,
                             int64_t count) {
  const Op op;
  const Operand<x_step> xs(x);
  const Operand<y_step> ys(y);
  const VecActivation f = make_activation(p.activation, p.alpha, p.beta);
  int64_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    V r[4];
    POME_UNROLL for (int u = 0; u < 4; ++u) r[u] = op(xs.at(i + u * kLanes), ys.at(i + u * kLanes));
    activate<4>(f, r);
    POME_UNROLL for (int u = 0; u < 4; ++u) store(r[u], out + i + u * kLanes);
  }
  for (; i + kLanes <= count; i += kLanes) store(activate_one(f, op(xs.at(i), ys.at(i))), out + i);
  if (i < count) {
    const int64_t n = count - i;
    store_tail(activate_one(f, op(xs.tail(i, n), ys.tail(i, n))), out + i, n);
  }
}

using RowFn = void (*)(const BinaryParams&, const float*, const float*, float*, int64_t);

template <typename Op>
RowFn row_of_steps(Step x, Step y) {
  if (x == Step::kScalar) return binary_row<Op, Step::kScalar, Step::kDense>;
  if (x == Step::kVector) return binary_row<Op, Step::kVector, Step::kDense>;
  if (y == Step::kScalar) return binary_row<Op, Step::kDense, Step::kScalar>;
  if (y == Step::kVector) return binary_row<Op, Step::kDense, Step::kVector>;
  return binary_row<Op, Step::kDense, Step::kDense>;
}

RowFn row_of(BinaryOp op, Step x, Step y) {
  switch (op) {
    case BinaryOp::kAdd:
      return row_of_steps<AddOp>(x, y);
    case BinaryOp::kSub:
      return row_of_steps<SubOp>(x, y);
    case BinaryOp::kMul:
      return row_of_steps<MulOp>(x, y);
    case BinaryOp::kDiv:
      return row_of_steps<DivOp>(x, y);
    case BinaryOp::kMax:
      return row_of_steps<MaxOp>(x, y);
    case BinaryOp::kMin:
      return row_of_steps<MinOp>(x, y);
    case BinaryOp::kPrelu:
      return row_of_steps<PreluOp>(x, y);
    case BinaryOp::kSquaredDifference:
      break;
  }
  return row_of_steps<SquaredDifferenceOp>(x, y);
}

// Which rows there are and how an operand moves in them.
struct Rows {
  int axes;       // outer axes
  int64_t count;  // product of them
  int64_t width;  // floats of a row
  Step x;
  Step y;
};

Step step_of(int64_t stride) { return stride == 0 ? Step::kScalar : Step::kDense; }

Rows rows_of(const BinaryParams& p) {
  const int last = p.rank - 1;
  Rows r{last, 1, p.dims[last], step_of(p.x_strides[last]), step_of(p.y_strides[last])};
  // Pixels of a blocked tensor against one vector of channels: one long row.
  if (last > 0 && r.width == kLanes && r.x == Step::kDense && r.y == Step::kDense) {
    const int64_t xs = p.x_strides[last - 1];
    const int64_t ys = p.y_strides[last - 1];
    if ((xs == 0 && ys == kLanes) || (ys == 0 && xs == kLanes)) {
      r.axes = last - 1;
      r.width *= p.dims[last - 1];
      (xs == 0 ? r.x : r.y) = Step::kVector;
    }
  }
  for (int i = 0; i < r.axes; ++i) r.count *= p.dims[i];
  return r;
}

// Where each operand's row `row` begins.
void row_offsets(const BinaryParams& p, int axes, int64_t row, int64_t& x, int64_t& y) {
  x = 0;
  y = 0;
  for (int i = axes - 1; i >= 0; --i) {
    const int64_t index = row % p.dims[i];
    row /= p.dims[i];
    x += index * p.x_strides[i];
    y += index * p.y_strides[i];
  }
}

void binary_target(const BinaryParams& p, const float* x, const float* y, float* out,
                   ThreadPool& pool) {
  const Rows rows = rows_of(p);
  if (rows.count == 0 || rows.width == 0) return;
  // The output is dense; a repeated operand in both would leave nothing dense to walk along.
  const bool fill = rows.x == Step::kScalar && rows.y == Step::kScalar;
  const RowFn fn = row_of(p.op, rows.x, rows.y);
  const int wanted = task_count(rows.count * rows.width, 1, 1 << 15, pool.threads());
  const int64_t parts = rows.count >= wanted ? 1 : ceil_div(wanted, rows.count);
  const int64_t items = rows.count * parts;
  const int tasks = static_cast<int>(rows.count >= wanted ? wanted : items);
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(items, tasks, task);
    for (int64_t item = mine.begin; item < mine.end; ++item) {
      const int64_t row = item / parts;
      const Range r = part_of(rows.width, parts, item % parts, kLanes);
      int64_t xo = 0;
      int64_t yo = 0;
      row_offsets(p, rows.axes, row, xo, yo);
      float* o = out + row * rows.width + r.begin;
      if (fill) {
        // One value for the whole row.
        float value[1];
        row_of(p.op, Step::kDense, Step::kDense)(p, x + xo, y + yo, value, 1);
        for (int64_t i = 0; i < r.size(); ++i) o[i] = value[0];
        continue;
      }
      if (r.size() == 0) continue;
      fn(p, x + xo + (rows.x == Step::kDense ? r.begin : 0),
         y + yo + (rows.y == Step::kDense ? r.begin : 0), o, r.size());
    }
  });
}

void scale_shift_target(const ScaleShiftParams& p, const float* in, const float* scale,
                        const float* shift, float* out, ThreadPool& pool) {
  const int64_t blocks = (p.channels + kLanes - 1) / kLanes;
  const VecActivation f = make_activation(p.activation, p.alpha, p.beta);
  const int tasks = task_count(p.batch * blocks, p.pixels * kLanes, 1 << 14, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range r = part_of(p.batch * blocks, tasks, task);
    for (int64_t b = r.begin; b < r.end; ++b) {
      const V s = load(scale + b % blocks * kLanes);
      const V t = load(shift + b % blocks * kLanes);
      const float* from = in + b * p.pixels * kLanes;
      float* to = out + b * p.pixels * kLanes;
      for (int64_t i = 0; i < p.pixels * kLanes; i += kLanes) {
        store(activate_one(f, hn::MulAdd(load(from + i), s, t)), to + i);
      }
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kBinary, binary_target);
POME_ISA_TABLE(kScaleShift, scale_shift_target);
}  // namespace

void binary_run(const BinaryParams& params, const float* x, const float* y, float* output,
                ThreadPool& pool) noexcept {
  select(kBinary, params.isa)(params, x, y, output, pool);
}

void scale_shift_run(const ScaleShiftParams& params, const float* input, const float* scale,
                     const float* shift, float* output, ThreadPool& pool) noexcept {
  select(kScaleShift, params.isa)(params, input, scale, shift, output, pool);
}

}  // namespace pome::cpu
#endif
