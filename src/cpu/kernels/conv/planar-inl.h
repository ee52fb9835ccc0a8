// Rows of a convolution that reads a plain picture. Once per target.
#if defined(POME_CPU_KERNELS_CONV_PLANAR_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_PLANAR_INL_H_
#undef POME_CPU_KERNELS_CONV_PLANAR_INL_H_
#else
#define POME_CPU_KERNELS_CONV_PLANAR_INL_H_
#endif

#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/conv/planar.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// What every row of a convolution shares.
struct PlanarConv {
  ConvParams p;
  PlanarShape shape;
  const int32_t* table;
  const float* packed;
};

/// Output rows [rows), at most shape.rows, of one image (its bytes where p.pixels); `sums` says
/// where the first pixel of the first of them goes. `copied` holds shape.copy_floats. Compiled
/// once, in planar_rows.cc: its tiles are many.
void planar_rows(const PlanarConv& conv, const float* image, Range rows, const Sums& sums,
                 float* copied);

}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
