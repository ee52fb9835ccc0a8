// How a convolution that reads a plain picture lays out the rows that it works on.
#pragma once

#include <cstdint>

#include "cpu/kernels/conv/conv.h"

namespace pome::cpu {

/// The input rows that some output rows need are first copied, with zeros around, as
/// [channel][row][phase][column]: phase is the column modulo the stride, so that the inputs of
/// neighbouring outputs lie side by side. Stride 2 keeps its order and steps over every other
/// float.
struct PlanarShape {
  int64_t rows = 0;  // output rows at a time, at most
  int64_t phases = 0;
  int64_t phase_floats = 0;
  int64_t row_floats = 0;
  int64_t copy_rows = 0;
  int64_t values = 0;        // of the reduction: channels times taps
  int64_t table_floats = 0;  // offsets of the values among what was copied, as int32
  int64_t copy_floats = 0;
};

PlanarShape planar_shape(const ConvParams& params, int64_t rows);

/// The rows that a task of conv_planar() makes.
PlanarShape conv_planar_shape(const ConvParams& params, int threads);

/// Fills `table_floats` floats.
void planar_table(const ConvParams& params, const PlanarShape& shape, int32_t* table);

}  // namespace pome::cpu
