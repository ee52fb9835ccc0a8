// cond and while_loop: ops with inner blocks.
#include "ops/control_flow.h"

#include <string>

#include "base/invalid.h"
#include "base/try.h"
#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

/// The two blocks of the op that is inferred.
Result<const std::vector<std::unique_ptr<ir::Block>>*> two_blocks(const Args& args) {
  const ir::Op* op = args.op();
  const size_t n = op == nullptr ? 0 : op->blocks().size();
  if (n == 2) return &op->blocks();
  return invalid("the op has " + std::to_string(n) + " inner blocks, 2 are expected");
}

Error different_counts(std::string_view what, size_t found, size_t expected) {
  return invalid(std::string(what) + " are " + std::to_string(found) + ", " +
                 std::to_string(expected) + " are expected");
}

Status infer_cond(const Args& args, Inferred& out) {
  POME_ASSIGN(const auto* blocks, two_blocks(args));
  const Shape& pred = args.shape(kCondPred);
  if (pred.known() && pred.checked_elements() != 1) {
    return param_error(args, kCondPred,
                       "has shape " + pred.to_string() + ", one element is expected");
  }
  const auto& yes = (*blocks)[kCondTrue]->outputs();
  const auto& no = (*blocks)[kCondFalse]->outputs();
  if (yes.size() != no.size()) {
    return invalid("the block for true has " + std::to_string(yes.size()) +
                   " outputs, that for false " + std::to_string(no.size()));
  }
  for (size_t i = 0; i < yes.size(); ++i) {
    Result<ir::Type> type = join_types(yes[i]->type(), no[i]->type());
    if (!type.ok()) return std::move(type).error().at("output " + std::to_string(i));
    out.types.push_back(*std::move(type));
  }
  return {};
}

Status infer_while(const Args& args, Inferred& out) {
  POME_ASSIGN(const auto* blocks, two_blocks(args));
  const ir::Block& cond = *(*blocks)[kWhileCond];
  const ir::Block& body = *(*blocks)[kWhileBody];
  const auto n = static_cast<size_t>(args.count(kWhileLoopVars));
  if (cond.inputs().size() != n)
    return different_counts("the inputs of the condition", cond.inputs().size(), n);
  if (body.inputs().size() != n)
    return different_counts("the inputs of the body", body.inputs().size(), n);
  if (body.outputs().size() != n)
    return different_counts("the outputs of the body", body.outputs().size(), n);
  if (cond.outputs().size() != 1)
    return different_counts("the outputs of the condition", cond.outputs().size(), 1);
  const ir::Type& test = cond.outputs()[0]->type();
  if (!test.is_tensor() || test.dtype() != ir::DType::kBool)
    return invalid("the condition gives a " + test.to_string() + ", a bool is expected");
  for (size_t i = 0; i < n; ++i) {
    const std::string place = "loop variable " + std::to_string(i);
    Result<ir::Type> type =
        join_types(args.type(kWhileLoopVars, static_cast<int>(i)), body.outputs()[i]->type());
    if (!type.ok()) return std::move(type).error().at(place);
    for (const ir::Block* block : {&cond, &body}) {
      const Result<ir::Type> inside = join_types(*type, block->inputs()[i]->type());
      if (!inside.ok()) return Error(inside.error()).at(place);
    }
    out.types.push_back(*std::move(type));
  }
  return {};
}

Status refuse(const Args& args, Outputs) {
  return Error(ErrorCode::kUnsupported,
               std::string(args.def().name) + " has inner blocks: an interpreter runs it");
}

constexpr ParamDef kCondParams[] = {{"pred", kBools, kRequired, 0, {}}};
constexpr ParamDef kWhileParams[] = {{"loop_vars", ~TypeSet{0}, kTuple | kAnyKind, 0, {}}};
constexpr std::string_view kCondOutputs[] = {"outputs"};
constexpr std::string_view kWhileOutputs[] = {"outputs"};
constexpr std::string_view kCondSamples[] = {"pred=bool[]", "pred=bool[1]"};
constexpr std::string_view kWhileSamples[] = {"loop_vars=(int32[],fp32[2,3])", "loop_vars=bool[]"};

constexpr OpDef kOps[] = {
    {.name = "cond",
     .since = ir::Opset::kIos15,
     .doc = "The outputs of the first inner block where pred holds, else those of the second. The "
            "blocks have no inputs and see the values around them. An extent in which the two "
            "differ is known only at run time.",
     .params = kCondParams,
     .outputs = kCondOutputs,
     .properties = kHost | kBlocks,
     .infer = infer_cond,
     .reference = refuse,
     .samples = kCondSamples},
    {.name = "while_loop",
     .since = ir::Opset::kIos15,
     .doc = "While the first inner block gives true for the loop variables, they become the "
            "outputs of the second; the op's outputs are the last ones. Both blocks have one input "
            "for each loop variable and see the values around them.",
     .params = kWhileParams,
     .outputs = kWhileOutputs,
     .properties = kHost | kBlocks,
     .infer = infer_while,
     .reference = refuse,
     .samples = kWhileSamples},
};
static_assert(is_well_formed(kOps));

}  // namespace

Result<ir::Type> join_types(const ir::Type& a, const ir::Type& b) {
  if (a == b) return a;
  const Error different =
      invalid("the value is a " + a.to_string() + " one way and a " + b.to_string() + " the other");
  if (a.kind() != b.kind()) return different;
  if (a.kind() == ir::Type::Kind::kList) {
    // Elements are as exact as either list knows them: a list that starts empty takes what it gets.
    const Result<ir::Type> element = join_types(a.members()[0], b.members()[0]);
    if (!element.ok()) return different;
    return ir::Type::list(*element, a.length() == b.length() ? a.length() : Shape::kUnknown);
  }
  if (!a.is_tensor() || a.dtype() != b.dtype() || a.shape().rank() != b.shape().rank())
    return different;
  Shape shape = a.shape();
  for (int i = 0; i < shape.rank(); ++i)
    if (shape[i] != b.shape()[i]) shape[i] = Shape::kUnknown;
  return ir::Type::tensor(a.dtype(), shape);
}

std::span<const OpDef> control_flow_ops() { return kOps; }

}  // namespace pome::ops
