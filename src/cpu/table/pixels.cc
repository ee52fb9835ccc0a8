// A picture's bytes as floats, where no convolution reads them itself.
#include "cpu/table/pixels.h"

#include "base/try.h"

namespace pome::cpu {
namespace {

ops::Match match_pixels(const ops::MatchContext& context, const ir::Op& op) {
  const Result<PixelScaling> scaling = pixel_scaling(context, op);
  if (!scaling.ok()) return refuse(scaling.error());
  const ir::Value* x = op.input("x");
  const Shape& s = x->shape();
  PixelsParams p;
  p.isa = isa_of(context);
  p.images = s[0];
  p.channels = static_cast<int32_t>(s[1]);
  p.plane = s[2] * s[3];
  p.scaling = *scaling;
  if (Status ok = pixels_check(p); !ok.ok()) return refuse(ok.error());
  return one_to_one(op, x, ops::Layout::kPlain, p);
}

void run_pixels(const void* params, const ops::RunContext& r) noexcept {
  pixels_run(params_of<PixelsParams>(params), reinterpret_cast<const uint8_t*>(r.inputs[0]),
             floats(r.outputs[0]), *r.pool);
}

constexpr ops::KernelRow kPixelsRows[] = {
    {kPixelsKernel.name, kPixelsKernel.version, "pome.pixels", match_pixels, run_pixels},
};

}  // namespace

Result<PixelScaling> pixel_scaling(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const Weights scale = o.weights("scale");
  const Weights bias = o.weights("bias");
  if (scale.elements() > PixelScaling::kMaxChannels || bias.elements() != scale.elements()) {
    return Error(ErrorCode::kUnsupported,
                 "a picture of " + std::to_string(scale.elements()) + " channels, 1 to " +
                     std::to_string(PixelScaling::kMaxChannels) + " are taken");
  }
  PixelScaling scaling;
  for (int64_t c = 0; c < scale.elements(); ++c) {
    scaling.scale[c] = scale.at(c);
    scaling.bias[c] = bias.at(c);
  }
  return scaling;
}

std::span<const ops::KernelRow> pixels_rows() { return kPixelsRows; }

}  // namespace pome::cpu
