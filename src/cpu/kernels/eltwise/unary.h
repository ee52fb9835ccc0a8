// Functions of one value, applied to every element of a dense buffer.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"

namespace pome::cpu {

inline constexpr KernelId kUnaryKernel{"unary", 1};

/// f(x) with parameters a (alpha) and b (beta). Errors in units in the last place are stated in
/// docs/numerics.md and held by tests/cpu/unary_test.cc.
enum class UnaryOp : uint8_t {
  kCopy,
  kAbs,
  kNegate,
  kRelu,
  kClamp,            // min(max(x, a), b)
  kLeakyRelu,        // x >= 0 ? x : a x
  kThresholdedRelu,  // x >= a ? x : 0
  kThreshold,        // max(x, a)
  kHardSigmoid,      // min(max(a x + b, 0), 1)
  kHardSwish,        // x min(max(a x + b, 0), 1)
  kLinear,           // a x + b
  kSquare,
  kSqrt,
  kRsqrt,     // 1 / sqrt(x + a)
  kInverse,   // 1 / (x + a)
  kSoftsign,  // x / (1 + |x|)
  kFloor,
  kCeil,
  kRound,  // half to even
  kSign,   // -1, 0 or 1; NaN stays
  kElu,    // x >= 0 ? x : a (e^x - 1); the first of those that need more than a few instructions
  kSigmoid,
  kTanh,
  kScaledTanh,   // a tanh(b x)
  kSilu,         // x / (1 + e^-x)
  kGeluExact,    // x (1 + erf(x / sqrt 2)) / 2
  kGeluTanh,     // x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
  kGeluSigmoid,  // x sigmoid(1.702 x)
  kSoftplus,     // log(1 + e^x)
  kExp,
  kExp2,
  kLog,  // log(x + a)
  kErf,
  kSin,  // |x| <= 39000
  kCos,  // |x| <= 39000
};
inline constexpr int kUnaryOpCount = static_cast<int>(UnaryOp::kCos) + 1;

/// Plain data, lies in a plan.
struct UnaryParams {
  Isa isa = Isa::kNone;
  UnaryOp op = UnaryOp::kCopy;
  float alpha = 0;
  float beta = 0;
  /// Floats, padded lanes of a blocked tensor included.
  int64_t count = 0;
};
static_assert(std::is_trivially_copyable_v<UnaryParams>);

/// output may be input itself, but may not overlap it otherwise. Any layout; 4-byte alignment is
/// enough. Any number of calls at once.
void unary_run(const UnaryParams& params, const float* input, float* output,
               ThreadPool& pool) noexcept;

}  // namespace pome::cpu
