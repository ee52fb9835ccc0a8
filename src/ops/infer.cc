#include "ops/infer.h"

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace pome::ops {

Error param_error(const Args& args, int param, const std::string& text) {
  const auto& name = args.def().params[static_cast<size_t>(param)].name;
  return {ErrorCode::kInvalidModel, "parameter \"" + std::string(name) + "\" " + text};
}

std::string to_string(const Ints& values) {
  std::string text = "[";
  for (const int64_t v : values) text += (text.size() > 1 ? "," : "") + std::to_string(v);
  return text + "]";
}

Result<int> axis_param(const Args& args, int param, int rank) {
  const int64_t value = args.integer(param);
  const auto axis = normalize_axis(value, rank);
  if (axis) return *axis;
  return param_error(args, param,
                     "is " + std::to_string(value) + ", the tensor has rank " +
                         std::to_string(rank) + ": an axis from " + std::to_string(-rank) + " to " +
                         std::to_string(rank - 1) + " is expected");
}

Result<Ints> axes_param(const Args& args, int param, int rank) {
  const Ints given = args.ints(param);
  Ints axes;
  for (const int64_t a : given) {
    const auto axis = normalize_axis(a, rank);
    if (!axis || axes.contains(*axis)) {
      return param_error(args, param,
                         "is " + to_string(given) + ", the tensor has rank " +
                             std::to_string(rank) + ": different axes from " +
                             std::to_string(-rank) + " to " + std::to_string(rank - 1) +
                             " are expected");
    }
    axes.push_back(*axis);
  }
  return axes;
}

Result<ir::DType> dtype_param(const Args& args, int param, TypeSet allowed) {
  const std::string_view text = args.text(param);
  const auto dtype = ir::dtype_from_name(text);
  if (dtype && (allowed & bit(*dtype))) return *dtype;
  std::string names;
  for (int i = 0; i <= static_cast<int>(ir::DType::kUint64); ++i) {
    const auto t = static_cast<ir::DType>(i);
    if (allowed & bit(t)) names += (names.empty() ? "" : ", ") + std::string(ir::name(t));
  }
  return param_error(args, param, "is " + quoted(text) + ", one of " + names + " is expected");
}

Result<int> list_length(const Args& args, int param) {
  const Shape& shape = args.shape(param);
  if (shape.rank() != 1 || shape[0] < 0) {
    return param_error(args, param,
                       "has shape " + shape.to_string() + ", a list of known length is expected");
  }
  return static_cast<int>(shape[0]);
}

std::optional<int64_t> extent_product(const Shape& shape, int from, int to) {
  int64_t product = 1;
  bool unknown = false;
  for (int i = from; i < to; ++i) {
    if (shape[i] == 0) return 0;
    if (shape[i] < 0) {
      unknown = true;
      continue;
    }
    const auto next = checked_mul(product, shape[i]);
    if (!next) return std::nullopt;
    product = *next;
  }
  return unknown ? Shape::kUnknown : product;
}

Status infer_like_first(const Args& args, Inferred& out) {
  return set_output(args, out, args.dtype(0), args.shape(0));
}

Status set_output(const Args& args, Inferred& out, ir::DType dtype, const Shape& shape) {
  out.types.push_back(ir::Type::tensor(dtype, shape));
  return infer_small_values(args, out);
}

}  // namespace pome::ops
