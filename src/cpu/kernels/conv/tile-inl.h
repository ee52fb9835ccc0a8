// The register tile that convolutions and matrix products share. Once per target.
#if defined(POME_CPU_KERNELS_CONV_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_TILE_INL_H_
#undef POME_CPU_KERNELS_CONV_TILE_INL_H_
#else
#define POME_CPU_KERNELS_CONV_TILE_INL_H_
#endif

#include <utility>

#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

// Pixels of a tile: with two vectors of output channels, one accumulator each, two registers of
// weights and one of input, this fills the target's registers.
#if HWY_TARGET == HWY_AVX3
constexpr int kTilePixels = 14;
#elif HWY_TARGET == HWY_NEON
constexpr int kTilePixels = 12;
#else
constexpr int kTilePixels = 6;
#endif

// Pixels of a tile of three vectors, which takes the last three of an odd number of them: beside
// the tile above, one of a single vector waits for its inputs. 0 where registers are too few.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr int kWideTilePixels = 9;
#else
constexpr int kWideTilePixels = 0;
#endif

// Values of the reduction that the loop over a channel block takes at once; measured, AVX2 loses 2
// in 100 by more than one.
#if HWY_TARGET == HWY_AVX3
constexpr int kTileSteps = 4;
#else
constexpr int kTileSteps = 1;
#endif

/// One tile: `pixels` x (1, 2 or 3) vectors of output channels, summed over segments of the reduced
/// dimension. A segment is a run of input channels that lie side by side: a channel block (at one
/// kernel tap), or a single value. Weights lie [segment][k][vectors * kLanes]; a third vector's lie
/// apart, as those of a tile of one.
struct Tile {
  const float* a = nullptr;           // first pixel, first segment
  int64_t segment_stride = 0;         // floats from one segment to the next ...
  const int32_t* segments = nullptr;  // ... or, where not null, each one's offset
  int32_t full_segments = 0;          // of kLanes values each
  int32_t tail_segments = 0;          // then these, of tail_length each
  int32_t tail_length = 0;
  const float* b = nullptr;
  const float* b_third = nullptr;
  float* c = nullptr;
  int64_t c_pixel = 0;   // floats from one pixel to the next
  int64_t c_vector = 0;  // and from one vector of output channels to the next
  /// The sums start at bias (plus residual, at c's strides); where bias is null at what c holds.
  const float* bias = nullptr;
  const float* residual = nullptr;
  /// How it ends: the larger of x and slope * x where slope is not 0, else between low and high.
  float slope = 0;
  float low = 0;
  float high = 0;
  /// Weights that will be needed soon: `prefetch_lines` cache lines are asked for each segment.
  const float* prefetch = nullptr;
  int32_t prefetch_lines = 0;
};

/// Where the weights of the next value lie.
struct TileWeights {
  const float* HWY_RESTRICT first;
  const float* HWY_RESTRICT third;
};

template <int pixels, int vectors, int a_pixel>
HWY_INLINE void tile_step(V (&acc)[pixels][vectors], const float* HWY_RESTRICT a, TileWeights& b) {
  V w[vectors];
  POME_UNROLL for (int v = 0; v < vectors; ++v) {
    w[v] = load(v < 2 ? b.first + v * kLanes : b.third + (v - 2) * kLanes);
  }
  b.first += (vectors < 2 ? 1 : 2) * kLanes;
  if constexpr (vectors > 2) b.third += (vectors - 2) * kLanes;
  POME_UNROLL for (int r = 0; r < pixels; ++r) {
    const V x = splat(a[r * a_pixel]);
    POME_UNROLL for (int v = 0; v < vectors; ++v) acc[r][v] = hn::MulAdd(x, w[v], acc[r][v]);
  }
}

