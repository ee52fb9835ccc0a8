// How a product of pixels and panels is cut for caches and threads.
#pragma once

#include <algorithm>
#include <cstdint>

#include "cpu/cache.h"
#include "cpu/kernels/partition.h"

namespace pome::cpu {

/// Values of the reduction summed at a stretch: a panel's slice stays near the first cache, and the
/// sums of a chunk stay in the second while the slices pass.
inline constexpr int64_t kSliceValues = 512;
/// Floats of input that one chunk of pixels keeps hot during a slice: a quarter of the cache.
inline int64_t chunk_floats() { return second_cache_floats() / 4; }

/// Chunks of pixels times groups of panels; every pair is one task.
struct GemmTasks {
  int64_t pixels = 0;
  int64_t panels = 0;
  int64_t chunk = 0;  // pixels of the largest chunk
  int64_t chunks = 1;
  int64_t groups = 1;

  int64_t count() const { return chunks * groups; }
  Range pixels_of(int64_t task) const { return part_of(pixels, chunks, task / groups); }
  Range panels_of(int64_t task) const { return part_of(panels, groups, task % groups); }
};

/// Slices of a reduction of `values`: 1 unless it is clearly longer than kSliceValues.
inline int64_t slice_count(int64_t values) {
  return values > kSliceValues * 3 / 2 ? ceil_div(values, kSliceValues) : 1;
}

/// `tile` is the pixels of a register tile, `images` how often the whole is repeated (those are
/// tasks of their own).
inline GemmTasks gemm_tasks(int64_t pixels, int64_t values, int64_t panels, int64_t tile,
                            int64_t images, int threads) {
  GemmTasks t;
  t.pixels = pixels;
  t.panels = panels;
  const int64_t slice = std::max<int64_t>(1, ceil_div(values, slice_count(values)));
  const int64_t fits = std::max(2 * tile, chunk_floats() / slice);
  t.chunks = ceil_div(pixels, fits);
  const int64_t wanted = ceil_div(2 * threads, images);
  if (threads > 1 && t.chunks < wanted) {
    // Shares of the panels that differ by more than an eighth are worse than narrower tiles.
    const bool panels_share = ceil_div(panels, threads) * threads * 8 <= panels * 9;
    if (pixels / (2 * tile) >= wanted) {
      t.chunks = wanted;
    } else if (panels_share) {
      t.groups = std::min(panels, round_up(ceil_div(wanted, t.chunks), threads));
    } else {
      t.chunks = std::min(ceil_div(pixels, std::max<int64_t>(1, tile / 2)), int64_t{threads});
    }
  } else if (t.chunks < 8 * threads) {
    t.chunks = std::min(pixels, round_up(t.chunks, threads));
  }
  t.chunk = ceil_div(pixels, t.chunks);
  return t;
}

}  // namespace pome::cpu
