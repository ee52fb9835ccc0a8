// The transforms of Winograd's algorithm, on vectors of channels. Once per target.
#if defined(POME_CPU_KERNELS_CONV_WINOGRAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_WINOGRAD_INL_H_
#undef POME_CPU_KERNELS_CONV_WINOGRAD_INL_H_
#else
#define POME_CPU_KERNELS_CONV_WINOGRAD_INL_H_
#endif

#include "cpu/kernels/activation-inl.h"
#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/conv/winograd.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// The transforms at the `n` interpolation points that winograd.cc lists. input: B^T of n values.
/// output: A^T, m outputs of n sums, of which the i-th is to be multiplied by the i-th power of the
/// first point, kWinogradPoint (1 but for n = 6); that is done along with the bias.
template <int n>
struct WinogradPoints;

/// An axis along which the kernel has one tap.
template <>
struct WinogradPoints<1> {
  static HWY_INLINE void input(const V (&d)[1], V (&o)[1]) { o[0] = d[0]; }
  template <int m>
  static HWY_INLINE void output(const V (&s)[1], V (&o)[m]) {
    o[0] = s[0];
  }
};

template <>
struct WinogradPoints<4> {
  static HWY_INLINE void input(const V (&d)[4], V (&o)[4]) {
    o[0] = hn::Sub(d[0], d[2]);
    o[1] = hn::Add(d[1], d[2]);
    o[2] = hn::Sub(d[2], d[1]);
    o[3] = hn::Sub(d[3], d[1]);
  }
  template <int m>
  static HWY_INLINE void output(const V (&s)[4], V (&o)[m]) {
    static_assert(m == 2);
    o[0] = hn::Add(hn::Add(s[0], s[1]), s[2]);
    o[1] = hn::Add(hn::Sub(s[1], s[2]), s[3]);
  }
};

template <>
struct WinogradPoints<6> {
  static constexpr float p = kWinogradPoint<6>;
  static constexpr float q = 2 * p;
  static HWY_INLINE void input(const V (&d)[6], V (&o)[6]) {
    const V p2 = splat(p * p);
    const V q2 = splat(q * q);
    const V sum = splat(p * p + q * q);
    const V product = splat(p * p * q * q);
    // Even and odd parts at the points p and -p, then at q and -q.
    const V even1 = hn::NegMulAdd(q2, d[2], d[4]);
    const V odd1 = hn::NegMulAdd(q2, d[1], d[3]);
    const V even2 = hn::NegMulAdd(p2, d[2], d[4]);
    const V odd2 = hn::NegMulAdd(p2, d[1], d[3]);
    o[0] = hn::MulAdd(product, d[0], hn::NegMulAdd(sum, d[2], d[4]));
    o[1] = hn::MulAdd(splat(p), odd1, even1);
    o[2] = hn::NegMulAdd(splat(p), odd1, even1);
    o[3] = hn::MulAdd(splat(q), odd2, even2);
    o[4] = hn::NegMulAdd(splat(q), odd2, even2);
    o[5] = hn::MulAdd(product, d[1], hn::NegMulAdd(sum, d[3], d[5]));
  }
  template <int m>
  static HWY_INLINE void output(const V (&s)[6], V (&o)[m]) {
    const V even1 = hn::Add(s[1], s[2]);
    const V odd1 = hn::Sub(s[1], s[2]);
    const V even2 = hn::Add(s[3], s[4]);
    const V odd2 = hn::Sub(s[3], s[4]);
    o[0] = hn::Add(hn::Add(s[0], even1), even2);
    POME_UNROLL for (int i = 1; i < m; ++i) {
      const V power = splat(static_cast<float>(1 << i));  // (q / p)^i
      o[i] = i % 2 == 0 ? hn::MulAdd(power, even2, even1) : hn::MulAdd(power, odd2, odd1);
    }
    o[m - 1] = hn::Add(o[m - 1], s[5]);
  }
};

template <>
struct WinogradPoints<8> {
  static HWY_INLINE void input(const V (&d)[8], V (&o)[8]) {
    // Even and odd parts at 1 and -1, at 2 and -2, at 1/2 and -1/2.
    const V even1 = hn::NegMulAdd(splat(4.25f), d[4], hn::Add(d[2], d[6]));
    const V odd1 = hn::NegMulAdd(splat(4.25f), d[3], hn::Add(d[1], d[5]));
    const V half = splat(0.5f);
    const V two = splat(2.0f);
    const V middle = hn::Mul(splat(2.5f), d[3]);
    const V even2 = hn::MulAdd(splat(0.25f), d[2], hn::NegMulAdd(splat(1.25f), d[4], d[6]));
    const V odd2 = hn::MulAdd(half, d[1], hn::MulSub(two, d[5], middle));
    const V even3 = hn::MulAdd(splat(4.0f), d[2], hn::NegMulAdd(splat(5.0f), d[4], d[6]));
    const V odd3 = hn::MulAdd(two, d[1], hn::MulSub(half, d[5], middle));
    o[0] = hn::MulAdd(splat(5.25f), hn::Sub(d[4], d[2]), hn::Sub(d[0], d[6]));
    o[1] = hn::Add(even1, odd1);
    o[2] = hn::Sub(even1, odd1);
    o[3] = hn::Add(even2, odd2);
    o[4] = hn::Sub(even2, odd2);
    o[5] = hn::Add(even3, odd3);
    o[6] = hn::Sub(even3, odd3);
    o[7] = hn::MulAdd(splat(5.25f), hn::Sub(d[3], d[5]), hn::Sub(d[7], d[1]));
  }
  template <int m>
  static HWY_INLINE void output(const V (&s)[8], V (&o)[m]) {
    static_assert(m == 2);
    const V evens = hn::Add(hn::Add(s[1], s[2]), hn::Add(s[3], s[4]));
    const V odd1 = hn::Add(hn::Sub(s[1], s[2]), s[7]);
    const V odd2 = hn::MulAdd(splat(2.0f), hn::Sub(s[3], s[4]), odd1);
    o[0] = hn::Add(hn::Add(s[0], evens), hn::Add(s[5], s[6]));
    o[1] = hn::MulAdd(splat(0.5f), hn::Sub(s[5], s[6]), odd2);
  }
};

