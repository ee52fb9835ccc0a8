#include "classic/links.h"

#include <algorithm>
#include <cmath>

namespace pome::classic {

double logistic(double s) {
  if (s >= 0) return 1 / (1 + std::exp(-s));
  const double e = std::exp(s);
  return e / (1 + e);
}

double normal_cdf(double s) { return 0.5 * std::erfc(-s * std::sqrt(0.5)); }

void softmax(std::span<double> scores) {
  if (scores.empty()) return;
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& s : scores) {
    s = std::exp(s - largest);
    sum += s;
  }
  for (double& s : scores) s /= sum;
}

}  // namespace pome::classic