template <int pixels, int vectors>
HWY_INLINE void tile_begin(const Tile& t, V (&acc)[pixels][vectors]) {
  if (t.bias == nullptr) {
    POME_UNROLL for (int r = 0; r < pixels; ++r) {
      POME_UNROLL for (int v = 0; v < vectors; ++v) {
        acc[r][v] = load(t.c + r * t.c_pixel + v * t.c_vector);
      }
    }
    return;
  }
  POME_UNROLL for (int v = 0; v < vectors; ++v) {
    const V bias = load(t.bias + v * kLanes);
    POME_UNROLL for (int r = 0; r < pixels; ++r) acc[r][v] = bias;
  }
  if (t.residual == nullptr) return;
  POME_UNROLL for (int r = 0; r < pixels; ++r) {
    POME_UNROLL for (int v = 0; v < vectors; ++v) {
      acc[r][v] = hn::Add(acc[r][v], load(t.residual + r * t.c_pixel + v * t.c_vector));
    }
  }
}

/// Activates the sums and stores them.
template <int pixels, int vectors>
HWY_INLINE void tile_end(const Tile& t, V (&acc)[pixels][vectors]) {
  // Copies: the compiler must expect that what is stored below lies in `t`.
  float* const c = t.c;
  const int64_t c_pixel = t.c_pixel;
  const int64_t c_vector = t.c_vector;
  if (t.slope != 0) {
    const V slope = splat(t.slope);
    POME_UNROLL for (int r = 0; r < pixels; ++r) {
      POME_UNROLL for (int v = 0; v < vectors; ++v) {
        store(at_least(acc[r][v], hn::Mul(acc[r][v], slope)), c + r * c_pixel + v * c_vector);
      }
    }
    return;
  }
  const V low = splat(t.low);
  const V high = splat(t.high);
  POME_UNROLL for (int r = 0; r < pixels; ++r) {
    POME_UNROLL for (int v = 0; v < vectors; ++v) {
      store(clamp_keep_nan(acc[r][v], low, high), c + r * c_pixel + v * c_vector);
    }
  }
}

/// a_pixel: floats between neighbouring pixels of the input, known when compiling so that addresses
/// need no registers. Where it is not kLanes the input is plain: every segment is a single value.
template <int pixels, int vectors, int a_pixel>
HWY_NOINLINE void run_tile_of(const Tile& t) {
  V acc[pixels][vectors];
  tile_begin<pixels, vectors>(t, acc);
  TileWeights b{t.b, t.b_third};
  const float* prefetch = t.prefetch;
  const int32_t count = t.full_segments + t.tail_segments;
  for (int32_t s = 0; s < count; ++s) {
    const float* HWY_RESTRICT a =
        t.a + (t.segments != nullptr ? t.segments[s] : s * t.segment_stride);
    for (int32_t line = 0; line < t.prefetch_lines; ++line, prefetch += 16) {
      __builtin_prefetch(prefetch, 0, 2);
    }
    if constexpr (a_pixel != kLanes) {
      tile_step<pixels, vectors, a_pixel>(acc, a, b);
      continue;
    }
    if (s < t.full_segments) {
      for (int32_t k = 0; k < kLanes; k += kTileSteps) {
        POME_UNROLL for (int u = 0; u < kTileSteps; ++u) {
          tile_step<pixels, vectors, a_pixel>(acc, a + k + u, b);
        }
      }
      continue;
    }
    for (int32_t k = 0; k < t.tail_length; ++k) {
      tile_step<pixels, vectors, a_pixel>(acc, a + k, b);
    }
  }
  tile_end<pixels, vectors>(t, acc);
}

using TileFn = void (*)(const Tile&);

template <int vectors, int a_pixel, int... less_one>
inline const TileFn* tiles_of_pixels(std::integer_sequence<int, less_one...>) {
  static constexpr TileFn kTable[] = {nullptr, run_tile_of<less_one + 1, vectors, a_pixel>...};
  return kTable;
}

/// Entry [pixels] for 1 <= pixels <= kTilePixels.
template <int vectors, int a_pixel>
inline const TileFn* tile_table() {
  return tiles_of_pixels<vectors, a_pixel>(std::make_integer_sequence<int, kTilePixels>());
}

/// The tile of three vectors, for 1 <= pixels <= kWideTilePixels.
template <int a_pixel>
inline const TileFn* wide_tile_table() {
  return tiles_of_pixels<3, a_pixel>(std::make_integer_sequence<int, kWideTilePixels>());
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
