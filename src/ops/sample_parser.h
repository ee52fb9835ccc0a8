// The syntax of sample lines; see sample.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "ir/dtype.h"
#include "pome/result.h"

namespace pome::ops {

/// One value of a sample line: random, or with its elements written out.
struct SampleValue {
  bool constant = true;
  bool random = false;
  bool list = false;
  /// The dtype is that of the parameter's group: a float without a prefix.
  bool bare_float = false;
  ir::DType dtype = ir::DType::kInt32;
  Shape shape;
  std::optional<double> lo, hi;
  std::vector<double> numbers;
  std::vector<std::string> strings;
};

struct SampleArgument {
  std::string param;
  /// What stood on the right of '='.
  std::string text;
  bool tuple = false;
  std::vector<SampleValue> values;
};

/// Parses a line. Errors name the text at which it went wrong.
Result<std::vector<SampleArgument>> parse_sample(std::string_view line);

}  // namespace pome::ops
