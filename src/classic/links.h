// From scores to probabilities.
#pragma once

#include <span>

namespace pome::classic {

/// 1 / (1 + exp(-s)) without overflow.
double logistic(double s);

/// The cumulative probability of the standard normal distribution.
double normal_cdf(double s);

/// exp(s[i]) / sum of exp(s), in place, without overflow.
void softmax(std::span<double> scores);

}  // namespace pome::classic
