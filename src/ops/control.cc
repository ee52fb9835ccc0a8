// identity, and classify at the end of a classifier.
#include "ops/control.h"

#include <string>

#include "ops/families.h"
#include "ops/infer.h"
#include "ops/tensor_transformation.h"

namespace pome::ops {
namespace {

Status infer_identity(const Args& args, Inferred& out) {
  out.types.push_back(args.type(kIdentityX));
  if (args.type(kIdentityX).is_tensor()) return infer_small_values(args, out);
  return {};
}

Status infer_classify(const Args& args, Inferred& out) {
  const ir::Type& classes = args.type(kClassifyClasses);
  const ir::Type label = classes.kind() == ir::Type::Kind::kList && !classes.members().empty()
                             ? classes.members()[0]
                             : ir::Type();
  const bool string = label == ir::Type::scalar(ir::DType::kString);
  if (!string && !(label == ir::Type::scalar(ir::DType::kInt64))) {
    return param_error(
        args, kClassifyClasses,
        "is a " + classes.to_string() + ", a list of strings or of int64 is expected");
  }
  const Shape& shape = args.shape(kClassifyProbabilities);
  const auto n = extent_product(shape, 0, shape.rank());
  const int64_t labels = args.literal(kClassifyClasses)->size();
  if (!n || (*n >= 0 && *n != labels)) {
    return param_error(args, kClassifyProbabilities,
                       "has shape " + shape.to_string() + " for " + std::to_string(labels) +
                           " classes: one probability each is expected");
  }
  out.types = {label, ir::Type::dict(label, ir::Type::scalar(ir::DType::kFp64))};
  return {};
}

Status refuse_classify(const Args&, Outputs) {
  return Error(ErrorCode::kUnsupported,
               "classify makes a label and a dictionary, which no tensor holds: it is evaluated "
               "where the outputs leave the network");
}

constexpr ParamDef kIdentityParams[] = {{"x", ~TypeSet{0}, kAnyKind, 0, {}}};
constexpr ParamDef kClassifyParams[] = {{"probabilities", bit(ir::DType::kFp32), kRequired, 0, {}},
                                        {"classes", 0, kConst | kAnyKind, 0, {}}};
constexpr std::string_view kIdentityOutputs[] = {"y"};
constexpr std::string_view kClassifyOutputs[] = {"classLabel", "probabilities"};
constexpr std::string_view kIdentitySamples[] = {"x=fp32[2,3]", "x=const:int32[4]", "x=fp16[0]",
                                                 "x=bool[]"};
constexpr std::string_view kClassifySamples[] = {
    "probabilities=fp32[3]{0..1} classes=list:[\"a\",\"b\",\"c\"]",
    "probabilities=fp32[1,2]{0..1} classes=list:[7,-1]"};

constexpr OpDef kOps[] = {
    {.name = "classify",
     .since = ir::Opset::kIos15,
     .doc = "The class of the highest probability, and a dictionary of the probabilities of all: "
            "classLabel = classes[argmax(probabilities)]. Evaluated by the runtime at the border, "
            "not by a kernel.",
     .params = kClassifyParams,
     .outputs = kClassifyOutputs,
     .properties = kHost,
     .infer = infer_classify,
     .reference = refuse_classify,
     .samples = kClassifySamples},
    {.name = "identity",
     .since = ir::Opset::kIos15,
     .doc = "y = x, of any type.",
     .params = kIdentityParams,
     .outputs = kIdentityOutputs,
     .properties = kElementwise | kView | kInPlace,
     .infer = infer_identity,
     .reference = reference::copy,
     .samples = kIdentitySamples},
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> control_ops() { return kOps; }

}  // namespace pome::ops
