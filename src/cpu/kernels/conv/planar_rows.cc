// Rows of a convolution that reads a plain picture: every value of (channel, tap) is broadcast from
// neighbouring floats of a row.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/planar_rows.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <utility>

#include "cpu/kernels/conv/planar-inl.h"
#include "cpu/kernels/reorder/pixels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// Where a row of the picture comes from: floats, or bytes that are scaled on the way.
struct FloatRow {
  const float* row;

  float at(int64_t x) const { return row[x]; }
  void copy(int64_t x, int64_t count, float* to) const {
    std::memcpy(to, row + x, static_cast<size_t>(count) * sizeof(float));
  }
};
struct ByteRow {
  const uint8_t* row;
  float scale;
  float bias;

  float at(int64_t x) const {
    float y;
    scale_bytes(row + x, 1, scale, bias, &y);
    return y;
  }
  void copy(int64_t x, int64_t count, float* to) const {
    scale_bytes(row + x, count, scale, bias, to);
  }
};

template <class Row>
void copy_row(const ConvParams& p, const PlanarShape& s, const Row& row, float* to) {
  for (int64_t phase = 0; phase < s.phases; ++phase) {
    float* out = to + phase * s.phase_floats;
    const int64_t first = phase - p.pad_left;
    int64_t i = 0;
    for (; i < s.phase_floats && first + i * s.phases < 0; ++i) out[i] = 0;
    if (s.phases == 1) {
      const int64_t n = std::min<int64_t>(s.phase_floats - i, p.in_width - (first + i));
      if (n > 0) {
        row.copy(first + i, n, out + i);
        i += n;
      }
    } else {
      for (; i < s.phase_floats && first + i * s.phases < p.in_width; ++i) {
        out[i] = row.at(first + i * s.phases);
      }
    }
    for (; i < s.phase_floats; ++i) out[i] = 0;
  }
}

// What `rows` output rows from `first_out` read.
void copy_rows(const ConvParams& p, const PlanarShape& s, const float* image, Range rows,
               float* to) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(image);
  const int64_t first = rows.begin * p.stride_height - p.pad_top;
  const int64_t unused = (s.rows - rows.size()) * p.stride_height;
  for (int64_t c = 0; c < p.in_channels; ++c, to += unused * s.row_floats) {
    for (int64_t r = 0; r < s.copy_rows - unused; ++r, to += s.row_floats) {
      const int64_t y = first + r;
      const int64_t at = (c * p.in_height + y) * p.in_width;
      if (y < 0 || y >= p.in_height) {
        std::memset(to, 0, static_cast<size_t>(s.row_floats) * sizeof(float));
      } else if (p.pixels) {
        copy_row(p, s, ByteRow{bytes + at, p.scaling.scale[c], p.scaling.bias[c]}, to);
      } else {
        copy_row(p, s, FloatRow{image + at}, to);
      }
    }
  }
}

// A row tile: `count` neighbouring pixels x 1 or 2 vectors of outputs, a kernel row of `kernel`
// values at a time. Its weights stay in registers, and each input is loaded once for all the pixels
// that it is a part of: a general tile loads it for each of them, and where there is one vector of
// outputs those loads are its bound.
template <int kernel, int stride, int vectors, int count>
HWY_INLINE void add_column(V (&acc)[count][vectors], const V (&w)[kernel][vectors], int column,
                           const float* a) {
  const V x = keep_in_register(splat(a[column]));
  POME_UNROLL for (int k = kernel - 1; k >= 0; --k) {
    const int pixel = (column - k) / stride;
    if (column < k || (column - k) % stride != 0 || pixel >= count) continue;
    POME_UNROLL for (int v = 0; v < vectors; ++v) {
      acc[pixel][v] = hn::MulAdd(x, w[k][v], acc[pixel][v]);
    }
  }
}

