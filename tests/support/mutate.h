// Damages bytes: what fuzzers do, but the same way each time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace pome::testing {

/// Gives damaged copies of bytes: bits and bytes changed, numbers grown, pieces cut out, doubled,
/// or the end cut off. What it does follows from the seed.
class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  std::vector<std::byte> operator()(const std::vector<std::byte>& bytes) {
    std::vector<std::byte> copy = bytes;
    const uint64_t changes = 1 + below(3);
    for (uint64_t i = 0; i < changes && !copy.empty(); ++i) change(copy);
    return copy;
  }

 private:
  uint64_t below(uint64_t n) { return random_() % n; }

  void change(std::vector<std::byte>& bytes) {
    const auto at = static_cast<ptrdiff_t>(place(bytes.size()));
    const auto length =
        static_cast<ptrdiff_t>(std::min(1 + below(16), bytes.size() - static_cast<uint64_t>(at)));
    std::byte& byte = bytes[static_cast<size_t>(at)];
    switch (below(8)) {
      case 0:
      case 1:
        byte ^= std::byte{1} << static_cast<int>(below(8));
        break;
      case 2:
      case 3:
        byte = static_cast<std::byte>(below(256));
        break;
      case 4:  // a length or number grows
        byte = static_cast<std::byte>(static_cast<uint64_t>(byte) + 1 + below(4));
        break;
      case 5:  // numbers of the kinds that wrap
        for (ptrdiff_t i = 0; i < length; ++i)
          bytes[static_cast<size_t>(at + i)] = static_cast<std::byte>(below(2) ? 0xff : 0x80);
        break;
      case 6:
        if (below(2)) {
          bytes.erase(bytes.begin() + at, bytes.begin() + at + length);
        } else {
          const std::vector<std::byte> piece(bytes.begin() + at, bytes.begin() + at + length);
          bytes.insert(bytes.begin() + at, piece.begin(), piece.end());
        }
        break;
      default:
        if (below(8) == 0)
          bytes.resize(static_cast<size_t>(at));
        else
          byte = std::byte{0};
    }
  }

  /// Half of the places lie in the first and last 2 KB, where the structure of small files and the
  /// description of large ones is.
  uint64_t place(uint64_t size) {
    constexpr uint64_t kBorder = 2048;
    if (size <= kBorder || below(2)) return below(size);
    const uint64_t at = below(kBorder);
    return below(2) ? at : size - 1 - at;
  }

  std::mt19937_64 random_;
};

}  // namespace pome::testing
