#include "export/mil/half_literal.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/half.h"

namespace pome::exporter {
namespace {

constexpr int64_t kMostGuarded = 400;
constexpr uint16_t kInfinity = 0x7c00;
constexpr uint16_t kSign = 0x8000;

}  // namespace

bool fits_half(const ir::Literal& literal) {
  for (const float value : literal.to_floats()) {
    if (std::isfinite(value) && (float_to_half(value) & ~kSign) == kInfinity) return false;
  }
  return true;
}

ir::LiteralPtr to_half(const ir::Literal& literal) {
  const std::vector<float> values = literal.to_floats();
  std::vector<uint16_t> halves;
  halves.reserve(values.size());
  for (const float value : values) {
    uint16_t half = float_to_half(value);
    const bool vanished = value != 0 && (half & ~kSign) == 0;
    if (vanished && literal.size() <= kMostGuarded) half |= 1;
    halves.push_back(half);
  }
  return ir::Literal::copy(ir::Type::tensor(ir::DType::kFp16, literal.type().shape()),
                           std::span<const uint16_t>(halves));
}

}  // namespace pome::exporter
