#include "ops/compression.h"

#include <cstring>

#include "base/try.h"
#include "ops/infer.h"

namespace pome::ops::reference {
namespace {

/// Calls f(begin, n, block) for each run of n neighbours within a block, in row-major order.
template <typename F>
void for_each_block_run(const Shape& dense, const Shape& counts, F f) {
  const int64_t n = dense.elements();
  if (n == 0) return;
  const int last = dense.rank() - 1;
  const int64_t parts = counts[last];
  const int64_t run = dense[last] / parts;
  for (int64_t row = 0; row < n; row += dense[last]) {
    const int64_t first = block_of(dense, counts, row);
    for (int64_t k = 0; k < parts; ++k) f(row + k * run, run, first + k);
  }
}

void copy_mask(const TensorView& mask, const TensorView& to) {
  std::memcpy(to.data, mask.data,
              static_cast<size_t>(ir::storage_bytes(mask.dtype, mask.elements())));
}

}  // namespace

Status constexpr_blockwise_shift_scale(const Args& args, Outputs outputs) {
  const TensorView data = args.tensor(kShiftScaleData);
  const TensorView scale = args.tensor(kShiftScaleScale);
  const bool shifts = args.has(kShiftScaleOffset);
  const TensorView offset = shifts ? args.tensor(kShiftScaleOffset) : TensorView{};
  for_each_block_run(data.shape, scale.shape, [&](int64_t begin, int64_t n, int64_t block) {
    const double factor = scale.real(block);
    const double shift = shifts ? offset.real(block) : 0;
    for (int64_t i = begin; i < begin + n; ++i)
      outputs[0].set_real(i, factor * (data.real(i) - shift));
  });
  return {};
}

Status constexpr_sparse_blockwise_shift_scale(const Args& args, Outputs outputs) {
  POME_TRY(check_ones(args, kSparseShiftMask, kSparseShiftData));  // an op's mask is known only now
  const TensorView mask = args.tensor(kSparseShiftMask);
  const TensorView data = args.tensor(kSparseShiftData);
  const TensorView scale = args.tensor(kSparseShiftScale);
  const bool shifts = args.has(kSparseShiftOffset);
  const TensorView offset = shifts ? args.tensor(kSparseShiftOffset) : TensorView{};
  copy_mask(mask, outputs[0]);
  int64_t next = 0;
  for_each_block_run(mask.shape, scale.shape, [&](int64_t begin, int64_t n, int64_t block) {
    const double factor = scale.real(block);
    const double shift = shifts ? offset.real(block) : 0;
    for (int64_t i = begin; i < begin + n; ++i) {
      if (mask.integer(i) == 0) continue;
      outputs[1].set_real(next, factor * (data.real(next) - shift));
      ++next;
    }
  });
  return {};
}

Status constexpr_block_lut_to_dense(const Args& args, Outputs outputs) {
  const TensorView indices = args.tensor(kBlockLutIndices);
  const TensorView table = args.tensor(kBlockLutTable);
  POME_ASSIGN(const BlockLut lut,
              block_lut(args, indices.shape, indices.dtype, kBlockLutTable, kBlockLutAxis));
  const auto bytes = static_cast<size_t>(ir::bits(table.dtype) / 8);
  for_each_block_run(indices.shape, table.shape, [&](int64_t begin, int64_t n, int64_t block) {
    const std::byte* entries =
        table.data + static_cast<size_t>(block * lut.entries * lut.vector) * bytes;
    for (int64_t i = begin; i < begin + n; ++i) {
      const std::byte* values =
          entries + static_cast<size_t>(indices.integer(i) * lut.vector) * bytes;
      const int64_t first = i / lut.inner * lut.vector * lut.inner + i % lut.inner;
      for (int64_t v = 0; v < lut.vector; ++v)
        std::memcpy(outputs[0].data + static_cast<size_t>(first + v * lut.inner) * bytes,
                    values + static_cast<size_t>(v) * bytes, bytes);
    }
  });
  return {};
}

Status constexpr_lut_to_sparse(const Args& args, Outputs outputs) {
  POME_TRY(check_ones(args, kSparseLutMask, kSparseLutIndices));
  const TensorView mask = args.tensor(kSparseLutMask);
  const TensorView indices = args.tensor(kSparseLutIndices);
  const TensorView table = args.tensor(kSparseLutTable);
  POME_ASSIGN(const BlockLut lut,
              block_lut(args, mask.shape, indices.dtype, kSparseLutTable, kSparseLutAxis));
  const int64_t n = mask.elements();
  int64_t next = 0;   // index
  int64_t place = 0;  // value
  // A row of the mask behind the axis becomes as many rows as an entry has values.
  for (int64_t row = 0; row < n; row += lut.inner) {
    int64_t index = next;
    for (int64_t v = 0; v < lut.vector; ++v) {
      index = next;
      for (int64_t i = row; i < row + lut.inner; ++i) {
        const int64_t kept = mask.integer(i);
        outputs[0].set_integer(row * lut.vector + v * lut.inner + i - row, kept);
        if (kept == 0) continue;
        const int64_t entry =
            block_of(mask.shape, table.shape, i) * lut.entries + indices.integer(index++);
        outputs[1].set_real(place++, table.real(entry * lut.vector + v));
      }
    }
    next = index;
  }
  return {};
}

Status constexpr_masked_to_dense(const Args& args, Outputs outputs) {
  POME_TRY(check_ones(args, kMaskedMask, kMaskedData));
  const TensorView data = args.tensor(kMaskedData);
  const TensorView mask = args.tensor(kMaskedMask);
  int64_t next = 0;
  for (int64_t i = 0; i < mask.elements(); ++i)
    outputs[0].set_real(i, mask.integer(i) != 0 ? data.real(next++) : 0);
  return {};
}

}  // namespace pome::ops::reference
