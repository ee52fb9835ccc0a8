// Inputs of several features as one row of doubles: what most learned models start from.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::classic {

/// Reads the numbers of one value: an Int64 or a Double is one number, a MultiArray of any shape
/// and element type its elements in row-major order. Errors: kShapeMismatch unless the value holds
/// numbers.size() of them (both counts named); kTypeMismatch for text, pictures, dictionaries and
/// sequences.
Status read_numbers(const FeatureValue& value, std::span<double> numbers);

/// What a model's arithmetic wants of its inputs.
struct RowWish {
  /// Numbers that the arithmetic reads, at least 1.
  int64_t features = 0;
  /// False: the inputs may bring more numbers than that, which nothing reads (trees that do not
  /// look at the last features, sparse support vectors).
  bool exactly = true;
  /// What an optional input that is not given consists of; unset: such an input is an error.
  std::optional<double> missing;
  /// What stands for the keys that a dictionary lacks.
  double absent = 0;
};

/// How the inputs of a model lie in a row: one after the other in the order of the description.
/// An Int64 or a Double is one number, a MultiArray as many as its shape says, a dictionary with
/// Int64 keys a sparse vector whose keys count from 0 (only as a model's only input). Immutable;
/// any thread.
class FeatureRow {
 public:
  /// At most so many features: a bound of the memory that a row takes (128 MiB).
  static constexpr int64_t kMaxFeatures = int64_t{1} << 24;

  /// Of no numbers: a place for one that is created later.
  FeatureRow() = default;

  /// Errors (kInvalidModel) name the input or both counts: an input of another type, no inputs, or
  /// together fewer numbers (or, where exactly that many are wanted, more) than wish.features.
  /// kLimitExceeded over kMaxFeatures.
  static Result<FeatureRow> create(const std::vector<FeatureDescription>& inputs,
                                   const RowWish& wish);

  /// Numbers in a row: wish.features.
  size_t width() const { return width_; }

  /// Fills `row` (width() numbers) from checked inputs. Errors name the input: kShapeMismatch for
  /// another number of elements than described, kMissingInput, kInvalidArgument for a negative key.
  Status read(const FeatureProvider& inputs, std::span<double> row) const;

 private:
  struct Part {
    std::string name;
    int64_t count = 0;       // numbers that it brings; of a dictionary: all
    bool is_sparse = false;  // a dictionary
  };

  Status read_part(const Part& part, const FeatureValue* value, std::span<double> row,
                   size_t at) const;

  std::vector<Part> parts_;
  size_t width_ = 0;
  std::optional<double> missing_;
  double absent_ = 0;
};

}  // namespace pome::classic
