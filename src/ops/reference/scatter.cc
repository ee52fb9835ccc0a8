#include "ops/scatter.h"

#include <algorithm>

#include "base/try.h"
#include "ops/infer.h"
#include "ops/reference/elements.h"
#include "ops/reference/index_reader.h"
#include "ops/reference/strided_copy.h"

namespace pome::ops::reference {
namespace {

enum class Mode { kAdd, kDiv, kMax, kMin, kMul, kSub, kUpdate };

Mode mode_of(std::string_view text) {
  if (text == "add") return Mode::kAdd;
  if (text == "div") return Mode::kDiv;
  if (text == "max") return Mode::kMax;
  if (text == "min") return Mode::kMin;
  if (text == "mul") return Mode::kMul;
  return text == "sub" ? Mode::kSub : Mode::kUpdate;
}

template <typename T>
T combine(Mode mode, T old, T update) {
  switch (mode) {
    case Mode::kAdd:
      return old + update;
    case Mode::kDiv:
      if constexpr (std::is_integral_v<T>) return update == 0 ? 0 : old / update;
      return old / update;
    case Mode::kMax:
      return std::max(old, update);
    case Mode::kMin:
      return std::min(old, update);
    case Mode::kMul:
      return old * update;
    case Mode::kSub:
      return old - update;
    default:
      return update;
  }
}

/// y[to + i] changed by updates[from + i] for i < n; rounded to y's dtype each time.
void change(Mode mode, const TensorView& updates, int64_t from, const TensorView& y, int64_t to,
            int64_t n) {
  if (ir::is_float(y.dtype)) {
    for (int64_t i = 0; i < n; ++i)
      y.set_real(to + i, combine(mode, y.real(to + i), updates.real(from + i)));
  } else {
    for (int64_t i = 0; i < n; ++i)
      set_wrapped(y, to + i, combine(mode, y.integer(to + i), updates.integer(from + i)));
  }
}

}  // namespace

Status scatter(const Args& args, Outputs outputs) {
  const TensorView updates = args.tensor(kScatterUpdates);
  const TensorView& y = outputs[0];
  POME_ASSIGN(const int axis, axis_param(args, kScatterAxis, y.shape.rank()));
  const Mode mode = mode_of(args.text(kScatterMode));
  copy_dense(args.tensor(kScatterData), y);
  const int64_t outer = product(y.shape, 0, axis);
  const int64_t inner = product(y.shape, axis + 1, y.shape.rank());
  const int64_t picks = args.shape(kScatterIndices).elements();
  const IndexReader reader(args, kScatterIndices, kScatterValidate);
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < picks; ++i) {
      POME_ASSIGN(const int64_t index, reader.at(i, y.shape[axis]));
      change(mode, updates, (o * picks + i) * inner, y, (o * y.shape[axis] + index) * inner, inner);
    }
  }
  return {};
}

Status scatter_along_axis(const Args& args, Outputs outputs) {
  const TensorView updates = args.tensor(kScatterUpdates);
  const TensorView& y = outputs[0];
  POME_ASSIGN(const int axis, axis_param(args, kScatterAxis, y.shape.rank()));
  const Mode mode = mode_of(args.text(kScatterMode));
  copy_dense(args.tensor(kScatterData), y);
  const int64_t inner = product(y.shape, axis + 1, y.shape.rank());
  const IndexReader reader(args, kScatterIndices, kScatterValidate);
  const int64_t n = updates.elements();
  for (int64_t i = 0; i < n; ++i) {
    POME_ASSIGN(const int64_t index, reader.at(i, y.shape[axis]));
    const int64_t outer = i / inner / updates.shape[axis];
    change(mode, updates, i, y, (outer * y.shape[axis] + index) * inner + i % inner, 1);
  }
  return {};
}

Status scatter_nd(const Args& args, Outputs outputs) {
  const TensorView updates = args.tensor(kScatterNdUpdates);
  const TensorView& y = outputs[0];
  const Shape& indices = args.shape(kScatterNdIndices);
  const Mode mode = mode_of(args.text(kScatterNdMode));
  copy_dense(args.tensor(kScatterNdData), y);
  const int depth = static_cast<int>(indices.back());
  const int64_t picks = product(indices, 0, indices.rank() - 1);
  const int64_t inner = product(y.shape, depth, y.shape.rank());
  const IndexReader reader(args, kScatterNdIndices, kScatterNdValidate);
  for (int64_t i = 0; i < picks; ++i) {
    int64_t to = 0;
    for (int d = 0; d < depth; ++d) {
      POME_ASSIGN(const int64_t index, reader.at(i * depth + d, y.shape[d]));
      to = to * y.shape[d] + index;
    }
    change(mode, updates, i * inner, y, to * inner, inner);
  }
  return {};
}

}  // namespace pome::ops::reference
