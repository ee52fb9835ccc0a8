// What infer functions share.
#pragma once

#include <optional>
#include <string>

#include "ops/evaluate.h"
#include "ops/op_def.h"

namespace pome::ops {

inline constexpr TypeSet kSmallInts = bit(ir::DType::kInt8) | bit(ir::DType::kUint8) |
                                      bit(ir::DType::kInt16) | bit(ir::DType::kUint16);
/// What data-movement ops take from ios17 on.
inline constexpr TypeSet kNumbersBool17 = kNumbersBool | kSmallInts;
/// Integers of short lists (begin, shape, k) from ios17 on.
inline constexpr TypeSet kListInts17 = kInt32s | bit(ir::DType::kInt8) | bit(ir::DType::kInt16);

/// An Error about one parameter: `parameter "axis" ` + text, e.g. "is 4, x has rank 3".
Error param_error(const Args& args, int param, const std::string& text);
/// "[1,2,3]".
std::string to_string(const Ints& values);

/// The scalar `param` as an axis of a tensor of `rank`, in [0, rank).
Result<int> axis_param(const Args& args, int param, int rank);
/// The list `param` as axes of a tensor of `rank`, each in [0, rank), none twice.
Result<Ints> axes_param(const Args& args, int param, int rank);
/// The scalar string `param` as an element type out of `allowed`.
Result<ir::DType> dtype_param(const Args& args, int param, TypeSet allowed);
/// The number of elements of a rank-1 integer parameter: an Error when it is not rank 1 or its
/// length is unknown.
Result<int> list_length(const Args& args, int param);

/// The product of extents [from, to): kUnknown when one of them is (and none is 0), nothing on
/// overflow.
std::optional<int64_t> extent_product(const Shape& shape, int from, int to);

/// The output has the type of the first parameter.
Status infer_like_first(const Args& args, Inferred& out);

/// Sets the one output and, where everything is constant and small, its value.
Status set_output(const Args& args, Inferred& out, ir::DType dtype, const Shape& shape);

}  // namespace pome::ops
