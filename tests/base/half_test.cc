#include "base/half.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pome {
namespace {

TEST(Half, EveryBitPatternSurvivesTheRoundTrip) {
  for (uint32_t h = 0; h < 0x10000; ++h) {
    const float f = half_to_float(static_cast<uint16_t>(h));
    if (std::isnan(f)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(f))));
    } else {
      ASSERT_EQ(float_to_half(f), h);
    }
  }
}

#ifdef __FLT16_MANT_DIG__  // clang has no _Float16 on plain x86-64
// The compiler's own _Float16 conversion is the oracle.
TEST(Half, RoundsToNearestEvenLikeTheCompiler) {
  for (uint32_t i = 0; i < 2000003; ++i) {
    const uint32_t bits = i * 2147u + (i << 20);
    const float f = std::bit_cast<float>(bits);
    if (std::isnan(f)) continue;
    const auto expected = std::bit_cast<uint16_t>(static_cast<_Float16>(f));
    ASSERT_EQ(float_to_half(f), expected) << f;
  }
}

#endif

}  // namespace
}  // namespace pome
