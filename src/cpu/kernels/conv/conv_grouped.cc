// Grouped convolution: one vector of output channels at a time over the input blocks its groups
// touch. Weights of channels that belong to another group are zero.
#include "cpu/kernels/conv/conv_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_grouped.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/conv/gather-inl.h"
#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// Pixels gathered at a time; the longest reduction of a panel stays in the second cache.
int64_t chunk_of(const ConvParams& p) {
  const int64_t pixels = int64_t{p.out_height} * p.out_width;
  const int64_t values = grouped_panel_values(p) + conv_taps(p) * kLanes;
  const int64_t fits = (int64_t{96} << 10) / values / kTilePixels * kTilePixels;
  return std::min(pixels, std::max<int64_t>(fits, 2 * kTilePixels));
}

int64_t thread_floats(const ConvParams& p) {
  return chunk_of(p) * round_up(grouped_panel_values(p) + conv_taps(p) * kLanes, kLanes);
}

void grouped_target(const ConvJob& job, ThreadPool& pool) {
  const ConvParams& p = job.p;
  const int64_t plane = int64_t{p.out_height} * p.out_width;
  const int64_t in_plane = int64_t{p.in_height} * p.in_width * kLanes;
  const int64_t blocks = ceil_div(p.out_channels, kLanes);
  const int64_t chunk = chunk_of(p);
  const int64_t chunks = ceil_div(plane, chunk);
  const int64_t panel = grouped_panel_values(p) * kLanes;
  const int64_t each = thread_floats(p);
  const auto run = [&](int task, int thread) HWY_ATTR {
    float* gathered = job.scratch + thread * each;
    const int64_t image = task / (chunks * blocks);
    const int64_t block = task / chunks % blocks;
    const Range pixels{task % chunks * chunk, std::min(plane, (task % chunks + 1) * chunk)};
    const Range in = grouped_inputs(p, block);
    const Reduction k{std::min<int64_t>(in.end * kLanes, p.in_channels) - in.begin * kLanes,
                      conv_taps(p)};
    const Panels panels{job.weights + block * panel, job.bias + block * kLanes, 1, k.values()};
    gather(p, job.input + image * job.in_image + in.begin * in_plane, {0, k.segments()}, pixels,
           gathered);
    const int64_t at = (block * plane + pixels.begin) * kLanes;
    Sums sums;
    sums.c = job.output + image * job.out_image + at;
    sums.residual =
        job.residual == nullptr ? nullptr : job.residual + image * job.residual_image + at;
    sums.epilogue = p.epilogue;
    const Slice slice = slice_of(k, {0, k.segments()}, gathered, pixels.size() * kLanes);
    gemm_slice(slice, panels, sums, pixels.size(), {0, 1});
  };
  pool.parallel_for(static_cast<int>(p.batch * blocks * chunks), run);
}

int64_t scratch_target(const ConvParams& p, int threads) { return thread_floats(p) * threads; }

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kGrouped, grouped_target);
POME_ISA_TABLE(kScratch, scratch_target);
}  // namespace

int64_t conv_grouped_scratch(const ConvParams& params, int threads) {
  return select(kScratch, params.isa)(params, threads);
}

void conv_grouped(const ConvJob& job, ThreadPool& pool) noexcept {
  select(kGrouped, job.p.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
