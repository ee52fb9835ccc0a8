#include "ops/pixels.h"

namespace pome::ops::reference {

Status pixels(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kPixelsX);
  const TensorView scale = args.tensor(kPixelsScale);
  const TensorView bias = args.tensor(kPixelsBias);
  const int64_t channels = x.shape[1];
  const int64_t plane = x.shape[2] * x.shape[3];
  for (int64_t i = 0; i < x.elements(); ++i) {
    const int64_t c = i / plane % channels;
    outputs[0].set_real(i, scale.real(c) * static_cast<double>(x.integer(i)) + bias.real(c));
  }
  return {};
}

}  // namespace pome::ops::reference
