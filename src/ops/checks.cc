#include "ops/checks.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "ops/window.h"

namespace pome::ops {

Error unexpected_shape(const Args& args, int param, std::string_view expected) {
  return param_error(
      args, param,
      "has shape " + args.shape(param).to_string() + ", expected " + std::string(expected));
}

Error unexpected_value(const Args& args, int param, int64_t value, std::string_view expected) {
  return param_error(args, param,
                     "is " + std::to_string(value) + ", expected " + std::string(expected));
}

Status check_rank(const Args& args, int param, int low, int high) {
  const int rank = args.shape(param).rank();
  if (rank >= low && rank <= high) return {};
  std::string expected = "rank " + std::to_string(low);
  if (high >= Shape::kMaxRank) {
    expected += " or more";
  } else if (high != low) {
    expected += " to " + std::to_string(high);
  }
  return unexpected_shape(args, param, expected);
}

Status check_vector(const Args& args, int param, int64_t size, std::string_view why) {
  if (!args.has(param)) return {};
  const Shape& shape = args.shape(param);
  if (shape.rank() == 1 && extents_agree(shape[0], size)) return {};
  return unexpected_shape(args, param, Shape{size}.to_string() + ": " + std::string(why));
}

Status check_text(const Args& args, int param, std::initializer_list<std::string_view> allowed) {
  if (!args.has(param)) return {};
  const std::string_view text = args.text(param);
  if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return {};
  const std::vector<std::string> names(allowed.begin(), allowed.end());
  return param_error(args, param, "is " + quoted(text) + ", expected one of " + quoted_list(names));
}

Result<int64_t> count_param(const Args& args, int param, int64_t low) {
  const int64_t value = args.integer(param);
  if (value >= low && value <= kMaxExtent) return value;
  return unexpected_value(
      args, param, value,
      "a value from " + std::to_string(low) + " to " + std::to_string(kMaxExtent));
}

}  // namespace pome::ops
