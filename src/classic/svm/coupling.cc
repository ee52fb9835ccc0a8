#include "classic/svm/coupling.h"

#include <algorithm>
#include <cmath>

#include "classic/links.h"

namespace pome::classic {
namespace {

/// p' Q p, whose minimum is wanted; q_p is Q p.
double energy(std::span<const double> p, std::span<const double> q_p) {
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) sum += p[i] * q_p[i];
  return sum;
}

PairMatrix quadratic_form(const PairMatrix& r) {
  PairMatrix q{r.classes, std::vector<double>(r.classes * r.classes, 0.0)};
  for (size_t i = 0; i < r.classes; ++i) {
    for (size_t j = 0; j < r.classes; ++j) {
      if (i == j) continue;
      q(i, i) += r(j, i) * r(j, i);
      q(i, j) = -r(j, i) * r(i, j);
    }
  }
  return q;
}

}  // namespace

double pair_probability(double decision, double a, double b) {
  constexpr double kLeast = 1e-7;
  const double p = logistic(-(decision * a + b));
  return p > kLeast ? std::min(p, 1 - kLeast) : kLeast;  // a NaN is kLeast, as in libsvm
}

void couple(const PairMatrix& pairs, std::span<double> p) {
  const size_t k = pairs.classes;
  if (k == 2) {
    p[0] = pairs(0, 1);
    p[1] = pairs(1, 0);
    return;
  }
  const PairMatrix q = quadratic_form(pairs);
  std::vector<double> q_p(k);
  std::fill(p.begin(), p.end(), 1.0 / static_cast<double>(k));
  const double enough = 0.005 / static_cast<double>(k);
  for (size_t round = 0; round < std::max<size_t>(100, k); ++round) {
    for (size_t i = 0; i < k; ++i) {
      q_p[i] = 0;
      for (size_t j = 0; j < k; ++j) q_p[i] += q(i, j) * p[j];
    }
    double e = energy(p, q_p);
    double worst = 0;
    for (size_t i = 0; i < k; ++i) worst = std::max(worst, std::abs(q_p[i] - e));
    if (worst < enough) break;
    // One component after the other goes to its minimum, then all are scaled to sum 1.
    for (size_t i = 0; i < k; ++i) {
      const double step = (e - q_p[i]) / q(i, i);
      p[i] += step;
      e = (e + step * (step * q(i, i) + 2 * q_p[i])) / (1 + step) / (1 + step);
      for (size_t j = 0; j < k; ++j) {
        q_p[j] = (q_p[j] + step * q(i, j)) / (1 + step);
        p[j] /= 1 + step;
      }
    }
  }
}

}  // namespace pome::classic
