#include "cpu/kernels/reorder/pixels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/reorder/pixels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/try.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/reorder/pixels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

void pixels_target(const PixelsParams& p, const uint8_t* in, float* out, ThreadPool& pool) {
  const int64_t planes = p.images * p.channels;
  const int parts = task_count(p.plane, planes, 1 << 15, pool.threads());
  pool.parallel_for(parts, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(p.plane, parts, task, 64);
    for (int64_t k = 0; k < planes; ++k) {
      const int64_t at = k * p.plane + mine.begin;
      const int64_t c = k % p.channels;
      scale_bytes(in + at, mine.size(), p.scaling.scale[c], p.scaling.bias[c], out + at);
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kPixels, pixels_target);
}  // namespace

Status pixels_check(const PixelsParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"images", p.images}, {"channels", p.channels}}, 1));
  if (p.channels > PixelScaling::kMaxChannels) {
    return Error(ErrorCode::kUnsupported,
                 "a picture of " + std::to_string(p.channels) + " channels, 1 to 4 are taken");
  }
  return check_product("picture", {p.images, p.channels, p.plane});
}

void pixels_run(const PixelsParams& params, const uint8_t* input, float* output,
                ThreadPool& pool) noexcept {
  select(kPixels, params.isa)(params, input, output, pool);
}

}  // namespace pome::cpu
#endif
