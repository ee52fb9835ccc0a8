#include "ops/image_preprocessing.h"

#include <array>

namespace pome::ops {

ir::Value* apply(Builder& b, const ImagePreprocessing& p, ir::Value* x) {
  if (x == nullptr) return nullptr;
  if (p.channel_scale != 1)
    x = b.add("mul", p.feature + "_scaled", {{"x", x}, {"y", p.channel_scale}});
  if (x == nullptr) return nullptr;
  const int64_t channels = x->shape()[1];
  std::array<float, 3> bias = {p.gray_bias, 0, 0};
  if (channels == 3) bias = {p.red_bias, p.green_bias, p.blue_bias};
  if (channels == 3 && p.bgr) std::swap(bias[0], bias[2]);
  if (bias == std::array<float, 3>{}) return x;
  const auto type = ir::Type::tensor(ir::DType::kFp32, {1, channels, 1, 1});
  ir::Value* c = b.constant(
      ir::Literal::copy(type, std::span<const float>(bias.data(), static_cast<size_t>(channels))),
      p.feature + "_bias");
  return b.add("add", p.feature + "_biased", {{"x", x}, {"y", c}});
}

}  // namespace pome::ops
