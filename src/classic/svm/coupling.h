// Probabilities of several classes out of those of pairs.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace pome::classic {

/// A square matrix, row-major.
struct PairMatrix {
  size_t classes = 0;
  std::vector<double> values;
  double operator()(size_t i, size_t j) const { return values[i * classes + j]; }
  double& operator()(size_t i, size_t j) { return values[i * classes + j]; }
};

/// 1 / (1 + exp(a * decision + b)), at least 1e-7 away from 0 and 1 as libsvm keeps it; 1e-7 where
/// that is NaN.
double pair_probability(double decision, double a, double b);

/// The p that sums to 1 and minimises the sum over i < j of (r(j,i) p(i) - r(i,j) p(j))^2, where
/// r(i,j) is the probability of class i in the pair of i and j: the second method of Wu, Lin and
/// Weng, "Probability estimates for multi-class classification by pairwise coupling" (2004), with
/// libsvm's bounds: until no component is off by 0.005 / classes, at most max(100, classes) rounds.
/// Two classes need no coupling. Requires probabilities.size() == pairs.classes >= 2.
void couple(const PairMatrix& pairs, std::span<double> probabilities);

}  // namespace pome::classic
