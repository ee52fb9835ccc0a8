// Row-major matrices into and out of the blocked form that tiles work on. Once per target.
#if defined(POME_CPU_KERNELS_GEMM_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_GEMM_ROWS_INL_H_
#undef POME_CPU_KERNELS_GEMM_ROWS_INL_H_
#else
#define POME_CPU_KERNELS_GEMM_ROWS_INL_H_
#endif

#include "cpu/kernels/activation-inl.h"
#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// Columns [columns) of `rows` rows, `stride` floats apart, become [column block][row][kLanes];
/// lanes behind the last column are 0. Requires columns.begin to be a multiple of kLanes.
inline void block_rows(const float* from, int64_t stride, int64_t rows, Range columns, float* to) {
  for (int64_t k = columns.begin; k < columns.end; k += kLanes) {
    const int64_t n = columns.end - k;
    for (int64_t r = 0; r < rows; ++r, to += kLanes) {
      const float* at = from + r * stride + k;
      store(n >= kLanes ? load(at) : load_tail(at, n), to);
    }
  }
}

/// Rows of `tile` ([row][2 * kLanes], raw sums with bias) through the epilogue into `columns`
/// columns of a row-major output (and residual) with rows `stride` floats apart.
inline void finish_rows(const Epilogue& e, const float* tile, int64_t rows, int64_t columns,
                        int64_t stride, const float* residual, float* out) {
  const VecActivation f = make_activation(e.activation, e.alpha, e.beta);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t j = 0; j < columns; j += kLanes) {
      const int64_t n = columns - j < kLanes ? columns - j : kLanes;
      const int64_t at = r * stride + j;
      V x = load(tile + r * 2 * kLanes + j);
      if (e.has_residual) {
        const V added = n == kLanes ? load(residual + at) : load_tail(residual + at, n);
        x = e.residual_last ? hn::Add(activate_one(f, x), added)
                            : activate_one(f, hn::Add(x, added));
      } else {
        x = activate_one(f, x);
      }
      if (n == kLanes) {
        store(x, out + at);
      } else {
        store_tail(x, out + at, n);
      }
    }
  }
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
