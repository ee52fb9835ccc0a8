// The weights of resampling along one axis.
#pragma once

#include <cstddef>
#include <vector>

namespace pome::image {

/// Output i is the sum over k < taps of weight(i, k) * input[first[i] + k].
struct Filter {
  /// Rows of weights are padded with zeros to a multiple of this, for vectors.
  static constexpr int kPadding = 16;

  int taps = 0;            // the largest number that an output has
  int row = 0;             // floats from one output's weights to the next's
  std::vector<int> first;  // per output
  std::vector<int> count;  // per output: weights that are not padding
  std::vector<float> weights;

  const float* weights_of(int i) const {
    return weights.data() + static_cast<size_t>(i) * static_cast<size_t>(row);
  }
  /// The inputs that are read: [begin(), end()).
  int begin() const { return first.front(); }
  int end() const;
};

/// A triangle: outputs 0..outputs-1 divide the part [from, to) of `inputs` samples evenly; output i
/// has its centre at c = from + (i + 1/2) * s, s = (to - from) / outputs, and weighs the sample j
/// (centre j + 1/2) with max(0, 1 - |j + 1/2 - c| / max(s, 1)), divided by the sum of the weights.
/// So shrinking averages over all samples that an output covers and half of its neighbours, and
/// enlarging interpolates linearly. Samples beyond the picture have no weight. Pillow's BILINEAR
/// is the same. Requires outputs >= 1, 0 <= from < to <= inputs.
Filter make_filter(int inputs, double from, double to, int outputs);

}  // namespace pome::image
