// The two ways of a fully connected layer.
#pragma once

#include "cpu/kernels/gemm/linear.h"
#include "cpu/kernels/partition.h"

namespace pome::cpu {

// Packed: one bias per output lane, then panels as in conv/gemm-inl.h.
inline int64_t linear_bias_floats(const LinearParams& p) {
  return round_up(round_up(p.out_features, channel_block(p.isa)), 16);
}

/// One row: bound by how fast weights arrive.
void linear_one_row(const LinearParams& params, const LinearBuffers& buffers,
                    ThreadPool& pool) noexcept;
/// Several rows: blocked, then tiles.
void linear_rows(const LinearParams& params, const LinearBuffers& buffers,
                 ThreadPool& pool) noexcept;
int64_t linear_rows_scratch(const LinearParams& params, int threads);

}  // namespace pome::cpu
