// argsort, topk.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/try.h"
#include "ops/infer.h"
#include "ops/tensor_operation.h"

namespace pome::ops::reference {
namespace {

/// Ranks the elements of one line of x after the other along an axis.
class LineSorter {
 public:
  LineSorter(const TensorView& x, int axis, bool ascending)
      : x_(x), extent_(x.shape[axis]), ascending_(ascending) {
    for (int i = axis + 1; i < x.shape.rank(); ++i) inner_ *= x.shape[i];
    keys_.resize(static_cast<size_t>(extent_));
    order_.resize(static_cast<size_t>(extent_));
  }

  int64_t inner() const { return inner_; }
  int64_t lines() const { return extent_ == 0 ? 0 : x_.elements() / extent_; }
  /// Index in x of element k of a line.
  int64_t at(int64_t line, int64_t k) const {
    return (line / inner_ * extent_ + k) * inner_ + line % inner_;
  }
  /// Positions of the first `k` elements in order: equal ones by position, NaN last.
  const std::vector<int64_t>& order(int64_t line, int64_t k) {
    for (int64_t i = 0; i < extent_; ++i) keys_[static_cast<size_t>(i)] = x_.real(at(line, i));
    std::iota(order_.begin(), order_.end(), int64_t{0});
    const auto before = [this](int64_t a, int64_t b) {
      const double p = keys_[static_cast<size_t>(a)];
      const double q = keys_[static_cast<size_t>(b)];
      if (std::isnan(p) || std::isnan(q))
        return std::isnan(p) == std::isnan(q) ? a < b : std::isnan(q);
      return p != q ? (p < q) == ascending_ : a < b;
    };
    std::partial_sort(order_.begin(), order_.begin() + k, order_.end(), before);
    return order_;
  }

 private:
  TensorView x_;
  int64_t extent_;
  int64_t inner_ = 1;
  bool ascending_;
  std::vector<double> keys_;
  std::vector<int64_t> order_;
};

}  // namespace

Status argsort(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kArgsortX);
  POME_ASSIGN(const int axis, axis_param(args, kArgsortAxis, x.shape.rank()));
  LineSorter sorter(x, axis, args.flag(kArgsortAscending));
  const int64_t extent = x.shape[axis];
  for (int64_t line = 0; line < sorter.lines(); ++line) {
    const auto& order = sorter.order(line, extent);
    for (int64_t k = 0; k < extent; ++k)
      outputs[0].set_integer(sorter.at(line, k), order[static_cast<size_t>(k)]);
  }
  return {};
}

Status topk(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kTopkX);
  POME_ASSIGN(const int axis, axis_param(args, kTopkAxis, x.shape.rank()));
  LineSorter sorter(x, axis, args.flag(kTopkAscending));
  const TensorView& values = outputs[0];
  const int64_t n = values.shape[axis];
  for (int64_t line = 0; line < sorter.lines(); ++line) {
    const auto& order = sorter.order(line, n);
    const int64_t to = line / sorter.inner() * n * sorter.inner() + line % sorter.inner();
    for (int64_t k = 0; k < n; ++k) {
      const int64_t position = order[static_cast<size_t>(k)];
      const int64_t i = to + k * sorter.inner();
      values.set_real(i, x.real(sorter.at(line, position)));
      if (outputs.size() > 1) outputs[1].set_integer(i, position);
    }
  }
  return {};
}

}  // namespace pome::ops::reference
