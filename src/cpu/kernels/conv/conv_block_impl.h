// How a block of convolutions is cut into rows, and its kernel.
#pragma once

#include "cpu/kernels/conv/conv_block.h"
#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/conv/planar.h"

namespace pome::cpu {

/// A task makes a range of output rows, `chunk` at a time. The expanded rows that a chunk reads lie
/// in a ring of `ring` rows; the depthwise results of a chunk lie one behind the other. Where
/// expand reads a picture, `planar` says how; its table lies in front of the threads' memory.
struct ConvBlockShape {
  int64_t chunk = 1;
  int64_t ring = 0;
  int64_t tasks = 1;  // of one image
  int64_t ring_floats = 0;
  int64_t chunk_floats = 0;
  PlanarShape planar;
  int64_t between_floats() const { return ring_floats + chunk_floats; }
  int64_t thread_floats() const { return between_floats() + planar.copy_floats; }
};

ConvBlockShape conv_block_shape(const ConvBlockParams& params, int threads);

/// Packed parts taken apart.
struct ConvBlockJob {
  ConvBlockParams p;
  ConvBlockShape shape;
  const float* input;
  const float* expand;
  const float* depthwise;
  const float* project;
  const float* residual;
  float* output;
  float* scratch;
};

void conv_block_rows(const ConvBlockJob& job, ThreadPool& pool) noexcept;

}  // namespace pome::cpu
