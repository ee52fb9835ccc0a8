// The two ways of a fully connected layer.
#pragma once

#include <algorithm>

#include "cpu/kernels/gemm/linear.h"
#include "cpu/kernels/partition.h"

namespace pome::cpu {

/// The most rows that linear_few_rows() takes: those with which reading a weight takes longer than
/// multiplying with it. A core gets 11 bytes a cycle from memory (41 GB/s at 3.7 GHz, measured),
/// which are 2.75 fp32 weights, and multiplies 2 c weights with one row in that cycle. At most
/// eight, whose sums fit into the registers.
constexpr int few_rows(int c) { return std::min(8, 8 * c / 11); }
inline bool has_few_rows(const LinearParams& p) { return p.rows <= few_rows(channel_block(p.isa)); }

// Packed: one bias per output lane, fp32, then panels as in conv/gemm-inl.h, fp32 or fp16.
inline int64_t linear_bias_floats(const LinearParams& p) {
  return round_up(round_up(p.out_features, channel_block(p.isa)), 16);
}

/// Few rows, at least one: bound by how fast weights arrive, or nearly so. Every weight is read
/// once, from where it lies, and widened where it is fp16. No scratch.
void linear_few_rows(const LinearParams& params, const LinearBuffers& buffers,
                     ThreadPool& pool) noexcept;
/// Several rows: blocked, then tiles. fp32 weights alone.
void linear_rows(const LinearParams& params, const LinearBuffers& buffers,
                 ThreadPool& pool) noexcept;
int64_t linear_rows_scratch(const LinearParams& params, int threads);

}  // namespace pome::cpu
