#include "ops/quantization.h"

#include <algorithm>
#include <cmath>

#include "base/try.h"

namespace pome::ops::reference {
namespace {

/// Calls f(i, scale, zero_point) for each element.
template <typename F>
Status for_each_scaled(const Args& args, F f) {
  POME_ASSIGN(const int axis, quantized_axis(args));
  const Shape& shape = args.shape(kQuantizeInput);
  const TensorView scale = args.tensor(kQuantizeScale);
  const bool shifts = args.has(kQuantizeZeroPoint);
  const TensorView zero_point = shifts ? args.tensor(kQuantizeZeroPoint) : TensorView{};
  int64_t inner = 1;
  for (int i = axis + 1; axis >= 0 && i < shape.rank(); ++i) inner *= shape[i];
  for (int64_t i = 0; i < shape.elements(); ++i) {
    const int64_t k = axis < 0 ? 0 : i / inner % shape[axis];
    f(i, scale.real(k), shifts ? zero_point.real(k) : 0.0);
  }
  return {};
}

}  // namespace

Status dequantize(const Args& args, Outputs outputs) {
  const TensorView input = args.tensor(kQuantizeInput);
  return for_each_scaled(args, [&](int64_t i, double scale, double zero_point) {
    outputs[0].set_real(i, scale * (input.real(i) - zero_point));
  });
}

Status quantize(const Args& args, Outputs outputs) {
  const TensorView input = args.tensor(kQuantizeInput);
  return for_each_scaled(args, [&](int64_t i, double scale, double zero_point) {
    const float quotient = static_cast<float>(input.real(i)) / static_cast<float>(scale);
    const double whole = std::isnan(quotient) ? 0 : std::nearbyint(quotient);
    // Held within twice the range first: infinities have no sum that is an integer.
    outputs[0].set_real(i, std::clamp(whole, -512.0, 512.0) + zero_point);
  });
}

}  // namespace pome::ops::reference
