// Lists of tensors: values that only the interpreter on the host holds.
#include "ops/list.h"

#include <string>

#include "base/try.h"
#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

/// The elements' type of the list that the first parameter is; any tensor where it is not a list
/// of tensors.
Result<ir::Type> element_type(const Args& args) {
  const ir::Type& list = args.type(kListLs);
  if (list.kind() == ir::Type::Kind::kList && list.members()[0].is_tensor())
    return list.members()[0];
  return param_error(args, kListLs, "is a " + list.to_string() + ", a list of tensors is expected");
}

/// Is a tensor of type `value` an element of the list? Extents may be unknown on either side.
Status check_element(const Args& args, const ir::Type& element, const ir::Type& value) {
  bool fits = value.is_tensor() && element.dtype() == value.dtype() &&
              element.shape().rank() == value.shape().rank();
  for (int i = 0; fits && i < element.shape().rank(); ++i) {
    const int64_t a = element.shape()[i];
    const int64_t b = value.shape()[i];
    fits = a < 0 || b < 0 || a == b;
  }
  if (fits) return {};
  return param_error(
      args, kListValue,
      "is a " + value.to_string() + ", the list holds elements of " + element.to_string());
}

Status infer_make_list(const Args& args, Inferred& out) {
  POME_ASSIGN(const ir::DType dtype, dtype_param(args, kMakeListDtype, kNumbersBool));
  Shape shape;
  for (int i = 0; i < args.count(kMakeListElemShape); ++i) {
    const Bound& extent = args.operand(kMakeListElemShape, i);
    // A text names an extent that is not known.
    const bool known = extent.literal != nullptr && extent.type.dtype() != ir::DType::kString &&
                       extent.literal->size() == 1;
    if (!Shape::fits_rank(static_cast<size_t>(shape.rank()) + 1))
      return param_error(args, kMakeListElemShape, "has more axes than are supported");
    shape.push_back(known && extent.literal->integer() >= 0 ? extent.literal->integer()
                                                            : Shape::kUnknown);
  }
  int64_t length = Shape::kUnknown;
  if (args.literal(kMakeListInitLength) != nullptr) {
    length = args.integer(kMakeListInitLength);
    if (length < 0) {
      return param_error(args, kMakeListInitLength,
                         "is " + std::to_string(length) + ", at least 0 is expected");
    }
    if (args.flag(kMakeListDynamicLength)) length = Shape::kUnknown;
  }
  out.types.push_back(ir::Type::list(ir::Type::tensor(dtype, shape), length));
  return {};
}

Status infer_list_length(const Args& args, Inferred& out) {
  POME_TRY(element_type(args));
  out.types.push_back(ir::Type::scalar(ir::DType::kInt32));
  return {};
}

Status infer_list_read(const Args& args, Inferred& out) {
  POME_ASSIGN(ir::Type element, element_type(args));
  out.types.push_back(std::move(element));
  return {};
}

Status infer_list_write(const Args& args, Inferred& out) {
  POME_ASSIGN(const ir::Type element, element_type(args));
  POME_TRY(check_element(args, element, args.type(kListValue)));
  out.types.push_back(args.type(kListLs));
  return {};
}

Status infer_list_gather(const Args& args, Inferred& out) {
  POME_ASSIGN(const ir::Type element, element_type(args));
  const Shape& indices = args.shape(kListIndex);
  Shape shape = element.shape();
  if (indices.rank() != 1 || !Shape::fits_rank(static_cast<size_t>(shape.rank()) + 1)) {
    return param_error(args, kListIndex,
                       "has shape " + indices.to_string() + ", a list of indices is expected");
  }
  shape.insert(0, indices[0]);
  out.types.push_back(ir::Type::tensor(element.dtype(), shape));
  return {};
}

Status infer_list_scatter(const Args& args, Inferred& out) {
  POME_ASSIGN(const ir::Type element, element_type(args));
  const Shape& indices = args.shape(kListIndex);
  const ir::Type& value = args.type(kListValue);
  Shape shape = value.shape();
  const bool rows = indices.rank() == 1 && shape.rank() > 0 &&
                    (indices[0] < 0 || shape[0] < 0 || indices[0] == shape[0]);
  if (!rows) {
    return param_error(args, kListValue,
                       "has shape " + shape.to_string() + " for indices of shape " +
                           indices.to_string() + ", one element each is expected");
  }
  shape.erase(0);
  POME_TRY(check_element(args, element, ir::Type::tensor(value.dtype(), shape)));
  out.types.push_back(args.type(kListLs));
  return {};
}

