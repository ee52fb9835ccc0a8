#include "ops/window.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "base/text.h"
#include "base/try.h"

namespace pome::ops {
namespace {

int64_t ceil_div(int64_t a, int64_t b) { return a <= 0 ? -(-a / b) : (a + b - 1) / b; }

Error window_error(int dim, const std::string& message) {
  return Error(ErrorCode::kInvalidModel,
               message + " (spatial dimension " + std::to_string(dim) + ")");
}

Status check_count(const char* what, int found, int expected) {
  if (found == 0 || found == expected) return {};
  return Error(ErrorCode::kInvalidModel, std::string(what) + " has " + std::to_string(found) +
                                             " values, expected " + std::to_string(expected) +
                                             " for this many spatial dimensions");
}

Status check_extent(int dim, const char* what, int64_t value, int64_t low) {
  if (value >= low && value <= kMaxExtent) return {};
  return window_error(dim, std::string(what) + " is " + std::to_string(value) +
                               ", expected a value from " + std::to_string(low) + " to " +
                               std::to_string(kMaxExtent));
}

/// Everything but pads of "same" and the output extent, checked.
Result<WindowNd> start_window(const WindowSpec& spec) {
  const int rank = spec.in.rank();
  if (rank < 1 || rank > WindowNd::kMaxRank) {
    return Error(ErrorCode::kInvalidModel, "the input has " + std::to_string(rank) +
                                               " spatial dimensions, 1 to 3 are supported");
  }
  if (spec.kernel.rank() != rank) {
    return Error(ErrorCode::kInvalidModel, "the kernel has " + std::to_string(spec.kernel.rank()) +
                                               " spatial dimensions, the input has " +
                                               std::to_string(rank));
  }
  POME_TRY(check_count("strides", spec.strides.size(), rank));
  POME_TRY(check_count("dilations", spec.dilations.size(), rank));
  if (spec.type == PadType::kCustom) POME_TRY(check_count("pad", spec.pad.size(), 2 * rank));
  WindowNd window;
  window.rank = rank;
  for (int i = 0; i < rank; ++i) {
    Window& w = window[i];
    w.in = spec.in[i];
    w.kernel = spec.kernel[i];
    if (!spec.strides.empty()) w.stride = spec.strides[i];
    if (!spec.dilations.empty()) w.dilation = spec.dilations[i];
    if (spec.type == PadType::kCustom && !spec.pad.empty()) {
      w.pad_before = spec.pad[2 * i];
      w.pad_after = spec.pad[2 * i + 1];
    }
    if (w.in != Shape::kUnknown) POME_TRY(check_extent(i, "the input extent", w.in, 0));
    if (w.kernel != Shape::kUnknown) POME_TRY(check_extent(i, "the kernel size", w.kernel, 1));
    POME_TRY(check_extent(i, "the stride", w.stride, 1));
    POME_TRY(check_extent(i, "the dilation", w.dilation, 1));
    POME_TRY(check_extent(i, "the padding before", w.pad_before, 0));
    POME_TRY(check_extent(i, "the padding after", w.pad_after, 0));
  }
  return window;
}

void split_padding(Window& w, int64_t total, PadType type) {
  w.pad_before = type == PadType::kSameLower ? total - total / 2 : total / 2;
  w.pad_after = total - w.pad_before;
}

}  // namespace

Window::Range Window::taps(int64_t o) const {
  const int64_t first = start(o);
  const int64_t begin = first >= 0 ? 0 : ceil_div(-first, dilation);
  const int64_t end = std::clamp<int64_t>(ceil_div(in - first, dilation), 0, kernel);
  return {std::min(begin, end), end};
}

Window::Range Window::positions(int64_t k) const {
  const int64_t shift = pad_before - k * dilation;
  const int64_t begin = shift <= 0 ? 0 : ceil_div(shift, stride);
  const int64_t end = std::clamp<int64_t>(ceil_div(in + shift, stride), 0, out);
  return {std::min(begin, end), end};
}

std::array<Window, 3> WindowNd::as_3d() const {
  std::array<Window, 3> windows{};
  std::copy_n(dims.begin(), rank, windows.end() - rank);
  return windows;
}

Result<PadType> pad_type(const Args& args, int param) {
  if (!args.has(param)) return PadType::kValid;
  std::string text(args.text(param));
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (text == "valid") return PadType::kValid;
  if (text == "same") return PadType::kSame;
  if (text == "same_lower") return PadType::kSameLower;
  if (text == "custom") return PadType::kCustom;
  return Error(ErrorCode::kInvalidModel,
               "pad_type is " + quoted(args.text(param)) +
                   ", expected \"valid\", \"same\", \"same_lower\" or \"custom\"");
}

Result<WindowNd> make_window(const WindowSpec& spec) {
  POME_ASSIGN(WindowNd window, start_window(spec));
  const bool same = spec.type == PadType::kSame || spec.type == PadType::kSameLower;
  for (int i = 0; i < window.rank; ++i) {
    Window& w = window[i];
    if (w.in == Shape::kUnknown || w.kernel == Shape::kUnknown) {
      w.out = Shape::kUnknown;
      continue;
    }
    if (same) {
      w.out = ceil_div(w.in, w.stride);
      split_padding(w, std::max<int64_t>(0, (w.out - 1) * w.stride + w.extent() - w.in), spec.type);
    }
    const int64_t padded = w.in + w.pad_before + w.pad_after;
    if (padded < w.extent() || w.in == 0) {
      return window_error(
          i, "a window of " + std::to_string(w.extent()) + " (kernel " + std::to_string(w.kernel) +
                 ", dilation " + std::to_string(w.dilation) + ") does not fit the input of " +
                 std::to_string(w.in) + " with padding " + std::to_string(w.pad_before) + " and " +
                 std::to_string(w.pad_after));
    }
    if (same) continue;
    const int64_t room = padded - w.extent() + (spec.ceil_mode ? w.stride - 1 : 0);
    w.out = room / w.stride + 1;
    if (spec.ceil_mode && w.pad_before + w.pad_after > 0 &&
        (w.out - 1) * w.stride >= w.in + w.pad_before) {
      --w.out;
    }
  }
  return window;
}

Result<WindowNd> make_transposed_window(const WindowSpec& spec, const Shape& output) {
  POME_ASSIGN(WindowNd window, start_window(spec));
  const bool same = spec.type == PadType::kSame || spec.type == PadType::kSameLower;
  for (int i = 0; i < window.rank; ++i) {
    Window& w = window[i];
    w.out = w.in;
    if (w.out == Shape::kUnknown || w.kernel == Shape::kUnknown) {
      w.in = output.empty() ? Shape::kUnknown : output[i];
      continue;
    }
    // What all taps of all positions reach: the extent without any cropping.
    const int64_t full = w.out == 0 ? 0 : (w.out - 1) * w.stride + w.extent();
    w.in = !output.empty() ? output[i]
           : same          ? w.out * w.stride
                           : full - w.pad_before - w.pad_after;
    if (same) split_padding(w, std::max<int64_t>(0, full - w.in), spec.type);
    const int64_t largest = full - w.pad_before + std::max(w.stride, w.extent()) - 1;
    if (w.in < 1 || w.in > std::min(largest, kMaxExtent)) {
      return window_error(
          i, "the output extent is " + std::to_string(w.in) + ", a value from 1 to " +
                 std::to_string(std::min(largest, kMaxExtent)) + " is expected for an input of " +
                 std::to_string(w.out) + ", a window of " + std::to_string(w.extent()) +
                 ", stride " + std::to_string(w.stride) + " and padding " +
                 std::to_string(w.pad_before) + " and " + std::to_string(w.pad_after));
    }
  }
  return window;
}

}  // namespace pome::ops
