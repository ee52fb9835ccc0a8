// The blocks of docs/adding-a-kernel.md: what surrounds them in a kernel file and in a table file.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/docs/multiply_add_kernel.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/thread_pool.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"
#include "cpu/table/table.h"
#include "tests/docs/multiply_add.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {
#include "snippets/adding-a-kernel/kernel"
}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu::docs {
namespace {
POME_ISA_TABLE(kMultiplyAddTargets, multiply_add_target);

void multiply_add_run(const MultiplyAddParams& p, const float* x, const float* y, const float* z,
                      float* out, ThreadPool& pool) noexcept {
  select(kMultiplyAddTargets, p.isa)(p, x, y, z, out, pool);
}

#include "snippets/adding-a-kernel/row"

constexpr ops::KernelRow kRows[] = {kMultiplyAddRow};
}  // namespace
}  // namespace pome::cpu::docs

namespace pome::docs {

std::span<const ops::KernelRow> fused_rows() { return cpu::docs::kRows; }

}  // namespace pome::docs
#endif