Status refuse(const Args& args, Outputs) {
  return Error(ErrorCode::kUnsupported,
               std::string(args.def().name) + " works on lists: an interpreter runs it");
}

constexpr ParamDef kLs = {"ls", 0, kAnyKind, 0, {}};
constexpr ParamDef kMakeListParams[] = {
    {"init_length", kInt32s, kOptional | kScalar, 0, def_int(1)},
    {"dynamic_length", kBools, kOptional | kConst | kScalar, 0, def_bool(true)},
    {"elem_shape", kInt32s | kStrings, kTuple, 0, {}},
    {"dtype", kStrings, kOptional | kConst | kScalar, 0, def_text("fp32")}};
constexpr ParamDef kLengthParams[] = {kLs};
constexpr ParamDef kReadParams[] = {kLs, {"index", kInt32s, kScalar, 0, {}}};
constexpr ParamDef kWriteParams[] = {
    kLs, {"index", kInt32s, kScalar, 0, {}}, {"value", kNumbersBool, kAnyKind, 0, {}}};
constexpr ParamDef kGatherParams[] = {kLs, {"indices", kInt32s, kRequired, 0, {}}};
constexpr ParamDef kScatterParams[] = {
    kLs, {"indices", kInt32s, kRequired, 0, {}}, {"value", kNumbersBool, kAnyKind, 0, {}}};
constexpr std::string_view kLengthOutputs[] = {"length"};
constexpr std::string_view kValueOutputs[] = {"value"};
constexpr std::string_view kListOutputs[] = {"output"};

constexpr std::string_view kMakeListSamples[] = {
    "init_length=2 dynamic_length=false elem_shape=(2,3) dtype=\"fp16\"",
    "init_length=int32[] elem_shape=(2,3)", "elem_shape=(2,\"is0\") dtype=\"int32\""};
constexpr std::string_view kLengthSamples[] = {"ls=list:[1,2,3]"};
constexpr std::string_view kReadSamples[] = {"ls=list:[1,2,3] index=int32[]"};
constexpr std::string_view kWriteSamples[] = {"ls=list:[1,2,3] index=int32[] value=int64:7"};
constexpr std::string_view kGatherSamples[] = {"ls=list:[1,2,3] indices=int32[2]"};
constexpr std::string_view kScatterSamples[] = {
    "ls=list:[1,2,3] indices=int32[2] value=int64:[7,8]"};

constexpr OpDef row(std::string_view name, std::string_view doc, std::span<const ParamDef> params,
                    std::span<const std::string_view> outputs, InferFn infer,
                    std::span<const std::string_view> samples) {
  return {.name = name,
          .since = ir::Opset::kIos15,
          .doc = doc,
          .params = params,
          .outputs = outputs,
          .properties = kHost,
          .infer = infer,
          .reference = refuse,
          .samples = samples};
}

constexpr OpDef kOps[] = {
    row("list_gather", "value = the elements at `indices`, stacked along a new first axis.",
        kGatherParams, kValueOutputs, infer_list_gather, kGatherSamples),
    row("list_length", "How many elements the list has.", kLengthParams, kLengthOutputs,
        infer_list_length, kLengthSamples),
    row("list_read", "value = the element at `index`; zeros where none was written yet.",
        kReadParams, kValueOutputs, infer_list_read, kReadSamples),
    row("list_scatter",
        "The list with element indices[i] replaced by value[i], for all i in order.",
        kScatterParams, kListOutputs, infer_list_scatter, kScatterSamples),
    row("list_write",
        "The list with the element at `index` replaced by `value`; a list of dynamic length grows "
        "where it must.",
        kWriteParams, kListOutputs, infer_list_write, kWriteSamples),
    row("make_list",
        "A list of init_length elements of one element type and shape, none of them written yet.",
        kMakeListParams, kListOutputs, infer_make_list, kMakeListSamples),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> list_ops() { return kOps; }

}  // namespace pome::ops
