// Checks of shapes and options that infer functions of the network families share.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "ops/infer.h"

namespace pome::ops {

/// An Error: `parameter "bias" has shape [3], expected ` + text.
Error unexpected_shape(const Args& args, int param, std::string_view expected);
/// An Error: `parameter "groups" is 0, expected ` + text.
Error unexpected_value(const Args& args, int param, int64_t value, std::string_view expected);

/// Checks low <= rank <= high.
Status check_rank(const Args& args, int param, int low, int high);
/// Checks that the parameter is rank 1 of `size` elements (any number when `size` is unknown);
/// `why` tells where the number comes from: "one for each output channel". An absent parameter
/// passes.
Status check_vector(const Args& args, int param, int64_t size, std::string_view why);
/// Checks that the constant string parameter is one of the texts. An absent parameter passes.
Status check_text(const Args& args, int param, std::initializer_list<std::string_view> allowed);
/// The scalar integer parameter, checked to be at least `low` and at most 2^30.
Result<int64_t> count_param(const Args& args, int param, int64_t low);

/// True when the extents are equal or one is unknown.
constexpr bool extents_agree(int64_t a, int64_t b) {
  return a == b || a == Shape::kUnknown || b == Shape::kUnknown;
}
/// The known one of two extents that agree.
constexpr int64_t known_extent(int64_t a, int64_t b) { return a == Shape::kUnknown ? b : a; }

/// What stands in front of the two axes of a matrix: [] of fewer than three axes.
inline Shape batch_of(const Shape& shape) {
  return Shape(shape.dims().first(static_cast<size_t>(shape.rank() < 2 ? 0 : shape.rank() - 2)));
}

}  // namespace pome::ops
