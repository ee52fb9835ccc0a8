// Random numbers out of Philox4x64-10: J. Salmon et al., "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011.
#include "ops/random.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numbers>
#include <vector>

namespace pome::ops {
namespace {

struct Product {
  uint64_t high, low;
};

Product multiply(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<uint64_t>(product >> 64), static_cast<uint64_t>(product)};
}

}  // namespace

RandomStream::RandomStream(int64_t seed) {
  static std::atomic<uint64_t> used{0};
  key_[0] = seed >= 0 ? static_cast<uint64_t>(seed) : used.fetch_add(1, std::memory_order_relaxed);
  key_[1] = seed >= 0 ? 0 : 1;
}

double RandomStream::uniform(int64_t i) const {
  constexpr uint64_t kFactor0 = 0xD2E7470EE14C6C93, kFactor1 = 0xCA5A826395121157;
  constexpr uint64_t kWeyl0 = 0x9E3779B97F4A7C15, kWeyl1 = 0xBB67AE8584CAA73B;
  constexpr int kRounds = 10;
  // The counter of the first four words is 1.
  uint64_t word[4] = {static_cast<uint64_t>(i / 4) + 1, 0, 0, 0};
  uint64_t key0 = key_[0];
  uint64_t key1 = key_[1];
  for (int round = 0; round < kRounds; ++round) {
    const Product p0 = multiply(kFactor0, word[0]);
    const Product p1 = multiply(kFactor1, word[2]);
    word[0] = p1.high ^ word[1] ^ key0;
    word[1] = p1.low;
    word[2] = p0.high ^ word[3] ^ key1;
    word[3] = p0.low;
    key0 += kWeyl0;
    key1 += kWeyl1;
  }
  return static_cast<double>(word[i % 4] >> 11) * 0x1p-53;
}

namespace reference {

Status random_bernoulli(const Args& args, Outputs outputs) {
  using P = RandomBernoulliParam;
  const RandomStream stream(args.integer(P::kSeed));
  const double p = args.real(P::kProb);
  const TensorView& y = outputs[0];
  for (int64_t i = 0; i < y.elements(); ++i) y.set_real(i, stream.uniform(i) < p ? 1 : 0);
  return {};
}

Status random_uniform(const Args& args, Outputs outputs) {
  using P = RandomUniformParam;
  const RandomStream stream(args.integer(P::kSeed));
  const double low = args.real(P::kLow);
  const double high = args.real(P::kHigh);
  const TensorView& y = outputs[0];
  for (int64_t i = 0; i < y.elements(); ++i) {
    y.set_real(i, low + (high - low) * stream.uniform(i));
    // Rounding may reach the end that does not belong to the range.
    if (y.real(i) >= high && low < high) y.set_real(i, low);
  }
  return {};
}

/// Box and Muller's transform: two uniform numbers make two normal ones.
Status random_normal(const Args& args, Outputs outputs) {
  using P = RandomNormalParam;
  const RandomStream stream(args.integer(P::kSeed));
  const double mean = args.real(P::kMean);
  const double deviation = args.real(P::kStddev);
  const TensorView& y = outputs[0];
  const int64_t n = y.elements();
  for (int64_t i = 0; i < n; i += 2) {
    const double radius = std::sqrt(-2 * std::log1p(-stream.uniform(i)));
    const double angle = 2 * std::numbers::pi * stream.uniform(i + 1);
    y.set_real(i, mean + deviation * radius * std::cos(angle));
    if (i + 1 < n) y.set_real(i + 1, mean + deviation * radius * std::sin(angle));
  }
  return {};
}

Status random_categorical(const Args& args, Outputs outputs) {
  using P = RandomCategoricalParam;
  const RandomStream stream(args.integer(P::kSeed));
  const bool logits = args.text(P::kMode) == "logits";
  const TensorView x = args.tensor(P::kX);
  const TensorView& y = outputs[0];
  const int64_t classes = x.shape.back();
  const int64_t size = y.shape.back();
  const int64_t rows = x.elements() / classes;
  std::vector<double> sums(static_cast<size_t>(classes));
  for (int64_t row = 0; row < rows; ++row) {
    double largest = -INFINITY;
    for (int64_t c = 0; c < classes; ++c) largest = std::max(largest, x.real(row * classes + c));
    double sum = 0;
    for (int64_t c = 0; c < classes; ++c) {
      const double v = x.real(row * classes + c);
      const double p = logits ? std::exp(v - largest) : v;
      sum += p > 0 ? p : 0;  // NaN counts as 0
      sums[static_cast<size_t>(c)] = sum;
    }
    for (int64_t s = 0; s < size; ++s) {
      const double at = stream.uniform(row * size + s) * sum;
      const auto found = std::upper_bound(sums.begin(), sums.end(), at);
      const auto c = std::min<int64_t>(found - sums.begin(), classes - 1);
      y.set_real(row * size + s, static_cast<double>(c));
    }
  }
  return {};
}

}  // namespace reference
}  // namespace pome::ops
