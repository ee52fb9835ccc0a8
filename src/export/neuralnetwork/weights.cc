#include "export/neuralnetwork/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/half.h"
#include "format/proto/nn_weights.pb.h"

namespace pome::exporter {
namespace {

constexpr float kLargestHalf = 65504;

}  // namespace

void write_weights(std::span<const float> values, bool halves,
                   CoreML::Specification::WeightParams& message) {
  const bool fits = std::all_of(values.begin(), values.end(),
                                [](float v) { return !(std::abs(v) > kLargestHalf); });
  if (!halves || !fits) {
    message.mutable_floatvalue()->Add(values.begin(), values.end());
    return;
  }
  std::string& bytes = *message.mutable_float16value();
  bytes.resize(values.size() * 2);
  for (size_t i = 0; i < values.size(); ++i) {
    const uint16_t half = float_to_half(values[i]);
    std::memcpy(bytes.data() + 2 * i, &half, 2);
  }
}

void write_weights(const ir::Literal& literal, bool halves,
                   CoreML::Specification::WeightParams& message) {
  write_weights(literal.to_floats(), halves, message);
}

}  // namespace pome::exporter
