// The extents of a tensor.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pome {

/// Up to kMaxRank extents held in place (no allocation), outermost first, row-major. An extent is
/// >= 0, or kUnknown where a program leaves it open until inputs are bound. A plain value.
class Shape {
 public:
  static constexpr int kMaxRank = 8;
  static constexpr int64_t kUnknown = -1;

  constexpr Shape() = default;
  constexpr Shape(std::initializer_list<int64_t> dims) {
    for (int64_t d : dims) push_back(d);
  }
  /// Requires dims.size() <= kMaxRank; test with fits_rank() where the size comes from a file.
  constexpr explicit Shape(std::span<const int64_t> dims) {
    for (int64_t d : dims) push_back(d);
  }
  static constexpr bool fits_rank(size_t rank) { return rank <= kMaxRank; }
  /// `rank` times `value`.
  static constexpr Shape filled(int rank, int64_t value) {
    Shape s;
    for (int i = 0; i < rank; ++i) s.push_back(value);
    return s;
  }

  constexpr int rank() const { return rank_; }
  constexpr bool empty() const { return rank_ == 0; }
  constexpr int64_t operator[](int i) const { return dims_[static_cast<size_t>(i)]; }
  constexpr int64_t& operator[](int i) { return dims_[static_cast<size_t>(i)]; }
  /// Python's rule: -1 is the last. Requires -rank() <= i < rank().
  constexpr int64_t at(int i) const { return (*this)[i < 0 ? i + rank_ : i]; }
  constexpr int64_t back() const { return (*this)[rank_ - 1]; }
  constexpr const int64_t* begin() const { return dims_.data(); }
  constexpr const int64_t* end() const { return dims_.data() + rank_; }
  constexpr int64_t* begin() { return dims_.data(); }
  constexpr int64_t* end() { return dims_.data() + rank_; }
  constexpr std::span<const int64_t> dims() const { return {begin(), end()}; }

  /// Requires rank() < kMaxRank.
  constexpr void push_back(int64_t d) { dims_[static_cast<size_t>(rank_++)] = d; }
  /// Requires rank() < kMaxRank and 0 <= i <= rank().
  void insert(int i, int64_t d);
  /// Requires 0 <= i < rank().
  void erase(int i);

  constexpr bool known() const {
    for (int64_t d : dims())
      if (d < 0) return false;
    return true;
  }
  /// The number of elements (1 for rank 0), or nothing when an extent is unknown or the product
  /// exceeds 64 bits.
  std::optional<int64_t> checked_elements() const;
  /// The number of elements of a shape that was checked before (known, no overflow).
  constexpr int64_t elements() const {
    int64_t n = 1;
    for (int64_t d : dims()) n *= d;
    return n;
  }
  /// Row-major strides in elements. Requires known().
  Shape strides() const;

  /// "[1,3,224,224]"; an unknown extent is "?".
  std::string to_string() const;

  friend constexpr bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int i = 0; i < a.rank_; ++i)
      if (a[i] != b[i]) return false;
    return true;
  }

 private:
  std::array<int64_t, kMaxRank> dims_{};
  int rank_ = 0;
};

/// "[1,3,224,224]" of any number of extents. `unknown` is written for kUnknown; left out, its
/// number is.
std::string shape_text(std::span<const int64_t> dims, std::string_view unknown = {});

/// NumPy's broadcast of two shapes; an unknown extent against 1 stays unknown, against n becomes n.
/// Nothing when they do not agree.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

/// Turns an axis in [-rank, rank) into [0, rank); nothing when it is outside.
std::optional<int> normalize_axis(int64_t axis, int rank);

}  // namespace pome
