// Bytes to scaled floats, for the kernels that read pictures. Once per target.
#if defined(POME_CPU_KERNELS_REORDER_PIXELS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_REORDER_PIXELS_INL_H_
#undef POME_CPU_KERNELS_REORDER_PIXELS_INL_H_
#else
#define POME_CPU_KERNELS_REORDER_PIXELS_INL_H_
#endif

#include <cstdint>

#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// out[i] = scale * in[i] + bias. A pixel's value does not depend on where it stands: what is left
/// of the last vector takes the same instruction.
inline void scale_bytes(const uint8_t* in, int64_t count, float scale, float bias, float* out) {
  const hn::Rebind<uint8_t, D> d8;
  const hn::RebindToSigned<D> di;
  const V s = splat(scale);
  const V b = splat(bias);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const V x = hn::ConvertTo(D(), hn::PromoteTo(di, hn::LoadU(d8, in + i)));
    store(hn::MulAdd(x, s, b), out + i);
  }
  for (; i < count; ++i) out[i] = hn::GetLane(hn::MulAdd(splat(static_cast<float>(in[i])), s, b));
}

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
