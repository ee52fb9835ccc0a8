// The transforms of Winograd's algorithm, on vectors of channels. Once per target.
#if defined(POME_CPU_KERNELS_CONV_WINOGRAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_WINOGRAD_INL_H_
#undef POME_CPU_KERNELS_CONV_WINOGRAD_INL_H_
#else
#define POME_CPU_KERNELS_CONV_WINOGRAD_INL_H_
#endif

#include "cpu/kernels/activation-inl.h"
#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// One axis of the transforms: B^T of m + 2 inputs, A^T of m + 2 sums. Points 0, 1, -1, (2, -2,)
/// infinity.
template <int m>
struct WinogradAxis;

template <>
struct WinogradAxis<2> {
  static HWY_INLINE void input(const V (&d)[4], V (&o)[4]) {
    o[0] = hn::Sub(d[0], d[2]);
    o[1] = hn::Add(d[1], d[2]);
    o[2] = hn::Sub(d[2], d[1]);
    o[3] = hn::Sub(d[1], d[3]);
  }
  static HWY_INLINE void output(const V (&s)[4], V (&o)[2]) {
    o[0] = hn::Add(hn::Add(s[0], s[1]), s[2]);
    o[1] = hn::Sub(hn::Sub(s[1], s[2]), s[3]);
  }
};

template <>
struct WinogradAxis<4> {
  static HWY_INLINE void input(const V (&d)[6], V (&o)[6]) {
    const V two = splat(2.0f);
    const V four = splat(4.0f);
    const V five = splat(5.0f);
    // Even and odd parts at the points 1 and -1, then at 2 and -2.
    const V even1 = hn::NegMulAdd(four, d[2], d[4]);
    const V odd1 = hn::NegMulAdd(four, d[1], d[3]);
    const V even2 = hn::Sub(d[4], d[2]);
    const V odd2 = hn::Mul(two, hn::Sub(d[3], d[1]));
    o[0] = hn::MulAdd(four, d[0], hn::NegMulAdd(five, d[2], d[4]));
    o[1] = hn::Add(even1, odd1);
    o[2] = hn::Sub(even1, odd1);
    o[3] = hn::Add(even2, odd2);
    o[4] = hn::Sub(even2, odd2);
    o[5] = hn::MulAdd(four, d[1], hn::NegMulAdd(five, d[3], d[5]));
  }
  static HWY_INLINE void output(const V (&s)[6], V (&o)[4]) {
    const V sum1 = hn::Add(s[1], s[2]);
    const V difference1 = hn::Sub(s[1], s[2]);
    const V sum2 = hn::Add(s[3], s[4]);
    const V difference2 = hn::Sub(s[3], s[4]);
    o[0] = hn::Add(hn::Add(s[0], sum1), sum2);
    o[1] = hn::MulAdd(splat(2.0f), difference2, difference1);
    o[2] = hn::MulAdd(splat(4.0f), sum2, sum1);
    o[3] = hn::Add(hn::MulAdd(splat(8.0f), difference2, difference1), s[5]);
  }
};

/// Where a tile lies.
struct WinogradTile {
  int64_t image;
  int64_t y;  // first output row and column
  int64_t x;
};

template <int m>
HWY_INLINE WinogradTile winograd_tile(const ConvParams& p, int64_t index) {
  const int64_t columns = ceil_div(p.out_width, m);
  const int64_t rows = ceil_div(p.out_height, m);
  return {index / columns / rows, index / columns % rows * m, index % columns * m};
}

/// B^T d B of one tile of one channel block: (m + 2)^2 vectors, `stride` floats apart, at `to`.
template <int m>
HWY_INLINE void winograd_input(const ConvParams& p, const float* block, const WinogradTile& tile,
                               float* to, int64_t stride) {
  constexpr int n = m + 2;
  const int64_t y0 = tile.y - p.pad_top;
  const int64_t x0 = tile.x - p.pad_left;
  V rows[n][n];
  if (y0 >= 0 && x0 >= 0 && y0 + n <= p.in_height && x0 + n <= p.in_width) {
    const float* from = block + (y0 * p.in_width + x0) * kLanes;
    const int64_t row = int64_t{p.in_width} * kLanes;
    POME_UNROLL for (int j = 0; j < n; ++j) {
      V d[n];
      V o[n];
      POME_UNROLL for (int i = 0; i < n; ++i) d[i] = load(from + i * row + j * kLanes);
      WinogradAxis<m>::input(d, o);
      POME_UNROLL for (int i = 0; i < n; ++i) rows[i][j] = o[i];
    }
  } else {
    for (int j = 0; j < n; ++j) {
      V d[n];
      V o[n];
      const int64_t x = x0 + j;
      const bool inside = x >= 0 && x < p.in_width;
      POME_UNROLL for (int i = 0; i < n; ++i) {
        const int64_t y = y0 + i;
        d[i] = inside && y >= 0 && y < p.in_height ? load(block + (y * p.in_width + x) * kLanes)
                                                   : hn::Zero(D());
      }
      WinogradAxis<m>::input(d, o);
      POME_UNROLL for (int i = 0; i < n; ++i) rows[i][j] = o[i];
    }
  }
  for (int i = 0; i < n; ++i) {
    V o[n];
    WinogradAxis<m>::input(rows[i], o);
    POME_UNROLL for (int j = 0; j < n; ++j) store(o[j], to + (i * n + j) * stride);
  }
}

/// Where the outputs of one channel block go, and what is done to them.
struct WinogradSink {
  V bias;
  VecActivation activation;
  const float* residual;  // of the block, or null
  float* out;
};

/// A^T s A of one tile of one channel block, through the epilogue.
template <int m>
HWY_INLINE void winograd_output(const ConvParams& p, const float* from, int64_t stride,
                                const WinogradTile& tile, const WinogradSink& sink) {
  constexpr int n = m + 2;
  V columns[m][n];
  POME_UNROLL for (int j = 0; j < n; ++j) {
    V s[n];
    V o[m];
    POME_UNROLL for (int i = 0; i < n; ++i) s[i] = load(from + (i * n + j) * stride);
    WinogradAxis<m>::output(s, o);
    POME_UNROLL for (int i = 0; i < m; ++i) columns[i][j] = o[i];
  }
  const int64_t width = p.out_width - tile.x;
  for (int i = 0; i < m && tile.y + i < p.out_height; ++i) {
    V o[m];
    WinogradAxis<m>::output(columns[i], o);
    const int64_t at = ((tile.y + i) * p.out_width + tile.x) * kLanes;
    const bool first = sink.residual != nullptr && !p.epilogue.residual_last;
    POME_UNROLL for (int j = 0; j < m; ++j) {
      o[j] = hn::Add(o[j], sink.bias);
      if (first && j < width) o[j] = hn::Add(o[j], load(sink.residual + at + j * kLanes));
    }
    activate<m>(sink.activation, o);
    POME_UNROLL for (int j = 0; j < m; ++j) {
      if (j >= width) break;
      if (sink.residual != nullptr && !first) {
        o[j] = hn::Add(o[j], load(sink.residual + at + j * kLanes));
      }
      store(o[j], sink.out + at + j * kLanes);
    }
  }
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
