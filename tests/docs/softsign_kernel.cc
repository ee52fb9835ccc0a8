// Blocks 4 and 5 of docs/adding-an-op.md: what surrounds them in a kernel file and in a table file.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/docs/softsign_kernel.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/eltwise/unary_loop-inl.h"
#include "cpu/table/table.h"
#include "tests/docs/softsign.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {
#include "snippets/adding-an-op/kernel"

void softsign_target(const UnaryParams& p, const float* in, float* out, ThreadPool& pool) {
  unary_shared(unary_range<Softsign>, p, in, out, 1 << 15, pool);
}
}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu::docs {
namespace {
POME_ISA_TABLE(kSoftsignTargets, softsign_target);

void softsign_run(const UnaryParams& p, const float* in, float* out, ThreadPool& pool) noexcept {
  select(kSoftsignTargets, p.isa)(p, in, out, pool);
}

#include "snippets/adding-an-op/row"

constexpr ops::KernelRow kRows[] = {kSoftsignRow};
}  // namespace
}  // namespace pome::cpu::docs

namespace pome::docs {

std::span<const ops::KernelRow> rows() { return cpu::docs::kRows; }

}  // namespace pome::docs
#endif
