// What the kernel tests share: targets of this machine, data, layouts.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "base/half.h"
#include "cpu/blocked.h"
#include "cpu/isa.h"
#include "cpu/weights.h"
#include "tests/cpu/guarded_memory.h"

namespace pome::cpu::test {

/// Every target that this machine runs.
inline std::vector<Isa> isas() {
  std::vector<Isa> found;
  for (Isa isa : {Isa::kSse4, Isa::kAvx2, Isa::kAvx512, Isa::kNeon}) {
    if (runs_here(isa)) found.push_back(isa);
  }
  return found;
}

/// Floats on cache-line borders between pages that may not be touched, with NaN around them on
/// their own pages: a kernel that reads beyond its buffer dies or shows, one that writes there too.
class Floats {
 public:
  explicit Floats(int64_t count, float fill = std::numeric_limits<float>::quiet_NaN())
      : memory_(static_cast<size_t>(count) * sizeof(float)), count_(count) {
    for (float* p = first(); p != last(); ++p) *p = std::numeric_limits<float>::quiet_NaN();
    for (int64_t i = 0; i < count; ++i) data()[i] = fill;
  }
  Floats(const std::vector<float>& values)
      : Floats(static_cast<int64_t>(values.size())) {  // NOLINT
    for (size_t i = 0; i < values.size(); ++i) data()[i] = values[i];
  }
  float* data() { return reinterpret_cast<float*>(memory_.data()); }
  const float* data() const { return reinterpret_cast<const float*>(memory_.data()); }
  int64_t size() const { return count_; }
  std::span<const float> span() const { return {data(), static_cast<size_t>(count_)}; }
  /// True while nothing has been written around them.
  bool guards_intact() const {
    const float* end = data() + count_;
    const auto is_nan = [](float x) { return std::isnan(x); };
    return std::all_of(const_cast<const float*>(first()), data(), is_nan) &&
           std::all_of(end, const_cast<const float*>(last()), is_nan);
  }

 private:
  float* first() const { return reinterpret_cast<float*>(memory_.begin()); }
  float* last() const { return reinterpret_cast<float*>(memory_.end()); }
  GuardedMemory memory_;
  int64_t count_;
};

inline std::vector<float> random_floats(int64_t count, uint32_t seed, float low = -1,
                                        float high = 1) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& v : values) v = uniform(engine);
  return values;
}

/// Plain NCHW to blocked; padded lanes hold NaN, which no kernel may let through.
inline Floats to_blocked(Isa isa, const std::vector<float>& plain, int64_t n, int64_t channels,
                         int64_t pixels) {
  const int64_t c = channel_block(isa);
  const int64_t blocks = channel_blocks(channels, isa);
  Floats blocked(n * blocks * pixels * c);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t k = 0; k < channels; ++k) {
      for (int64_t p = 0; p < pixels; ++p) {
        blocked.data()[((i * blocks + k / c) * pixels + p) * c + k % c] =
            plain[static_cast<size_t>((i * channels + k) * pixels + p)];
      }
    }
  }
  return blocked;
}

inline std::vector<float> from_blocked(Isa isa, const Floats& blocked, int64_t n, int64_t channels,
                                       int64_t pixels) {
  const int64_t c = channel_block(isa);
  const int64_t blocks = channel_blocks(channels, isa);
  std::vector<float> plain(static_cast<size_t>(n * channels * pixels));
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t k = 0; k < channels; ++k) {
      for (int64_t p = 0; p < pixels; ++p) {
        plain[static_cast<size_t>((i * channels + k) * pixels + p)] =
            blocked.data()[((i * blocks + k / c) * pixels + p) * c + k % c];
      }
    }
  }
  return plain;
}

/// A constant in fp32 or rounded to fp16, and the values it stands for.
struct Constant {
  std::vector<std::byte> bytes;
  std::vector<float> values;
  ir::DType dtype;

  Constant(const std::vector<float>& source, ir::DType type) : values(source), dtype(type) {
    bytes.resize(source.size() * (type == ir::DType::kFp16 ? 2 : 4));
    for (size_t i = 0; i < source.size(); ++i) {
      if (type == ir::DType::kFp16) {
        const uint16_t half = float_to_half(source[i]);
        std::memcpy(bytes.data() + i * 2, &half, 2);
        values[i] = half_to_float(half);
      } else {
        std::memcpy(bytes.data() + i * 4, &source[i], 4);
      }
    }
  }
  Weights weights() const { return {dtype, bytes}; }
};

/// Largest |got - want| relative to `scale`; infinity where one is NaN and the other is not.
inline double worst_error(std::span<const float> got, std::span<const double> want, double scale) {
  double worst = got.size() == want.size() ? 0 : std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
    if (std::isnan(want[i]) && std::isnan(got[i])) continue;
    const double error = std::abs(got[i] - want[i]) / scale;
    if (!(error <= worst))
      worst = std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
  }
  return worst;
}

/// Error allowed in a fp32 sum of `terms` products of numbers in [-1, 1], relative to sqrt(terms).
/// Partial sums grow like sqrt(k) / 3, each addition rounds by up to eps / 2 of them: the standard
/// deviation is 0.07 sqrt(terms) eps; this allows seven of them, and three eps for the epilogue.
inline double sum_tolerance(int64_t terms) {
  return std::numeric_limits<float>::epsilon() * (3 + 0.5 * std::sqrt(static_cast<double>(terms)));
}

}  // namespace pome::cpu::test
