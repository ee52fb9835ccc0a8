#include "ops/args.h"

#include <algorithm>

#include "ops/op_def.h"

namespace pome::ops {

Args::Args(const OpDef& def) : def_(&def), slots_(def.params.size()) {}

TensorView Args::tensor(int param, int i) const {
  const Bound& b = operand(param, i);
  // A constant's bytes are never written: outputs come through their own views.
  std::byte* data = b.data != nullptr ? b.data : const_cast<std::byte*>(b.literal->bytes().data());
  return {b.type.dtype(), b.type.shape(), data};
}

Ints Args::ints(int param) const {
  const TensorView t = tensor(param);
  Ints values;
  const int64_t n = std::min<int64_t>(t.elements(), Ints::kMax);
  for (int64_t i = 0; i < n; ++i) values.push_back(t.integer(i));
  return values;
}

}  // namespace pome::ops
