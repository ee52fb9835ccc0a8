#include "cpu/kernels/conv/pack.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/half.h"

namespace pome::cpu {
namespace {

struct Fp32Source {
  const std::byte* bytes;
  float at(int64_t i) const {
    float value = 0;
    std::memcpy(&value, bytes + i * 4, sizeof(value));
    return value;
  }
};

struct HalfSource {
  const std::byte* bytes;
  uint16_t at(int64_t i) const {
    uint16_t half = 0;
    std::memcpy(&half, bytes + i * 2, sizeof(half));
    return half;
  }
};

struct Fp16Source {
  HalfSource bits;
  float at(int64_t i) const { return half_to_float(bits.at(i)); }
};

// One output into its lane of a panel whose rows are `width` elements.
template <typename Source, typename Out>
void pack_lane(Source source, const WeightStrides& s, int64_t output, int64_t inputs, int64_t taps,
               int64_t c, int64_t width, Out* lane) {
  for (int64_t block = 0; block < inputs; block += c) {
    const int64_t length = std::min(c, inputs - block);
    Out* at = lane + block * taps * width;
    for (int64_t t = 0; t < taps; ++t) {
      const int64_t from = output * s.output + block * s.input + s.tap_offset(t);
      for (int64_t k = 0; k < length; ++k, at += width) *at = source.at(from + k * s.input);
    }
  }
}

template <typename Source, typename Out>
void pack_all(Source source, const WeightStrides& s, int64_t outputs, int64_t inputs, int64_t taps,
              int64_t c, Out* out) {
  const int64_t padded = round_up(outputs, c);
  const int64_t values = inputs * taps;
  for (int64_t first = 0; first < padded; first += 2 * c) {
    const int64_t width = std::min(2 * c, padded - first);
    Out* panel = out + first * values;
    if (first + width > outputs) {
      std::memset(panel, 0, static_cast<size_t>(width * values) * sizeof(Out));
    }
    for (int64_t o = first; o < std::min(first + width, outputs); ++o) {
      pack_lane(source, s, o, inputs, taps, c, width, panel + (o - first));
    }
  }
}

}  // namespace

void pack_panels(const Weights& weight, const WeightStrides& strides, int64_t outputs,
                 int64_t inputs, int64_t taps, int64_t c, float* out) {
  if (weight.dtype == ir::DType::kFp16) {
    pack_all(Fp16Source{{weight.bytes.data()}}, strides, outputs, inputs, taps, c, out);
  } else {
    pack_all(Fp32Source{weight.bytes.data()}, strides, outputs, inputs, taps, c, out);
  }
}

void pack_half_panels(const Weights& weight, const WeightStrides& strides, int64_t outputs,
                      int64_t inputs, int64_t taps, int64_t c, uint16_t* out) {
  pack_all(HalfSource{weight.bytes.data()}, strides, outputs, inputs, taps, c, out);
}

void pack_vector(const Weights& weight, const VectorPack& p, float* out) {
  const int64_t values = p.inputs.size() * p.taps;
  std::memset(out, 0, static_cast<size_t>(values * p.c) * sizeof(float));
  for (int64_t o = p.outputs.begin; o < p.outputs.end; ++o) {
    const int64_t group_begin = o / p.outputs_per_group * p.inputs_per_group;
    for (int64_t i = 0; i < p.inputs_per_group; ++i) {
      const int64_t input = group_begin + i - p.inputs.begin;  // within the reduction
      const int64_t block = input / p.c * p.c;
      const int64_t length = std::min(p.c, p.inputs.size() - block);
      for (int64_t t = 0; t < p.taps; ++t) {
        const int64_t value = block * p.taps + t * length + input - block;
        out[value * p.c + (o - p.outputs.begin)] =
            weight.at((o * p.inputs_per_group + i) * p.taps + t);
      }
    }
  }
}

void pack_bias(const Weights& bias, bool has_bias, int64_t floats, float* out) {
  const int64_t given = has_bias ? bias.elements() : 0;
  for (int64_t i = 0; i < floats; ++i) out[i] = i < given ? bias.at(i) : 0.0f;
}

Status check_weights(const char* what, const Weights& weights, int64_t elements) {
  if (weights.dtype != ir::DType::kFp32 && weights.dtype != ir::DType::kFp16) {
    return Error(ErrorCode::kUnsupported, std::string(what) + " is " +
                                              std::string(ir::name(weights.dtype)) +
                                              ", expected fp32 or fp16");
  }
  const auto expected = static_cast<uint64_t>(ir::storage_bytes(weights.dtype, elements));
  if (weights.bytes.size() != expected) {
    return Error(ErrorCode::kInvalidArgument, std::string(what) + " has " +
                                                  std::to_string(weights.bytes.size()) +
                                                  " bytes, expected " + std::to_string(expected));
  }
  return {};
}

}  // namespace pome::cpu