/// [i] is the i-th power of the first point.
template <int n>
struct WinogradPowers {
  static constexpr float p = kWinogradPoint<n>;
  static constexpr float of[] = {1, p, p* p, p* p* p, p* p* p* p, p* p* p* p* p, p* p* p* p* p* p};
};

/// One axis: `m` outputs of a kernel of `taps`.
template <int m, int taps>
struct WinogradAxis {
  static constexpr int outputs = m;
  static constexpr int points = m + taps - 1;
  using Points = WinogradPoints<points>;
};

/// Where a tile lies.
struct WinogradTile {
  int64_t image;
  int64_t y;  // first output row and column
  int64_t x;
};

template <class Y, class X>
HWY_INLINE WinogradTile winograd_tile(const ConvParams& p, int64_t index) {
  const int64_t columns = ceil_div(p.out_width, X::outputs);
  const int64_t rows = ceil_div(p.out_height, Y::outputs);
  return {index / columns / rows, index / columns % rows * Y::outputs,
          index % columns * X::outputs};
}

/// B^T d B of one tile of one channel block: Y::points x X::points vectors, `stride` floats apart,
/// at `to`.
template <class Y, class X>
HWY_INLINE void winograd_input(const ConvParams& p, const float* block, const WinogradTile& tile,
                               float* to, int64_t stride) {
  constexpr int ny = Y::points;
  constexpr int nx = X::points;
  const int64_t y0 = tile.y - p.pad_top;
  const int64_t x0 = tile.x - p.pad_left;
  V rows[ny][nx];
  if (y0 >= 0 && x0 >= 0 && y0 + ny <= p.in_height && x0 + nx <= p.in_width) {
    const float* from = block + (y0 * p.in_width + x0) * kLanes;
    const int64_t row = int64_t{p.in_width} * kLanes;
    POME_UNROLL for (int j = 0; j < nx; ++j) {
      V d[ny];
      V o[ny];
      POME_UNROLL for (int i = 0; i < ny; ++i) d[i] = load(from + i * row + j * kLanes);
      Y::Points::input(d, o);
      POME_UNROLL for (int i = 0; i < ny; ++i) rows[i][j] = o[i];
    }
  } else {
    for (int j = 0; j < nx; ++j) {
      V d[ny];
      V o[ny];
      const int64_t x = x0 + j;
      const bool inside = x >= 0 && x < p.in_width;
      POME_UNROLL for (int i = 0; i < ny; ++i) {
        const int64_t y = y0 + i;
        d[i] = inside && y >= 0 && y < p.in_height ? load(block + (y * p.in_width + x) * kLanes)
                                                   : hn::Zero(D());
      }
      Y::Points::input(d, o);
      POME_UNROLL for (int i = 0; i < ny; ++i) rows[i][j] = o[i];
    }
  }
  for (int i = 0; i < ny; ++i) {
    V o[nx];
    X::Points::input(rows[i], o);
    POME_UNROLL for (int j = 0; j < nx; ++j) store(o[j], to + (i * nx + j) * stride);
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
template <class Y, class X>
HWY_INLINE void winograd_output(const ConvParams& p, const float* from, int64_t stride,
                                const WinogradTile& tile, const WinogradSink& sink) {
  constexpr int ny = Y::points;
  constexpr int nx = X::points;
  constexpr int my = Y::outputs;
  constexpr int mx = X::outputs;
  V columns[my][nx];
  POME_UNROLL for (int j = 0; j < nx; ++j) {
    V s[ny];
    V o[my];
    POME_UNROLL for (int i = 0; i < ny; ++i) s[i] = load(from + (i * nx + j) * stride);
    Y::Points::template output<my>(s, o);
    POME_UNROLL for (int i = 0; i < my; ++i) columns[i][j] = o[i];
  }
  // Of a tile of one row or column the other axis' points are 1.
  using Powers = WinogradPowers<(ny > nx ? ny : nx)>;
  const int64_t width = p.out_width - tile.x;
  for (int i = 0; i < my && tile.y + i < p.out_height; ++i) {
    V o[mx];
    X::Points::template output<mx>(columns[i], o);
    const int64_t at = ((tile.y + i) * p.out_width + tile.x) * kLanes;
    const bool first = sink.residual != nullptr && !p.epilogue.residual_last;
    POME_UNROLL for (int j = 0; j < mx; ++j) {
      o[j] = Powers::p == 1 ? hn::Add(o[j], sink.bias)
                            : hn::MulAdd(splat(Powers::of[i + j]), o[j], sink.bias);
      if (first && j < width) o[j] = hn::Add(o[j], load(sink.residual + at + j * kLanes));
    }
    activate<mx>(sink.activation, o);
    POME_UNROLL for (int j = 0; j < mx; ++j) {
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
