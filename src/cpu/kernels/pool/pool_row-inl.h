// One output row of a pooling. Once per target.
#if defined(POME_CPU_KERNELS_POOL_POOL_ROW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_POOL_POOL_ROW_INL_H_
#undef POME_CPU_KERNELS_POOL_POOL_ROW_INL_H_
#else
#define POME_CPU_KERNELS_POOL_POOL_ROW_INL_H_
#endif

#include "cpu/kernels/pool/pool.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// The input rows of one channel block: all of them, or those that are needed in a ring of rows
/// where input row `first` has been put at its start.
struct PoolInput {
  const float* rows = nullptr;
  int64_t first = 0;
  int64_t ring = INT64_MAX;
};

/// Output row `y` of one channel block, params.out_width pixels to `out`; `buffer` holds
/// params.in_width * kLanes floats. Compiled once, in pool_row.cc.
void pool_row(const PoolParams& params, const PoolInput& in, int64_t y, float* buffer, float* out);

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
