#include "image/filter.h"

#include <algorithm>
#include <cmath>

namespace pome::image {

int Filter::end() const {
  int last = 0;
  for (size_t i = 0; i < first.size(); ++i) last = std::max(last, first[i] + count[i]);
  return last;
}

Filter make_filter(int inputs, double from, double to, int outputs) {
  Filter f;
  const double step = (to - from) / outputs;
  const double radius = std::max(step, 1.0);
  f.taps = static_cast<int>(std::ceil(radius)) * 2 + 1;
  f.row = (f.taps + Filter::kPadding - 1) / Filter::kPadding * Filter::kPadding;
  const auto n = static_cast<size_t>(outputs);
  f.first.resize(n);
  f.count.resize(n);
  f.weights.resize(n * static_cast<size_t>(f.row));
  std::vector<double> w(static_cast<size_t>(f.taps));
  for (int i = 0; i < outputs; ++i) {
    const double centre = from + (i + 0.5) * step;
    // Samples whose own centre lies within the radius, borders rounded outwards at a half.
    const int begin = std::max(static_cast<int>(centre - radius + 0.5), 0);
    const int end = std::clamp(static_cast<int>(centre + radius + 0.5), begin + 1, inputs);
    const int count = std::min(end - begin, f.taps);
    double sum = 0;
    for (int k = 0; k < count; ++k) {
      const double distance = std::fabs(begin + k + 0.5 - centre) / radius;
      w[static_cast<size_t>(k)] = std::max(0.0, 1 - distance);
      sum += w[static_cast<size_t>(k)];
    }
    f.first[static_cast<size_t>(i)] = begin;
    f.count[static_cast<size_t>(i)] = count;
    float* row = f.weights.data() + static_cast<size_t>(i) * static_cast<size_t>(f.row);
    for (int k = 0; k < count; ++k) {
      row[k] =
          sum > 0 ? static_cast<float>(w[static_cast<size_t>(k)] / sum) : (k == 0 ? 1.0f : 0.0f);
    }
  }
  return f;
}

}  // namespace pome::image
