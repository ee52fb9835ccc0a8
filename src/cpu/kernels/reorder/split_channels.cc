// Pixels of 2 to 4 interleaved channels into planes: a picture on its way into a network.
#include "cpu/kernels/reorder/split_channels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/reorder/split_channels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

template <int channels>
HWY_INLINE void load_channels(const float* in, V (&x)[channels]) {
  if constexpr (channels == 2) hn::LoadInterleaved2(D(), in, x[0], x[1]);
  if constexpr (channels == 3) hn::LoadInterleaved3(D(), in, x[0], x[1], x[2]);
  if constexpr (channels == 4) hn::LoadInterleaved4(D(), in, x[0], x[1], x[2], x[3]);
}

template <int channels>
void split(const float* in, Range pixels, int64_t plane, float* out) {
  int64_t i = pixels.begin;
  for (; i + kLanes <= pixels.end; i += kLanes) {
    V x[channels];
    load_channels<channels>(in + i * channels, x);
    POME_UNROLL for (int c = 0; c < channels; ++c) store(x[c], out + c * plane + i);
  }
  for (; i < pixels.end; ++i) {
    for (int c = 0; c < channels; ++c) {
      std::memcpy(out + c * plane + i, in + i * channels + c, sizeof(float));
    }
  }
}

void split_target(const float* in, int64_t channels, int64_t pixels, float* out, ThreadPool& pool) {
  const int tasks = task_count(pixels, channels, 1 << 14, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(pixels, tasks, task, kLanes);
    if (channels == 2) split<2>(in, mine, pixels, out);
    if (channels == 3) split<3>(in, mine, pixels, out);
    if (channels == 4) split<4>(in, mine, pixels, out);
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kSplit, split_target);
}  // namespace

void split_channels(Isa isa, const float* input, int64_t channels, int64_t pixels, float* output,
                    ThreadPool& pool) noexcept {
  select(kSplit, isa)(input, channels, pixels, output, pool);
}

}  // namespace pome::cpu
#endif
