#include "base/content_hash.h"

#include <bit>
#include <cstring>

namespace pome {
namespace {

// Odd numbers without pattern: the fractional parts of square roots of primes.
constexpr uint64_t kA = 0x6a09e667f3bcc909u;  // 2
constexpr uint64_t kB = 0xbb67ae8584caa73bu;  // 3
constexpr uint64_t kC = 0x3c6ef372fe94f82bu;  // 5
constexpr uint64_t kD = 0xa54ff53a5f1d36f1u;  // 7
constexpr size_t kLanes = 4;
constexpr size_t kStripe = kLanes * sizeof(uint64_t);

/// Every bit of the result depends on every bit of x.
uint64_t mixed(uint64_t x) {
  x ^= x >> 32;
  x *= kB;
  x ^= x >> 29;
  x *= kD;
  return x ^ (x >> 32);
}

/// Each lane takes every fourth word, so that the multiplications overlap.
void take_stripe(uint64_t (&lanes)[kLanes], const std::byte* data) {
  for (size_t i = 0; i < kLanes; ++i) {
    uint64_t word = 0;
    std::memcpy(&word, data + i * sizeof(word), sizeof(word));
    lanes[i] = std::rotl(lanes[i] ^ (word * kA), 29) * kC + kB;
  }
}

}  // namespace

std::string ContentHash::to_string() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint64_t part : {high, low})
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[part >> shift & 15];
  return text;
}

ContentHash content_hash(std::span<const std::byte> bytes, const ContentHash& before) {
  uint64_t lanes[kLanes] = {before.high ^ kA, before.low ^ kB, before.high ^ kC, before.low ^ kD};
  size_t at = 0;
  for (; at + kStripe <= bytes.size(); at += kStripe) take_stripe(lanes, bytes.data() + at);
  std::byte rest[kStripe] = {};
  if (at < bytes.size()) std::memcpy(rest, bytes.data() + at, bytes.size() - at);
  take_stripe(lanes, rest);
  const uint64_t size = bytes.size();
  const uint64_t high = mixed(lanes[0] + std::rotl(lanes[1], 17)) ^ mixed(lanes[2] ^ size);
  const uint64_t low = mixed(lanes[3] + std::rotl(lanes[2], 31)) ^ mixed(lanes[1] + size * kA);
  return {mixed(high + kC * low), mixed(low ^ std::rotl(high, 23))};
}

}  // namespace pome
