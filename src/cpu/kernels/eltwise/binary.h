// Functions of two tensors, with broadcasting.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kBinaryKernel{"binary", 1};

enum class BinaryOp : uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMax,
  kMin,
  kPrelu,              // x >= 0 ? x : y x
  kSquaredDifference,  // (x - y)^2
};
inline constexpr int kBinaryOpCount = static_cast<int>(BinaryOp::kSquaredDifference) + 1;

/// out = activation(op(x, y)) over a dense output of `dims`. An operand's stride of 0 repeats it
/// along that axis. Plain data, lies in a plan. Build it with one of the functions below.
struct BinaryParams {
  static constexpr int kMaxRank = 8;
  Isa isa = Isa::kNone;
  BinaryOp op = BinaryOp::kAdd;
  Activation activation = Activation::kNone;
  float alpha = 0;  // of the activation
  float beta = 0;
  int32_t rank = 0;
  int64_t dims[kMaxRank] = {};
  int64_t x_strides[kMaxRank] = {};  // in floats
  int64_t y_strides[kMaxRank] = {};
};
static_assert(std::is_trivially_copyable_v<BinaryParams>);

/// Both operands have `count` floats in the same layout (plain or blocked).
BinaryParams binary_same(Isa isa, BinaryOp op, int64_t count);
/// Plain tensors whose shapes broadcast NumPy's way; at most 8 axes after those that can be joined
/// are joined. Errors: kShapeMismatch, or kUnsupported for more axes.
Result<BinaryParams> binary_broadcast(Isa isa, BinaryOp op, std::span<const int64_t> x_shape,
                                      std::span<const int64_t> y_shape);
/// A blocked tensor of [batch][channels][pixels] with one value per channel, stored as a blocked
/// tensor of one pixel ([blocks][c]), or per image and channel ([batch][blocks][c]). `swap` makes
/// the per-channel operand x (for sub and div).
BinaryParams binary_per_channel(Isa isa, BinaryOp op, int64_t batch, int64_t channels,
                                int64_t pixels, bool per_image, bool swap);

/// `output` may be an operand that is as large as it. 4-byte alignment is enough. Any number of
/// calls at once.
void binary_run(const BinaryParams& params, const float* x, const float* y, float* output,
                ThreadPool& pool) noexcept;

inline constexpr KernelId kScaleShiftKernel{"scale_shift", 1};

/// out = activation(scale[channel] * x + shift[channel]) on a blocked tensor (a batch norm that no
/// convolution took in).
struct ScaleShiftParams {
  Isa isa = Isa::kNone;
  Activation activation = Activation::kNone;
  float alpha = 0;
  float beta = 0;
  int32_t batch = 1;
  int32_t channels = 0;
  int64_t pixels = 0;
};
static_assert(std::is_trivially_copyable_v<ScaleShiftParams>);

/// scale and shift: blocked tensors of one pixel, [blocks][c]. In place is allowed.
void scale_shift_run(const ScaleShiftParams& params, const float* input, const float* scale,
                     const float* shift, float* output, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
