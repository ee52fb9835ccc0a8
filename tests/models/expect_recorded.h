// Compares outputs with recorded ones.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/reference_case.h"

namespace pome::testing {

inline void expect_near(double got, double want, const ReferenceCases& c, const std::string& what) {
  EXPECT_LE(std::abs(got - want), c.abs + c.rel * std::abs(want))
      << what << " is " << got << ", recorded is " << want;
}

/// Compares the recorded elements of an output of that shape; `element` gives its i-th one, in
/// row-major order.
inline void expect_array(const std::function<double(int64_t)>& element, const Shape& shape,
                         const RecordedArray& want, const ReferenceCases& c) {
  ASSERT_EQ(shape.to_string(), want.full.to_string());
  const Shape strides = shape.strides();
  for (int64_t i = 0; i < want.shape.elements() && !::testing::Test::HasFailure(); ++i) {
    int64_t rest = i;
    int64_t at = 0;
    for (int d = want.shape.rank() - 1; d >= 0; --d) {
      at += rest % want.shape[d] * want.step[static_cast<size_t>(d)] * strides[d];
      rest /= want.shape[d];
    }
    expect_near(element(at), want.values[static_cast<size_t>(i)], c,
                "element " + std::to_string(at));
  }
}

inline void expect_probabilities(const Probabilities& got, const Probabilities& want,
                                 const ReferenceCases& c) {
  ASSERT_EQ(got.size(), want.size());
  for (const auto& [label, probability] : want) {
    const auto it = got.find(label);
    ASSERT_NE(it, got.end()) << label;
    expect_near(it->second, probability, c, label);
  }
}

}  // namespace pome::testing
