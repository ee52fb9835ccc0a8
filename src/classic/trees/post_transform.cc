#include "classic/trees/post_transform.h"

#include <algorithm>

#include "classic/links.h"

namespace pome::classic {

size_t transformed_size(PostTransform transform, size_t dimensions) {
  return dimensions + (transform == PostTransform::kSoftMaxWithZeroReference ? 1 : 0);
}

void apply(PostTransform transform, std::span<const double> scores, std::span<double> values) {
  const size_t skipped = values.size() - scores.size();
  std::fill_n(values.begin(), skipped, 0.0);
  std::copy(scores.begin(), scores.end(), values.begin() + static_cast<std::ptrdiff_t>(skipped));
  if (transform == PostTransform::kLogistic) {
    for (double& v : values) v = logistic(v);
  } else if (transform != PostTransform::kNone) {
    softmax(values);
  }
}

}  // namespace pome::classic
