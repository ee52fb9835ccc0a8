#include "base/content_hash.h"

#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <vector>

namespace pome {
namespace {

std::vector<std::byte> sequence(size_t n) {
  std::vector<std::byte> bytes(n);
  for (size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::byte>(i * 37 + i / 256 + 11);
  return bytes;
}

TEST(ContentHash, EveryLengthDiffers) {
  std::set<ContentHash> seen;
  for (size_t n = 0; n < 300; ++n) {
    EXPECT_TRUE(seen.insert(content_hash(sequence(n))).second) << n;
    EXPECT_TRUE(seen.insert(content_hash(std::vector<std::byte>(n + 1))).second) << n;  // zeros
  }
}

/// Any bit of the content changes about half of the 128, wherever it stands.
TEST(ContentHash, EveryBitCounts) {
  std::vector<std::byte> bytes = sequence(205);
  const ContentHash whole = content_hash(bytes);
  int least = 128;
  double sum = 0;
  for (size_t i = 0; i < bytes.size() * 8; ++i) {
    bytes[i / 8] ^= static_cast<std::byte>(1 << (i % 8));
    const ContentHash other = content_hash(bytes);
    bytes[i / 8] ^= static_cast<std::byte>(1 << (i % 8));
    const int changed =
        std::popcount(whole.high ^ other.high) + std::popcount(whole.low ^ other.low);
    least = std::min(least, changed);
    sum += changed;
  }
  EXPECT_GT(least, 30);
  EXPECT_NEAR(sum / static_cast<double>(bytes.size() * 8), 64, 2);
}

TEST(ContentHash, PiecesAndTheirBordersCount) {
  const auto bytes = sequence(100);
  const std::span<const std::byte> all(bytes);
  const auto two = [&](size_t cut) {
    return content_hash(all.subspan(cut), content_hash(all.first(cut)));
  };
  EXPECT_NE(two(40), content_hash(all));
  EXPECT_NE(two(40), two(41));
  EXPECT_EQ(two(40), two(40));
}

TEST(ContentHash, IsTextOfFixedLength) {
  EXPECT_EQ((ContentHash{1, 0xf0}).to_string(), "000000000000000100000000000000f0");
}

}  // namespace
}  // namespace pome
