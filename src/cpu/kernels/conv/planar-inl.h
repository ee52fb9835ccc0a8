// Rows of a convolution that reads a plain picture. Once per target.
#if defined(POME_CPU_KERNELS_CONV_PLANAR_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POME_CPU_KERNELS_CONV_PLANAR_INL_H_
#undef POME_CPU_KERNELS_CONV_PLANAR_INL_H_
#else
#define POME_CPU_KERNELS_CONV_PLANAR_INL_H_
#endif

#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/conv/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {

/// The input rows that some output rows need are first copied, with zeros around, as
/// [channel][row][phase][column]: phase is the column modulo the stride, so that the inputs of
/// neighbouring outputs lie side by side. Stride 2 keeps its order and steps over every other
/// float.
struct PlanarShape {
  int64_t rows;  // output rows at a time, at most
  int64_t phases;
  int64_t phase_floats;
  int64_t row_floats;
  int64_t copy_rows;
  int64_t values;        // of the reduction: channels times taps
  int64_t table_floats;  // offsets of the values among what was copied, as int32
  int64_t copy_floats;
};

PlanarShape planar_shape(const ConvParams& p, int64_t rows);

/// Fills `table_floats` floats.
void planar_table(const ConvParams& p, const PlanarShape& shape, int32_t* table);

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
