#include "ops/constexpr.h"

#include <cstring>

#include "base/try.h"
#include "ops/infer.h"
#include "ops/reference/elements.h"
#include "ops/reference/strided_copy.h"

namespace pome::ops::reference {

Status constexpr_affine_dequantize(const Args& args, Outputs outputs) {
  const TensorView data = args.tensor(kAffineData);
  const TensorView zero_point = args.tensor(kAffineZeroPoint);
  const TensorView scale = args.tensor(kAffineScale);
  POME_ASSIGN(const int axis, axis_param(args, kAffineAxis, data.shape.rank()));
  int64_t inner = 1;
  for (int i = axis + 1; i < data.shape.rank(); ++i) inner *= data.shape[i];
  const int64_t scale_step = scale.elements() > 1;
  const int64_t zero_step = zero_point.elements() > 1;
  const int64_t n = data.elements();
  for (int64_t i = 0; i < n; ++i) {
    const int64_t k = i / inner % data.shape[axis];
    outputs[0].set_real(
        i, scale.real(k * scale_step) * (data.real(i) - zero_point.real(k * zero_step)));
  }
  return {};
}

Status constexpr_cast(const Args& args, Outputs outputs) {
  map_real(args.tensor(kConstexprCastSource), outputs[0], [](double v) { return v; });
  return {};
}

Status constexpr_lut_to_dense(const Args& args, Outputs outputs) {
  const TensorView indices = args.tensor(kLutIndices);
  const TensorView lut = args.tensor(kLutTable);
  const TensorView& y = outputs[0];
  const int bits = lut_index_bits(lut.elements());
  const size_t bytes = element_bytes(y.dtype);
  const int64_t n = y.elements();
  for (int64_t i = 0; i < n; ++i) {
    int64_t index = 0;
    for (int b = 0; b < bits; ++b) {
      const int64_t position = i * bits + b;
      index |= (indices.integer(position / 8) >> (position % 8) & 1) << b;
    }
    std::memcpy(y.data + static_cast<size_t>(i) * bytes,
                lut.data + static_cast<size_t>(index) * bytes, bytes);
  }
  return {};
}

Status constexpr_sparse_to_dense(const Args& args, Outputs outputs) {
  const TensorView data = args.tensor(kSparseData);
  const TensorView mask = args.tensor(kSparseMask);
  const TensorView& y = outputs[0];
  const int64_t n = y.elements();
  int64_t next = 0;
  for (int64_t i = 0; i < n; ++i) {
    const bool kept = (mask.integer(i / 8) >> (i % 8) & 1) != 0;
    y.set_real(i, kept ? data.real(next++) : 0);
  }
  return {};
}

}  // namespace pome::ops::reference
