#include "convert/keras/resize.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace pome::keras {
namespace {

using ops::Arg;

/// Picks rows or columns: nearest neighbours at any ratio.
ir::Value* pick(translate::Writer& w, ir::Value* x, int axis, int64_t out) {
  const int64_t in = x->shape()[axis];
  std::vector<int64_t> from;
  for (int64_t i = 0; i < out; ++i) from.push_back(std::min(in - 1, (2 * i + 1) * in / (2 * out)));
  return w.op("gather", {{"x", x}, {"indices", Arg::ints(from)}, {"axis", axis}});
}

/// One axis bilinearly with half-pixel centres, out of two gathers: for neural networks, whose
/// layers sample so by whole factors alone.
ir::Value* interpolate(translate::Writer& w, ir::Value* x, int axis, int64_t out) {
  if (x == nullptr || x->shape()[axis] == out) return x;
  const int64_t in = x->shape()[axis];
  std::vector<int64_t> low;
  std::vector<int64_t> high;
  std::vector<float> share;
  for (int64_t i = 0; i < out; ++i) {
    const double at =
        (static_cast<double>(i) + 0.5) * static_cast<double>(in) / static_cast<double>(out) - 0.5;
    const double held = std::clamp(at, 0.0, static_cast<double>(in - 1));
    low.push_back(static_cast<int64_t>(held));
    high.push_back(std::min(low.back() + 1, in - 1));
    share.push_back(static_cast<float>(held - std::floor(held)));
  }
  std::vector<int64_t> dims(4, 1);
  dims[static_cast<size_t>(axis)] = out;
  const Result<ir::Value*> weight = w.constant(share, dims, "share");
  if (!weight.ok()) {
    w.builder().fail(weight.error());
    return nullptr;
  }
  ir::Value* a = w.op("gather", {{"x", x}, {"indices", Arg::ints(low)}, {"axis", axis}});
  ir::Value* b = w.op("gather", {{"x", x}, {"indices", Arg::ints(high)}, {"axis", axis}});
  ir::Value* step = w.op("sub", {{"x", b}, {"y", a}});
  return w.op("add", {{"x", a}, {"y", w.op("mul", {{"x", step}, {"y", *weight}})}});
}

}  // namespace

ir::Value* resize(translate::Writer& w, ir::Value* x, int64_t height, int64_t width,
                  Resampling how) {
  if (x == nullptr) return nullptr;
  const int64_t h = x->shape()[2];
  const int64_t wide = x->shape()[3];
  if (h == height && wide == width) return x;
  const bool multiples = height % h == 0 && width % wide == 0;
  const auto by_height = static_cast<int>(height / h);
  const auto by_width = static_cast<int>(width / wide);
  switch (how) {
    case Resampling::kNearest:
      if (multiples) {
        return w.op(
            "upsample_nearest_neighbor",
            {{"x", x}, {"scale_factor_height", by_height}, {"scale_factor_width", by_width}});
      }
      if (height != h) x = pick(w, x, 2, height);
      return x == nullptr || width == wide ? x : pick(w, x, 3, width);
    case Resampling::kBilinear:
      if (multiples) {
        return w.op("upsample_bilinear", {{"x", x},
                                          {"scale_factor_height", by_height},
                                          {"scale_factor_width", by_width},
                                          {"align_corners", false}});
      }
      if (w.for_neural_network()) return interpolate(w, interpolate(w, x, 2, height), 3, width);
      return w.op("resize_bilinear", {{"x", x},
                                      {"target_size_height", static_cast<int>(height)},
                                      {"target_size_width", static_cast<int>(width)},
                                      {"sampling_mode", "UNALIGN_CORNERS"}});
    case Resampling::kBilinearCorner:
      return w.op("resize_bilinear", {{"x", x},
                                      {"target_size_height", static_cast<int>(height)},
                                      {"target_size_width", static_cast<int>(width)},
                                      {"sampling_mode", "DEFAULT"}});
  }
  return nullptr;
}

ir::Value* crop(translate::Writer& w, ir::Value* x, const std::array<int64_t, 4>& by) {
  if (x == nullptr || by == std::array<int64_t, 4>{}) return x;
  const Shape& s = x->shape();
  std::array<bool, 4> whole = {true, true, false, false};
  std::array<std::byte, 4> mask{};
  for (size_t i = 0; i < 4; ++i) mask[i] = static_cast<std::byte>(whole[i]);
  const Arg masks(
      ir::Literal::copy(ir::Type::tensor(ir::DType::kBool, {4}), std::span<const std::byte>(mask)));
  return w.op("slice_by_index", {{"x", x},
                                 {"begin", Arg::ints({0, 0, by[0], by[2]})},
                                 {"end", Arg::ints({0, 0, s[2] - by[1], s[3] - by[3]})},
                                 {"begin_mask", masks},
                                 {"end_mask", masks}});
}

bool samples_corners(const SourceModel& source) {
  if (source.generation != 2) return source.generation == 1;
  // "2.2.4" is Keras on TensorFlow 1; "2.2.4-tf" is what TensorFlow 2.0 calls itself.
  if (source.version.find("tf") != std::string::npos) return false;
  const size_t dot = source.version.find('.');
  return dot != std::string::npos && std::atoi(source.version.c_str() + dot + 1) < 3;
}

}  // namespace pome::keras
