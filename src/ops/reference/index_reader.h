// Indices that are data, checked before anything is read or written through them.
#pragma once

#include <algorithm>
#include <string>

#include "ops/op_def.h"

namespace pome::ops::reference {

/// Turns what the data says into an index of an axis of `extent` elements. Negative ones count from
/// the end; outside is an Error, or, where the op's version leaves it undefined, the nearest end.
class IndexReader {
 public:
  IndexReader(const Args& args, int indices, int validate)
      : indices_(args.tensor(indices)),
        strict_(args.def().since < ir::Opset::kIos17 ||
                (args.has(validate) && args.flag(validate))) {}

  Result<int64_t> at(int64_t i, int64_t extent) const {
    const int64_t given = indices_.integer(i);
    const int64_t index = given < 0 ? given + extent : given;
    if (index >= 0 && index < extent) return index;
    if (!strict_ && extent > 0) return std::clamp<int64_t>(index, 0, extent - 1);
    return Error(ErrorCode::kInvalidArgument,
                 "indices[" + std::to_string(i) + "] is " + std::to_string(given) +
                     ", the gathered axis has " + std::to_string(extent) + " elements");
  }

 private:
  TensorView indices_;
  bool strict_;
};

/// The product of extents [from, to).
inline int64_t product(const Shape& shape, int from, int to) {
  int64_t n = 1;
  for (int i = from; i < to; ++i) n *= shape[i];
  return n;
}

}  // namespace pome::ops::reference
