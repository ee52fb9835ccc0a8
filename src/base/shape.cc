#include "base/shape.h"

#include <algorithm>

#include "base/checked.h"

namespace pome {

void Shape::insert(int i, int64_t d) {
  push_back(0);
  for (int j = rank_ - 1; j > i; --j) (*this)[j] = (*this)[j - 1];
  (*this)[i] = d;
}

void Shape::erase(int i) {
  for (int j = i; j + 1 < rank_; ++j) (*this)[j] = (*this)[j + 1];
  --rank_;
}

std::optional<int64_t> Shape::checked_elements() const {
  int64_t n = 1;
  for (int64_t d : dims()) {
    auto product = checked_mul(n, d);
    if (!product) return std::nullopt;
    n = *product;
  }
  return n;
}

Shape Shape::strides() const {
  Shape s = filled(rank_, 1);
  for (int i = rank_ - 2; i >= 0; --i) s[i] = s[i + 1] * (*this)[i + 1];
  return s;
}

std::string Shape::to_string() const { return shape_text(dims(), "?"); }

std::string shape_text(std::span<const int64_t> dims, std::string_view unknown) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ',';
    if (dims[i] == Shape::kUnknown && !unknown.empty())
      text += unknown;
    else
      text += std::to_string(dims[i]);
  }
  return text + "]";
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  Shape out = Shape::filled(rank, 1);
  for (int i = 1; i <= rank; ++i) {
    const int64_t x = i <= a.rank() ? a.at(-i) : 1;
    const int64_t y = i <= b.rank() ? b.at(-i) : 1;
    int64_t d = x;
    if (x == 1) {
      d = y;
    } else if (x == Shape::kUnknown) {
      d = y == 1 ? x : y;
    } else if (y != 1 && y != Shape::kUnknown && y != x) {
      return std::nullopt;
    }
    out[rank - i] = d;
  }
  return out;
}

std::optional<int> normalize_axis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) return std::nullopt;
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace pome
