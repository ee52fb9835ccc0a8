// A tree ensemble laid out for speed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "classic/trees/ensemble.h"
#include "pome/result.h"

namespace pome::classic {

/// Dense rows: `count` of them, `stride` elements apart, each of at least Forest::features()
/// elements of which the first ones are looked at. A NaN is a missing value.
template <typename T>
struct Rows {
  const T* data = nullptr;
  size_t count = 0;
  size_t stride = 0;
};

/// An ensemble whose nodes lie breadth-first without pointers, eight bytes each where it is small
/// enough. Immutable; any thread.
///
/// Where every threshold is exactly a float32, features are rounded to float32 before they are
/// compared; else they are compared as doubles. Leaves are added up as doubles, in the order of the
/// trees, whatever the number of rows.
class Forest {
 public:
  virtual ~Forest() = default;

  /// Never fails: what can be wrong was found by read_ensemble().
  static std::unique_ptr<Forest> make(const Ensemble& ensemble);

  size_t features() const { return features_; }
  size_t dimensions() const { return dimensions_; }
  /// True when features are compared as float32.
  bool is_float32() const { return is_float32_; }

  /// The sums of all rows, before any transform: scores is [rows.count, dimensions()]. Allocates
  /// some KiB a call. Denormal numbers must not be flushed (base/thread_pool.h, KeepDenormals).
  virtual void predict(Rows<double> rows, std::span<double> scores) const = 0;
  virtual void predict(Rows<float> rows, std::span<double> scores) const = 0;

 protected:
  Forest(size_t features, size_t dimensions, bool is_float32)
      : features_(features), dimensions_(dimensions), is_float32_(is_float32) {}

 private:
  size_t features_;
  size_t dimensions_;
  bool is_float32_;
};

}  // namespace pome::classic
