#include "ops/checks.h"

#include "base/text.h"

namespace pome::ops {
namespace {

std::string param_text(const Args& args, int param) {
  return "parameter \"" + std::string(args.def().params[static_cast<size_t>(param)].name) + "\"";
}

}  // namespace

Error unexpected_shape(const Args& args, int param, std::string_view expected) {
  return Error(ErrorCode::kInvalidModel, param_text(args, param) + " has shape " +
                                             args.shape(param).to_string() + ", expected " +
                                             std::string(expected));
}

Error unexpected_text(const Args& args, int param, std::string_view expected) {
  return Error(ErrorCode::kInvalidModel, param_text(args, param) + " is " +
                                             quoted(args.text(param)) + ", expected " +
                                             std::string(expected));
}

Error unexpected_value(const Args& args, int param, int64_t value, std::string_view expected) {
  return Error(ErrorCode::kInvalidModel, param_text(args, param) + " is " + std::to_string(value) +
                                             ", expected " + std::string(expected));
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
  return unexpected_shape(args, param, Shape{size}.to_string() + ", " + std::string(why));
}

Status check_text(const Args& args, int param, std::initializer_list<std::string_view> allowed) {
  if (!args.has(param)) return {};
  std::vector<std::string> names;
  for (std::string_view a : allowed) {
    if (args.text(param) == a) return {};
    names.emplace_back(a);
  }
  return unexpected_text(args, param, "one of " + quoted_list(names));
}

Status infer_same(const Args& args, Inferred& out) {
  out.types.push_back(args.type(0));
  return {};
}

}  // namespace pome::ops
