// How a product of pixels and panels is cut for caches and threads.
#pragma once

#include <algorithm>
#include <cstdint>

#include "cpu/kernels/partition.h"

namespace pome::cpu {

/// Values of the reduction summed at a stretch: a panel's slice stays near the first cache, and the
/// sums of a chunk stay in the second while the slices pass.
inline constexpr int64_t kSliceValues = 512;
/// Floats of input that one chunk of pixels keeps hot during a slice (a quarter of a 1 MiB cache).
inline constexpr int64_t kChunkFloats = 64 << 10;

/// Chunks of pixels times groups of panels; every pair is one task.
struct GemmTasks {
  int64_t pixels = 0;
  int64_t panels = 0;
  int64_t chunk = 0;  // pixels of a chunk
  int64_t chunks = 1;
  int64_t groups = 1;

  int64_t count() const { return chunks * groups; }
  Range pixels_of(int64_t task) const {
    const int64_t begin = task / groups * chunk;
    return {begin, std::min(pixels, begin + chunk)};
  }
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
  const int64_t fits = std::max(2 * tile, kChunkFloats / slice);
  int64_t chunks = ceil_div(pixels, fits);
  const int64_t wanted = ceil_div(2 * threads, images);
  if (threads > 1 && chunks < wanted) {
    // Whole tiles for everyone if there are enough, else everyone takes a part of the panels.
    const int64_t enough = pixels / (2 * tile);
    if (enough >= wanted) {
      chunks = wanted;
    } else if (panels >= 2 * threads) {
      t.groups = std::min(panels, ceil_div(wanted, chunks));
    } else {
      chunks = std::clamp<int64_t>(ceil_div(pixels, tile), 1, wanted);
    }
  }
  t.chunk = std::min(pixels, round_up(ceil_div(pixels, chunks), tile));
  t.chunks = ceil_div(pixels, t.chunk);
  return t;
}

}  // namespace pome::cpu
