// Packing weights into panels, shared by convolutions and linear layers.
#pragma once

#include <cstdint>
#include <span>

#include "cpu/kernels/partition.h"
#include "cpu/weights.h"
#include "pome/result.h"

namespace pome::cpu {

/// Where the weight of (output, input, tap) lies in its source, in elements.
struct WeightStrides {
  int64_t output = 0;
  int64_t input = 0;
  int64_t tap = 1;
  /// Where not empty: the offset of each tap, instead of multiples of `tap`.
  std::span<const int64_t> tap_offsets;

  int64_t tap_offset(int64_t t) const {
    return tap_offsets.empty() ? t * tap : tap_offsets[static_cast<size_t>(t)];
  }
};

/// Packs outputs [0, outputs) in panels of two vectors of `c` lanes (the last of one where their
/// number is odd); padded lanes are 0. The reduction runs over input blocks of `c`, then taps, then
/// the block's inputs. `out` holds round_up(outputs, c) * inputs * taps floats.
void pack_panels(const Weights& weight, const WeightStrides& strides, int64_t outputs,
                 int64_t inputs, int64_t taps, int64_t c, float* out);

/// The same panels of fp16 weights that stay as they are. Requires weight.dtype fp16.
void pack_half_panels(const Weights& weight, const WeightStrides& strides, int64_t outputs,
                      int64_t inputs, int64_t taps, int64_t c, uint16_t* out);

/// The same for one vector of outputs [outputs.begin, outputs.end); inputs outside
/// [inputs.begin, inputs.end) of [range.begin, range.end) get 0. Used by grouped convolutions,
/// where `input_of_first` is the input that element 0 of an output's source row means.
struct VectorPack {
  Range outputs;
  Range inputs;  // of the reduction; begins at a multiple of c
  int64_t taps = 1;
  int64_t c = 0;
  int64_t outputs_per_group = 0;
  int64_t inputs_per_group = 0;
};
void pack_vector(const Weights& weight, const VectorPack& pack, float* out);

/// Copies the bias, or zeros where `has_bias` is false, into `floats` floats, zero behind it.
void pack_bias(const Weights& bias, bool has_bias, int64_t floats, float* out);

/// Ok when `weights` are fp32 or fp16 and exactly `elements` of them.
Status check_weights(const char* what, const Weights& weights, int64_t elements);

}  // namespace pome::cpu
