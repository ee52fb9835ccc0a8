// gather, gather_along_axis, gather_nd.
#include <cstring>

#include "base/try.h"
#include "ops/infer.h"
#include "ops/reference/index_reader.h"
#include "ops/reference/strided_copy.h"
#include "ops/tensor_operation.h"

namespace pome::ops::reference {
Status gather(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kGatherX);
  const Shape& indices = args.shape(kGatherIndices);
  POME_ASSIGN(const int axis, axis_param(args, kGatherAxis, x.shape.rank()));
  const int batch_rank =
      args.has(kGatherBatchDims) ? static_cast<int>(args.integer(kGatherBatchDims)) : 0;
  const int64_t batches = product(x.shape, 0, batch_rank);
  const int64_t outer = product(x.shape, batch_rank, axis);
  const int64_t extent = x.shape[axis];
  const int64_t inner = product(x.shape, axis + 1, x.shape.rank());
  const int64_t picks = product(indices, batch_rank, indices.rank());
  const size_t bytes = static_cast<size_t>(inner) * element_bytes(x.dtype);
  if (outputs[0].elements() == 0) return {};
  const IndexReader reader(args, kGatherIndices, kGatherValidate);
  std::byte* to = outputs[0].data;
  for (int64_t b = 0; b < batches; ++b) {
    for (int64_t o = 0; o < outer; ++o) {
      const int64_t row = (b * outer + o) * extent;
      for (int64_t i = 0; i < picks; ++i, to += bytes) {
        POME_ASSIGN(const int64_t index, reader.at(b * picks + i, extent));
        std::memcpy(to, x.data + static_cast<size_t>(row + index) * bytes, bytes);
      }
    }
  }
  return {};
}

Status gather_along_axis(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kAlongX);
  const TensorView& y = outputs[0];
  POME_ASSIGN(const int axis, axis_param(args, kAlongAxis, x.shape.rank()));
  const int64_t inner = product(x.shape, axis + 1, x.shape.rank());
  const size_t bytes = element_bytes(x.dtype);
  const IndexReader reader(args, kAlongIndices, kAlongValidate);
  const int64_t n = y.elements();
  for (int64_t i = 0; i < n; ++i) {
    POME_ASSIGN(const int64_t index, reader.at(i, x.shape[axis]));
    const int64_t outer = i / inner / y.shape[axis];
    const int64_t from = (outer * x.shape[axis] + index) * inner + i % inner;
    std::memcpy(y.data + static_cast<size_t>(i) * bytes, x.data + static_cast<size_t>(from) * bytes,
                bytes);
  }
  return {};
}

Status gather_nd(const Args& args, Outputs outputs) {
  const TensorView x = args.tensor(kNdX);
  const Shape& indices = args.shape(kNdIndices);
  const int batch_rank = args.has(kNdBatchDims) ? static_cast<int>(args.integer(kNdBatchDims)) : 0;
  const int depth = static_cast<int>(indices.back());
  const int64_t batches = product(x.shape, 0, batch_rank);
  const int64_t picks = product(indices, batch_rank, indices.rank() - 1);
  const int64_t inner = product(x.shape, batch_rank + depth, x.shape.rank());
  const size_t bytes = static_cast<size_t>(inner) * element_bytes(x.dtype);
  if (outputs[0].elements() == 0) return {};
  const IndexReader reader(args, kNdIndices, kNdValidate);
  std::byte* to = outputs[0].data;
  for (int64_t i = 0; i < batches * picks; ++i, to += bytes) {
    int64_t from = i / picks;
    for (int d = 0; d < depth; ++d) {
      const int64_t extent = x.shape[batch_rank + d];
      POME_ASSIGN(const int64_t index, reader.at(i * depth + d, extent));
      from = from * extent + index;
    }
    std::memcpy(to, x.data + static_cast<size_t>(from) * bytes, bytes);
  }
  return {};
}

}  // namespace pome::ops::reference
