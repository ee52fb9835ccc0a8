// Pixels times packed weights on blocked data, over tiles. Once per target.
#if defined(POME_CPU_KERNELS_CONV_GEMM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_GEMM_INL_H_
#undef POME_CPU_KERNELS_CONV_GEMM_INL_H_
#else
#define POME_CPU_KERNELS_CONV_GEMM_INL_H_
#endif

#include <cmath>

#include "cpu/kernels/activation-inl.h"
#include "cpu/kernels/conv/tile-inl.h"
#include "cpu/kernels/epilogue.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// The reduced dimension: blocks of kLanes channels (the last may be shorter), each at `taps`
/// kernel positions. Segment s is block s / taps at tap s % taps.
struct Reduction {
  int64_t channels = 0;
  int64_t taps = 1;

  int64_t blocks() const { return ceil_div(channels, kLanes); }
  int64_t segments() const { return blocks() * taps; }
  int64_t full_segments() const { return channels / kLanes * taps; }
  int32_t tail_length() const { return static_cast<int32_t>(channels % kLanes); }
  /// Values in segments [0, s).
  int64_t values_before(int64_t s) const {
    const int64_t full = full_segments();
    return s <= full ? s * kLanes : full * kLanes + (s - full) * tail_length();
  }
  int64_t values() const { return values_before(segments()); }
};

/// Packed weights: panels of two vectors of output channels, the last of one where their number is
/// odd; a panel lies [value of the reduction][vectors * kLanes].
struct Panels {
  const float* weights = nullptr;
  const float* bias = nullptr;
  int64_t vectors = 0;  // of output channels
  int64_t values = 0;   // of the reduction

  int64_t count() const { return ceil_div(vectors, 2); }
  int vectors_of(int64_t panel) const { return panel * 2 + 2 <= vectors ? 2 : 1; }
  const float* at(int64_t panel, int64_t value) const {
    return weights + panel * 2 * kLanes * values + value * vectors_of(panel) * kLanes;
  }
};

/// Where sums go and what happens to them.
struct Sums {
  float* c = nullptr;  // first pixel, first output channel of all
  const float* residual = nullptr;
  int64_t c_pixel = kLanes;
  int64_t c_vector = 0;
  Epilogue epilogue;
};

/// A leaky ReLU that is the larger of x and alpha * x.
HWY_INLINE bool is_larger_of_two(const Epilogue& e) {
  return e.activation == Activation::kLeakyRelu && e.alpha > 0 && e.alpha <= 1;
}

/// True when the tile can finish the sums in registers.
HWY_INLINE bool finishes_in_tile(const Epilogue& e) {
  return (e.activation <= Activation::kClamp || is_larger_of_two(e)) &&
         !(e.has_residual && e.residual_last);
}

/// Sets how the tile ends: with the activation (one that it can finish), or as the sums are.
HWY_INLINE void set_end(Tile& t, const Epilogue& e, bool active) {
  t.slope = active && is_larger_of_two(e) ? e.alpha : 0.0f;
  t.low = -HUGE_VALF;
  t.high = HUGE_VALF;
  if (!active || e.activation == Activation::kNone) return;
  const bool relu = e.activation == Activation::kRelu;
  t.low = relu ? 0.0f : e.alpha;
  t.high = relu ? HUGE_VALF : e.beta;
}

/// The rest of the epilogue for `count` neighbouring pixels of one vector of channels.
template <int count>
HWY_INLINE void finish_pixels(const Sums& s, const VecActivation& f, bool add, int64_t at) {
  V x[count];
  POME_UNROLL for (int i = 0; i < count; ++i) x[i] = load(s.c + at + i * s.c_pixel);
  activate<count>(f, x);
  POME_UNROLL for (int i = 0; i < count; ++i) {
    if (add) x[i] = hn::Add(x[i], load(s.residual + at + i * s.c_pixel));
    store(x[i], s.c + at + i * s.c_pixel);
  }
}

/// The rest of the epilogue, over one tile that has just been stored and lies in the first cache.
inline void finish_tile(const Sums& s, int64_t pixel, int64_t pixels, int64_t vector, int vectors) {
  const VecActivation f = make_activation(s.epilogue.activation, s.epilogue.alpha, s.epilogue.beta);
  const bool add = s.epilogue.has_residual && s.epilogue.residual_last;
  for (int v = 0; v < vectors; ++v) {
    const int64_t at = pixel * s.c_pixel + (vector + v) * s.c_vector;
    int64_t i = 0;
    for (; i + 4 <= pixels; i += 4) finish_pixels<4>(s, f, add, at + i * s.c_pixel);
    for (; i < pixels; ++i) finish_pixels<1>(s, f, add, at + i * s.c_pixel);
  }
}

