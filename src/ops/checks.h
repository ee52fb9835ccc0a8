// What infer functions of many families check, with messages that name both values.
#pragma once

#include <string>
#include <string_view>

#include "ops/op_def.h"

namespace pome::ops {

/// Error of code kInvalidModel: `parameter "bias" has shape [3], expected ...`.
Error unexpected_shape(const Args& args, int param, std::string_view expected);
/// Error of code kInvalidModel: `parameter "mode" is "FOO", expected "A", "B" or "C"`.
Error unexpected_text(const Args& args, int param, std::string_view expected);
/// Error of code kInvalidModel: `parameter "groups" is 0, expected at least 1`.
Error unexpected_value(const Args& args, int param, int64_t value, std::string_view expected);

/// Checks low <= rank <= high.
Status check_rank(const Args& args, int param, int low, int high);
/// Checks that the parameter is rank 1 of `size` elements (any when `size` is unknown), `why`
/// telling where the number comes from: "one for each output channel". An absent parameter passes.
Status check_vector(const Args& args, int param, int64_t size, std::string_view why);
/// Checks that the parameter is one of the texts. An absent parameter passes.
Status check_text(const Args& args, int param, std::initializer_list<std::string_view> allowed);

/// True when the extents are equal or one is unknown.
constexpr bool extents_agree(int64_t a, int64_t b) {
  return a == b || a == Shape::kUnknown || b == Shape::kUnknown;
}
/// The known one of two extents that agree.
constexpr int64_t known_extent(int64_t a, int64_t b) { return a == Shape::kUnknown ? b : a; }

/// Result of an infer whose one output has the first parameter's type.
Status infer_same(const Args& args, Inferred& out);

}  // namespace pome::ops
