// Sliding windows: how convolutions and pools move over their spatial dimensions.
#pragma once

#include <array>
#include <cstdint>

#include "ops/args.h"
#include "pome/result.h"

namespace pome::ops {

/// One spatial dimension. Tap k of output position o reads input position
/// o * stride + k * dilation - pad_before; positions outside [0, in) are padding.
struct Window {
  int64_t in = 1;
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t pad_before = 0;
  int64_t pad_after = 0;
  int64_t out = 1;

  /// Input positions from the first tap to the last.
  constexpr int64_t extent() const { return (kernel - 1) * dilation + 1; }
  /// Input position of the first tap of output position o; negative inside the padding.
  constexpr int64_t start(int64_t o) const { return o * stride - pad_before; }

  struct Range {
    int64_t begin = 0;
    int64_t end = 0;
  };
  /// The taps of output position o that read the input.
  Range taps(int64_t o) const;
  /// The output positions whose tap k reads the input.
  Range positions(int64_t k) const;
  /// True for a window that maps every position to itself.
  constexpr bool trivial() const {
    return kernel == 1 && stride == 1 && pad_before == 0 && pad_after == 0;
  }
};

/// The windows of 1 to 3 spatial dimensions, outermost first. Where an input extent is unknown,
/// `in` and `out` are Shape::kUnknown and the pads of "same" are 0.
struct WindowNd {
  static constexpr int kMaxRank = 3;
  int rank = 0;
  std::array<Window, kMaxRank> dims{};

  const Window& operator[](int i) const { return dims[static_cast<size_t>(i)]; }
  Window& operator[](int i) { return dims[static_cast<size_t>(i)]; }
  /// Always three dimensions, trivial ones of extent 1 in front.
  std::array<Window, 3> as_3d() const;
};

enum class PadType { kValid, kSame, kSameLower, kCustom };
/// The pad type that a parameter names, whatever the letters' case; kValid when it is absent.
Result<PadType> pad_type(const Args& args, int param);

/// What a window is computed from. Empty lists mean ones (strides, dilations) and zeros (pad).
struct WindowSpec {
  Shape in{};      // spatial extents, outermost first; may be unknown
  Shape kernel{};  // as many; may be unknown
  Ints strides{};
  Ints dilations{};
  Ints pad{};  // before and after of each dimension; read for kCustom alone
  PadType type = PadType::kValid;
  bool ceil_mode = false;
};

/// Extents, strides and pads larger than this are refused, so that the arithmetic cannot overflow.
inline constexpr int64_t kMaxExtent = int64_t{1} << 30;

/// The windows of a convolution or pool. "same" gives out = ceil(in / stride) with
/// max(0, (out - 1) * stride + extent - in) padding, the odd cell behind ("same") or before
/// ("same_lower"). ceil_mode rounds out up and takes one back when the last window would start
/// beyond the input and there is padding. Errors name the dimension and both values.
Result<WindowNd> make_window(const WindowSpec& spec);

/// The windows of a transposed convolution, told as those of the convolution it reverses: `in` is
/// the extent it gives, `out` the extent it takes (spec.in). `output` (spatial extents) overrides
/// the computed ones when it is not empty.
Result<WindowNd> make_transposed_window(const WindowSpec& spec, const Shape& output);

}  // namespace pome::ops
