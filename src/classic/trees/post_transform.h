// From the sums of an ensemble to what it predicts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pome::classic {

/// The format's TreeEnsemblePostEvaluationTransform.
enum class PostTransform : uint8_t {
  kNone,
  kSoftMax,
  kLogistic,                  // 1 / (1 + exp(-s)), each dimension by itself
  kSoftMaxWithZeroReference,  // of one number more: the first class scores 0
};

/// How many numbers come out of `dimensions` of them.
size_t transformed_size(PostTransform transform, size_t dimensions);

/// Requires values.size() == transformed_size(transform, scores.size()).
void apply(PostTransform transform, std::span<const double> scores, std::span<double> values);

}  // namespace pome::classic
