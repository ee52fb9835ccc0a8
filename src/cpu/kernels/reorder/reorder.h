// Moves tensors between layouts.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kReorderKernel{"reorder", 1};

enum class ReorderKind : uint8_t {
  kNchwToBlocked,
  kBlockedToNchw,
  kNhwcToBlocked,
  kBlockedToNhwc,
};

/// One change between a dense plain tensor and a blocked one. Plain data.
struct ReorderParams {
  Isa isa = Isa::kNone;
  ReorderKind kind = ReorderKind::kNchwToBlocked;
  int32_t batch = 1;
  int32_t channels = 0;
  int64_t pixels = 0;  // height * width
  /// Floats from one image to the next in the blocked tensor, 0 when dense.
  int64_t blocked_batch_stride = 0;
};
static_assert(std::is_trivially_copyable_v<ReorderParams>);

/// Padded lanes of a blocked output are set to 0. No overlap. Any number of calls at once.
void reorder_run(const ReorderParams& params, const float* input, float* output,
                 ThreadPool& pool) noexcept;

inline constexpr KernelId kChannelCopyKernel{"channel_copy", 1};

/// Copies a range of channels from one blocked tensor into another of the same height and width:
/// concatenation, split and slicing along channels, at any offset. Fast when both offsets are
/// multiples of the block. Plain data.
struct ChannelCopyParams {
  Isa isa = Isa::kNone;
  int32_t batch = 1;
  int32_t channels = 0;  // how many are copied
  int64_t pixels = 0;
  int32_t in_channels = 0;  // of the whole input
  int32_t in_offset = 0;    // first channel read
  int32_t out_channels = 0;
  int32_t out_offset = 0;
};
static_assert(std::is_trivially_copyable_v<ChannelCopyParams>);

/// Channels outside the range keep their values in the output. No overlap.
void channel_copy_run(const ChannelCopyParams& params, const float* input, float* output,
                      ThreadPool& pool) noexcept;

/// A part of every row of a matrix of bytes: slicing along any axis, where a row is all that lies
/// behind it. Plain data.
struct RowCopyParams {
  int64_t rows = 1;
  int64_t row_bytes = 0;  // of the input
  int64_t begin = 0;      // first byte of a row that is copied
  int64_t bytes = 0;      // how many are copied
};
static_assert(std::is_trivially_copyable_v<RowCopyParams>);

/// The parts lie densely in the output. No overlap.
void row_copy_run(const RowCopyParams& params, const void* input, void* output,
                  ThreadPool& pool) noexcept;

inline constexpr KernelId kConvertKernel{"convert_fp16", 1};

/// `count` binary16 values to float32, exactly.
void convert_half_to_float(Isa isa, const uint16_t* input, float* output, int64_t count,
                           ThreadPool& pool) noexcept;
/// To binary16, rounded to nearest even; overflow gives infinity, NaN stays NaN.
void convert_float_to_half(Isa isa, const float* input, uint16_t* output, int64_t count,
                           ThreadPool& pool) noexcept;

inline constexpr KernelId kTransposeKernel{"transpose", 2};

/// out[i_perm..] = in[i..] for dense plain tensors: out_dims[a] = in_dims[perm[a]]. Plain data.
struct TransposeParams {
  static constexpr int kMaxRank = 8;
  Isa isa = Isa::kNone;       // kNone: without vectors
  int32_t element_bytes = 4;  // 1, 2, 4 or 8
  int32_t rank = 0;
  int64_t in_dims[kMaxRank] = {};
  int32_t perm[kMaxRank] = {};
};
static_assert(std::is_trivially_copyable_v<TransposeParams>);

/// Ok, or why these parameters have no kernel here.
Status transpose_check(const TransposeParams& params);
/// No overlap. Any number of calls at once.
void transpose_run(const TransposeParams& params, const void* input, void* output,
                   ThreadPool& pool) noexcept;

}  // namespace pome::cpu
