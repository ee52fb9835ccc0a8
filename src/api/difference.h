// How far two values are apart.
#pragma once

#include <string>
#include <vector>

#include "pome/compare.h"

namespace pome::api {

/// A value as numbers: an array's or picture's elements, a dictionary's values in the order of its
/// keys, a number, whole numbers of a sequence. `texts` hold what is not: keys, labels.
struct Numbers {
  std::vector<int64_t> shape;
  std::vector<float> values;
  std::vector<std::string> texts;
};
/// `value` as numbers.
Numbers numbers_of(const FeatureValue& value);

/// `value` against `reference`. Extents of 1 do not count in shapes; where shapes or texts differ
/// otherwise, the values are infinitely far apart. A NaN agrees with a NaN alone, an infinity with
/// the same one alone.
ValueDifference difference(const std::string& name, const Numbers& value, const Numbers& reference,
                           double tolerance);

/// True where both have the same elements in the same order, extents of 1 left out.
bool same_extents(const std::vector<int64_t>& a, const std::vector<int64_t>& b);

/// The range of the elements.
ValueRange range_of(const std::string& name, const std::vector<float>& values);

}  // namespace pome::api
