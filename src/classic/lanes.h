// Vectors laid out so that eight of them are compared with one at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace pome::classic {

/// `size` vectors of `width` numbers in groups of kLanes: [group][component][lane]. A sum over the
/// components runs in their order in every lane, as a plain loop over one vector would, and the
/// compiler makes vector instructions of the lanes. The last group is filled up with zeros.
template <typename T>
class LaneMatrix {
 public:
  static constexpr size_t kLanes = 8;

  LaneMatrix() = default;
  LaneMatrix(size_t size, size_t width)
      : size_(size), width_(width), values_((size + kLanes - 1) / kLanes * kLanes * width) {}

  size_t size() const { return size_; }
  size_t width() const { return width_; }
  void set(size_t vector, size_t component, T value) {
    values_[(vector / kLanes * width_ + component) * kLanes + vector % kLanes] = value;
  }

  /// results[v] = sum over c of term(x[c], vector v's component c). Requires x.size() == width()
  /// and results.size() == size().
  template <typename Term>
  void sums(std::span<const T> x, std::span<T> results, const Term& term) const {
    const T* at = values_.data();
    for (size_t first = 0; first < size_; first += kLanes) {
      T sum[kLanes] = {};
      for (size_t c = 0; c < width_; ++c, at += kLanes)
        for (size_t lane = 0; lane < kLanes; ++lane) sum[lane] += term(x[c], at[lane]);
      for (size_t lane = 0; lane < kLanes && first + lane < size_; ++lane)
        results[first + lane] = sum[lane];
    }
  }

 private:
  size_t size_ = 0;
  size_t width_ = 0;
  std::vector<T> values_;
};

}  // namespace pome::classic