/// A slice of the reduction, over all pixels of a chunk.
struct Slice {
  const float* a = nullptr;  // first pixel, first segment; pixels are kLanes apart
  int64_t segment_stride = 0;
  int64_t full_segments = 0;
  int64_t tail_segments = 0;
  int32_t tail_length = 0;
  int64_t value = 0;   // values of the panel before this slice
  int64_t values = 0;  // and in it
  bool first = true;   // sums start here ...
  bool last = true;    // ... and are finished here

  int64_t segments() const { return full_segments + tail_segments; }
};

/// Segments `range` of `k`, read from `a`.
HWY_INLINE Slice slice_of(const Reduction& k, Range range, const float* a, int64_t segment_stride) {
  const int64_t full = k.full_segments();
  Slice s;
  s.a = a;
  s.segment_stride = segment_stride;
  s.full_segments = range.begin >= full ? 0 : (range.end < full ? range.end : full) - range.begin;
  s.tail_segments = range.size() - s.full_segments;
  s.tail_length = k.tail_length();
  s.value = k.values_before(range.begin);
  s.values = k.values_before(range.end) - s.value;
  s.first = range.begin == 0;
  s.last = range.end == k.segments();
  return s;
}

/// How a panel, or the last two where those are three vectors, is cut into tiles.
struct PanelTiles {
  int vectors;
  int64_t pixels;  // at most, of a tile
  const TileFn* table;
};

inline PanelTiles tiles_of(const Panels& panels, int64_t panel, Range which) {
  const int vectors = panels.vectors_of(panel);
  const bool wide = kWideTilePixels > 0 && panel + 2 == which.end && vectors == 2 &&
                    panels.vectors_of(panel + 1) == 1;
  if (wide) return {3, kWideTilePixels, wide_tile_table<kLanes>()};
  return {vectors, kTilePixels, vectors == 2 ? tile_table<2, kLanes>() : tile_table<1, kLanes>()};
}

/// Sums one slice for pixels [0, pixels) of the chunk and panels `which`. Slices of one chunk are
/// run in order; all but the last leave raw sums in c.
inline void gemm_slice(const Slice& slice, const Panels& panels, const Sums& sums, int64_t pixels,
                       Range which) {
  const bool in_tile = finishes_in_tile(sums.epilogue);
  Tile t;
  t.segment_stride = slice.segment_stride;
  t.full_segments = static_cast<int32_t>(slice.full_segments);
  t.tail_segments = static_cast<int32_t>(slice.tail_segments);
  t.tail_length = slice.tail_length;
  t.c_pixel = sums.c_pixel;
  t.c_vector = sums.c_vector;
  set_end(t, sums.epilogue, slice.last && in_tile);
  const int64_t steps = slice.segments() > 0 ? slice.segments() : 1;
  const bool add = slice.first && sums.epilogue.has_residual && !sums.epilogue.residual_last;
  for (int64_t panel = which.begin; panel < which.end; ++panel) {
    const PanelTiles form = tiles_of(panels, panel, which);
    const int64_t tiles = ceil_div(pixels, form.pixels);
    t.b = panels.at(panel, slice.value);
    if (form.vectors == 3) t.b_third = panels.at(panel + 1, slice.value);
    // While this panel is in use, the next one is brought near.
    const bool more = form.vectors != 3 && panel + 1 < which.end;
    const float* next = more ? panels.at(panel + 1, slice.value) : nullptr;
    const int64_t lines = more ? slice.values * panels.vectors_of(panel + 1) * kLanes / 16 : 0;
    t.prefetch_lines = static_cast<int32_t>(ceil_div(lines, tiles * steps));
    int64_t fetched = 0;
    int64_t x = 0;
    for (int64_t i = 0; i < tiles; ++i) {
      const int64_t rows = ceil_div(pixels - x, tiles - i);
      const int64_t at = x * sums.c_pixel + panel * 2 * sums.c_vector;
      t.a = slice.a + x * kLanes;
      t.c = sums.c + at;
      t.bias = slice.first ? panels.bias + panel * 2 * kLanes : nullptr;
      t.residual = add ? sums.residual + at : nullptr;
      if (fetched >= lines) t.prefetch_lines = 0;
      t.prefetch = next + fetched * 16;
      fetched += t.prefetch_lines * steps;
      form.table[rows](t);
      if (slice.last && !in_tile) finish_tile(sums, x, rows, panel * 2, form.vectors);
      x += rows;
    }
    if (form.vectors == 3) break;
  }
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