template <int kernel, int stride, int vectors, int count>
HWY_NOINLINE void run_row_tile(const Tile& t) {
  V acc[count][vectors];
  tile_begin<count, vectors>(t, acc);
  const float* HWY_RESTRICT b = t.b;
  for (int32_t s = 0; s < t.tail_segments; s += kernel) {
    const float* HWY_RESTRICT a = t.a + t.segments[s];
    V w[kernel][vectors];
    POME_UNROLL for (int k = 0; k < kernel; ++k) {
      POME_UNROLL for (int v = 0; v < vectors; ++v, b += kLanes) {
        w[k][v] = keep_in_register(load(b));
      }
    }
    POME_UNROLL for (int u = 0; u < count; ++u) {
      POME_UNROLL for (int i = 0; i < stride; ++i) {
        add_column<kernel, stride, vectors, count>(acc, w, u * stride + i, a);
      }
    }
    POME_UNROLL for (int i = 0; i < kernel - stride; ++i) {
      add_column<kernel, stride, vectors, count>(acc, w, count * stride + i, a);
    }
  }
  tile_end<count, vectors>(t, acc);
}

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif
// With 16 registers a row tile is too narrow: measured, the general one is faster there.
constexpr bool kHasRowTiles = kRegisters == 32;
// The widest: its sums, the weights of a kernel row and an input fill the registers.
template <int kernel, int vectors>
[[maybe_unused]] constexpr int kRowPixels = (kRegisters - 1 - kernel * vectors) / vectors;

struct Tiles {
  int64_t most;         // pixels of the widest
  const TileFn* table;  // entry [pixels]
};

template <int kernel, int stride, int vectors, int... counts>
Tiles row_tiles(std::integer_sequence<int, counts...>) {
  static constexpr TileFn kTable[] = {nullptr,
                                      run_row_tile<kernel, stride, vectors, counts + 1>...};
  return {sizeof...(counts), kTable};
}

template <int stride, int vectors>
Tiles planar_tiles(bool row) {
  if constexpr (kHasRowTiles) {
    constexpr std::make_integer_sequence<int, kRowPixels<3, vectors>> kCounts;
    if (row) return row_tiles<3, stride, vectors>(kCounts);
  }
  return {kTilePixels, tile_table<vectors, stride>()};
}

// The tiles for pixels whose inputs lie `step` floats apart.
Tiles choose_tiles(const ConvParams& p, int64_t step, int vectors) {
  const bool row = p.kernel_width == 3 && p.stride_width == step && p.dilation_width == 1;
  if (step == 2) return vectors == 2 ? planar_tiles<2, 2>(row) : planar_tiles<2, 1>(row);
  return vectors == 2 ? planar_tiles<1, 2>(row) : planar_tiles<1, 1>(row);
}

}  // namespace

void planar_rows(const PlanarConv& conv, const float* image, Range rows, const Sums& sums,
                 float* copied) {
  const ConvParams& p = conv.p;
  const PlanarShape& s = conv.shape;
  copy_rows(p, s, image, rows, copied);
  const Panels panels{conv.packed + conv_bias_floats(p), conv.packed,
                      ceil_div(p.out_channels, kLanes), s.values};
  Tile t;
  t.segments = conv.table;
  t.tail_segments = static_cast<int32_t>(s.values);
  t.c_pixel = kLanes;
  t.c_vector = sums.c_vector;
  const bool in_tile = finishes_in_tile(sums.epilogue);
  set_end(t, sums.epilogue, in_tile);
  const bool add = sums.epilogue.has_residual && !sums.epilogue.residual_last;
  const int64_t step = s.phases == 1 ? p.stride_width : 1;
  for (int64_t panel = 0; panel < panels.count(); ++panel) {
    const int vectors = panels.vectors_of(panel);
    const Tiles kinds = choose_tiles(p, step, vectors);
    const int64_t tiles = ceil_div(p.out_width, kinds.most);
    t.b = panels.at(panel, 0);
    t.bias = panels.bias + panel * 2 * kLanes;
    for (int64_t y = 0; y < rows.size(); ++y) {
      const float* row = copied + y * p.stride_height * s.row_floats;
      int64_t x = 0;
      for (int64_t i = 0; i < tiles; ++i) {
        const int64_t count = ceil_div(p.out_width - x, tiles - i);
        const int64_t pixel = y * p.out_width + x;
        const int64_t at = pixel * kLanes + panel * 2 * sums.c_vector;
        t.a = row + x * step;
        t.c = sums.c + at;
        t.residual = add ? sums.residual + at : nullptr;
        kinds.table[count](t);
        if (!in_tile) finish_tile(sums, pixel, count, panel * 2, vectors);
        x += count;
      }
    }
  }
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
