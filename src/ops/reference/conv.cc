// conv and conv_transpose by their definition, summed in double. Some output channels and a stretch
// of output positions are computed together, so that each input value is read once for all of them.
#include "ops/conv.h"

#include <algorithm>

#include "base/try.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

constexpr int64_t kChannels = 16;
constexpr int64_t kColumns = 64;

/// Sums of kChannels output channels at kColumns output positions.
struct Tile {
  double sums[kChannels][kColumns];

  void reset(const Args& args, int64_t channel, int64_t channels) {
    for (int64_t c = 0; c < channels; ++c) {
      const double bias =
          args.has(ConvParam::kBias) ? Reals(args.tensor(ConvParam::kBias))[channel + c] : 0.0;
      std::fill_n(sums[c], kColumns, bias);
    }
  }
};

class Convolution {
 public:
  Convolution(const Args& args, const WindowNd& window, const TensorView& y)
      : args_(args),
        w_(window.as_3d()),
        x_(args.tensor(ConvParam::kX)),
        weight_(args.tensor(ConvParam::kWeight)),
        y_(y),
        groups_(args.integer(ConvParam::kGroups)),
        in_(args.shape(ConvParam::kX)[1] / groups_),
        out_(args.shape(ConvParam::kWeight)[0] / groups_),
        positions_(w_[0].out * w_[1].out * w_[2].out) {}

  void run() {
    const int64_t batch = args_.shape(ConvParam::kX)[0];
    for (int64_t n = 0; n < batch; ++n)
      for (int64_t g = 0; g < groups_; ++g)
        for (int64_t c = 0; c < out_; c += kChannels)
          for (int64_t p = 0; p < positions_; p += kColumns) tile(n, g, c, p);
  }

 private:
  /// Output channels c.. of group g at the output positions first.., counted row-major.
  void tile(int64_t n, int64_t g, int64_t c, int64_t first) {
    const int64_t channels = std::min(kChannels, out_ - c);
    const int64_t columns = std::min(kColumns, positions_ - first);
    const int64_t channel = g * out_ + c;
    const int64_t filter = in_ * w_[0].kernel * w_[1].kernel * w_[2].kernel;
    tile_.reset(args_, channel, channels);
    double values[kColumns];
    int64_t tap = channel * filter;
    for (int64_t ci = 0; ci < in_; ++ci) {
      const int64_t plane = (n * groups_ + g) * in_ + ci;
      for (int64_t kd = 0; kd < w_[0].kernel; ++kd) {
        for (int64_t kh = 0; kh < w_[1].kernel; ++kh) {
          for (int64_t kw = 0; kw < w_[2].kernel; ++kw, ++tap) {
            if (!gather(values, plane, {kd, kh, kw}, first, columns)) continue;
            for (int64_t i = 0; i < channels; ++i) {
              const double factor = weight_[tap + i * filter];
              for (int64_t l = 0; l < columns; ++l) tile_.sums[i][l] += factor * values[l];
            }
          }
        }
      }
    }
    for (int64_t i = 0; i < channels; ++i) {
      const int64_t to = (n * groups_ * out_ + channel + i) * positions_ + first;
      write_reals(y_, to, tile_.sums[i], columns);
    }
  }

  /// What one tap reads at the output positions first..; false when that is padding alone.
  bool gather(double* values, int64_t plane, const std::array<int64_t, 3>& tap, int64_t first,
              int64_t count) const {
    const Window::Range inside = w_[2].positions(tap[2]);
    bool any = false;
    int64_t column = first % w_[2].out;
    int64_t row = first / w_[2].out;
    for (int64_t done = 0; done < count; ++row, column = 0) {
      const int64_t n = std::min(count - done, w_[2].out - column);
      const int64_t d = w_[0].start(row / w_[1].out) + tap[0] * w_[0].dilation;
      const int64_t h = w_[1].start(row % w_[1].out) + tap[1] * w_[1].dilation;
      const bool exists = d >= 0 && d < w_[0].in && h >= 0 && h < w_[1].in;
      const int64_t begin = exists ? std::clamp(inside.begin, column, column + n) : column + n;
      const int64_t end = exists ? std::clamp(inside.end, begin, column + n) : begin;
      std::fill_n(values + done, begin - column, 0.0);
      if (end > begin) {
        const int64_t from = ((plane * w_[0].in + d) * w_[1].in + h) * w_[2].in;
        x_.read(values + done + (begin - column),
                from + w_[2].start(begin) + tap[2] * w_[2].dilation, end - begin, w_[2].stride);
        any = true;
      }
      std::fill_n(values + done + (end - column), column + n - end, 0.0);
      done += n;
    }
    return any;
  }

