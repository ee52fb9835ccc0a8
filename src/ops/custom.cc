// Layers that the caller's code evaluates.
#include "ops/custom.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

using P = CustomParam;

constexpr ParamDef kParams[] = {{.name = "x", .types = bit(ir::DType::kFp32), .flags = kTuple},
                                {.name = "layer", .types = kStrings, .flags = kConst | kScalar}};
constexpr std::string_view kOutputs[] = {"output"};

/// The object behind the name. A program that was read from text has none.
Result<const CustomFunction*> function_of(const Args& args) {
  const ir::Literal* layer = args.literal(P::kLayer);
  const auto* function =
      layer != nullptr ? dynamic_cast<const CustomFunction*>(layer->object()) : nullptr;
  if (function == nullptr) {
    return Error(ErrorCode::kUnsupported,
                 "the custom layer has no code behind its name; text and files cannot hold it");
  }
  return function;
}

Status infer(const Args& args, Inferred& out) {
  POME_ASSIGN(const CustomFunction* function, function_of(args));
  std::vector<Shape> inputs;
  for (int i = 0; i < args.count(P::kX); ++i) {
    inputs.push_back(args.shape(P::kX, i));
    if (!inputs.back().checked_elements()) {
      return Error(ErrorCode::kUnsupported,
                   "input " + std::to_string(i) + " has shape " + inputs.back().to_string() +
                       "; custom layers are asked for their outputs' shapes where those of the "
                       "inputs are known");
    }
  }
  POME_ASSIGN(const std::vector<Shape> shapes, function->output_shapes(inputs));
  for (const Shape& shape : shapes) out.types.push_back(ir::Type::tensor(ir::DType::kFp32, shape));
  return {};
}

Status reference(const Args& args, Outputs outputs) {
  POME_ASSIGN(const CustomFunction* function, function_of(args));
  std::vector<TensorView> inputs;
  for (int i = 0; i < args.count(P::kX); ++i) inputs.push_back(args.tensor(P::kX, i));
  return function->evaluate(inputs, outputs);
}

constexpr OpDef kOps[] = {
    {.name = "pome.custom",
     .doc = "What the code that is registered for the layer's class makes of the inputs x; it also "
            "says how many outputs there are and their shapes.",
     .params = kParams,
     .outputs = kOutputs,
     .properties = kRandom | kUserCode,
     .infer = infer,
     .reference = reference,
     .samples = {}}};
static_assert(is_well_formed(kOps));

}  // namespace

ir::LiteralPtr custom_function(std::string name, std::shared_ptr<const CustomFunction> function) {
  return ir::Literal::object(std::move(name), std::move(function));
}

std::span<const OpDef> custom_ops() { return kOps; }

}  // namespace pome::ops