  const Args& args_;
  std::array<Window, 3> w_;
  Reals x_;
  Reals weight_;
  TensorView y_;
  int64_t groups_;
  int64_t in_;   // channels of a group
  int64_t out_;  // channels of a group
  int64_t positions_;
  Tile tile_;
};

/// `in` of the windows is y's extent, `out` x's.
class TransposedConvolution {
 public:
  TransposedConvolution(const Args& args, const WindowNd& window, const TensorView& y)
      : args_(args),
        w_(window.as_3d()),
        x_(args.tensor(ConvTransposeParam::kX)),
        weight_(args.tensor(ConvTransposeParam::kWeight)),
        y_(y),
        groups_(args.integer(ConvTransposeParam::kGroups)),
        in_(args.shape(ConvTransposeParam::kWeight)[0] / groups_),
        out_(args.shape(ConvTransposeParam::kWeight)[1]) {}

  void run() {
    const int64_t batch = args_.shape(ConvTransposeParam::kX)[0];
    for (int64_t n = 0; n < batch; ++n)
      for (int64_t g = 0; g < groups_; ++g)
        for (int64_t c = 0; c < out_; c += kChannels)
          for (int64_t d = 0; d < w_[0].in; ++d)
            for (int64_t h = 0; h < w_[1].in; ++h)
              for (int64_t col = 0; col < w_[2].in; col += kColumns) tile(n, g, c, d, h, col);
  }

 private:
  /// The position q of x that tap k brings to p, or -1 when there is none.
  static int64_t source(const Window& w, int64_t p, int64_t k) {
    const int64_t scaled = p + w.pad_before - k * w.dilation;
    if (scaled < 0 || scaled % w.stride != 0 || scaled / w.stride >= w.out) return -1;
    return scaled / w.stride;
  }

  void tile(int64_t n, int64_t g, int64_t c, int64_t d, int64_t h, int64_t col) {
    const int64_t channels = std::min(kChannels, out_ - c);
    const int64_t columns = std::min(kColumns, w_[2].in - col);
    const int64_t channel = g * out_ + c;
    tile_.reset(args_, channel, channels);
    for (int64_t ci = 0; ci < in_; ++ci) {
      for (int64_t kd = 0; kd < w_[0].kernel; ++kd) {
        const int64_t zd = source(w_[0], d, kd);
        for (int64_t kh = 0; zd >= 0 && kh < w_[1].kernel; ++kh) {
          const int64_t zh = source(w_[1], h, kh);
          if (zh < 0) continue;
          const int64_t plane = (n * groups_ + g) * in_ + ci;
          const int64_t row = (plane * w_[0].out + zd) * w_[1].out + zh;
          const int64_t filter = (g * in_ + ci) * out_ + c;
          const int64_t taps = ((filter * w_[0].kernel + kd) * w_[1].kernel + kh) * w_[2].kernel;
          add_row(row * w_[2].out, taps, channels, col, columns);
        }
      }
    }
    for (int64_t i = 0; i < channels; ++i) {
      const int64_t n_channel = n * groups_ * out_ + channel + i;
      const int64_t row = (n_channel * w_[0].in + d) * w_[1].in + h;
      write_reals(y_, row * w_[2].in + col, tile_.sums[i], columns);
    }
  }

  void add_row(int64_t row, int64_t taps, int64_t channels, int64_t col, int64_t columns) {
    const int64_t channel_step = w_[0].kernel * w_[1].kernel * w_[2].kernel;
    double values[kColumns];
    // The stretch of y as a window of its own: which positions of x reach it.
    Window part = w_[2];
    part.in = columns;
    part.pad_before += col;
    for (int64_t k = 0; k < part.kernel; ++k) {
      const Window::Range range = part.positions(k);
      const int64_t count = range.end - range.begin;
      if (count <= 0) continue;
      x_.read(values, row + range.begin, count);
      for (int64_t c = 0; c < channels; ++c) {
        const double tap = weight_[taps + k + c * channel_step];
        double* sums = tile_.sums[c] + (part.start(range.begin) + k * part.dilation);
        for (int64_t i = 0; i < count; ++i) sums[i * part.stride] += tap * values[i];
      }
    }
  }

  const Args& args_;
  std::array<Window, 3> w_;
  Reals x_;
  Reals weight_;
  TensorView y_;
  int64_t groups_;
  int64_t in_;   // channels of a group
  int64_t out_;  // channels of a group
  Tile tile_;
};

}  // namespace

Status conv(const Args& args, Outputs outputs) {
  POME_ASSIGN(const WindowNd window, conv_window(args));
  Convolution(args, window, outputs[0]).run();
  return {};
}

Status conv_transpose(const Args& args, Outputs outputs) {
  POME_ASSIGN(const WindowNd window, conv_transpose_window(args));
  TransposedConvolution(args, window, outputs[0]).run();
  return {};
}

}  // namespace pome::ops::reference
