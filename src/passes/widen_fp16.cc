// Before:
//     func main<ios16>(tensor<fp16, [2]> x) {
//             tensor<fp16, [2]> w = const()[val = tensor<fp16, [2]>([1, 2])];
//             tensor<fp16, [2]> y = mul(x = x, y = w);
//         } -> (y);
// After:
//     func main<ios16>(tensor<fp16, [2]> x) {
//             tensor<fp32, [2]> x_fp32 = cast(dtype = string("fp32"), x = x);
//             tensor<fp32, [2]> w = const()[val = tensor<fp32, [2]>([1, 2])];
//             tensor<fp32, [2]> y_fp32 = mul(x = x_fp32, y = w);
//             tensor<fp16, [2]> y = cast(dtype = string("fp16"), x = y_fp32);
//         } -> (y);
//
// What it means for the numbers is in docs/numerics.md. Constants become fp32 here and now: the
// dtype groups of the op table ask for it, and a cast of a constant would run at every prediction.
// A constexpr_* op makes fp32 when its scales or its table are fp32, so that its data stay as small
// as they are. An operand that must be fp16 stays, and what is fp16 whatever the operands are is
// cast behind its op.
#include <algorithm>
#include <string>

#include "base/half.h"
#include "base/try.h"
#include "passes/passes.h"
#include "passes/rewriter.h"
#include "passes/walk.h"

namespace pome::passes {
namespace {

bool is_fp16(const ir::Type& type) { return type.is_tensor() && type.dtype() == ir::DType::kFp16; }

ir::Type widened(const ir::Type& type) {
  if (is_fp16(type)) return ir::Type::tensor(ir::DType::kFp32, type.shape());
  if (type.kind() == ir::Type::Kind::kList)
    return ir::Type::list(widened(type.members()[0]), type.length());
  return type;
}

Result<ir::LiteralPtr> widened(const ir::LiteralPtr& literal) {
  const auto size = static_cast<size_t>(literal->size());
  POME_ASSIGN(AlignedBuffer buffer, AlignedBuffer::allocate(size * sizeof(float)));
  halves_to_floats(literal->bytes().data(), size, buffer.as<float>());
  return ir::Literal::widened(std::move(buffer), literal);
}

/// May the parameter be fp32?
bool takes_fp32(const ops::OpDef* def, std::string_view param) {
  const int index = def != nullptr ? def->param(param) : -1;
  if (index < 0) return true;  // inner blocks; what is unknown is refused elsewhere
  const ops::ParamDef& p = def->params[static_cast<size_t>(index)];
  return (p.flags & ops::kAnyKind) || (p.types & ops::bit(ir::DType::kFp32));
}

class Widener {
 public:
  explicit Widener(Rewriter& rewriter) : rewriter_(rewriter), body_(rewriter.function().body) {}

  Status run() {
    std::vector<bool> was_fp16;
    for (const ir::Value* output : body_.outputs()) was_fp16.push_back(is_fp16(output->type()));
    for (const auto& input : body_.inputs()) POME_TRY(widen_input(*input));
    for (ir::Op* op : rewriter_.ops()) {
      Status status = op->kind() == ir::kConstOp ? constant(*op) : this->op(*op);
      if (!status.ok()) return std::move(status).error().at(op->place());
    }
    for (size_t i = 0; i < was_fp16.size(); ++i)
      if (was_fp16[i]) POME_TRY(narrow_output(i));
    return rewriter_.finish();
  }

 private:
  bool must_read_fp16(const ir::Op& user, const ir::Value* value) const {
    const ops::OpDef* def = rewriter_.def(user);
    for (const ir::Argument& argument : user.arguments()) {
      for (const ir::Operand& operand : argument.operands)
        if (operand.value == value && !takes_fp32(def, argument.param)) return true;
    }
    return false;
  }

  /// Everyone who may reads the cast value.
  void redirect(ir::Value* from, ir::Value* cast) {
    const std::vector<ir::Op*> users = from->users();
    for (ir::Op* user : users)
      if (user != cast->producer() && !must_read_fp16(*user, from)) user->replace_input(from, cast);
  }

  Status widen_input(ir::Value& input) {
    if (!is_fp16(input.type()) || input.users().empty() || body_.ops().empty()) return {};
    ir::Value* cast = rewriter_.before(*body_.ops().front())
                          .add("cast", input.name() + "_fp32", {{"x", &input}, {"dtype", "fp32"}});
    if (cast != nullptr) redirect(&input, cast);
    return rewriter_.finish();
  }

  Status constant(ir::Op& op) {
    ir::Value& value = *op.output();
    if (!is_fp16(value.type())) return {};
    bool needed = body_.is_output(&value);  // as fp16; inner blocks' outputs become fp32
    for (const ir::Op* user : value.users()) needed = needed || must_read_fp16(*user, &value);
    POME_ASSIGN(ir::LiteralPtr literal, widened(value.literal()));
    if (needed) {
      ir::Value* copy = rewriter_.before(op).constant(std::move(literal), value.name() + "_fp32");
      if (copy != nullptr) redirect(&value, copy);
      return rewriter_.finish();
    }
    value.set_type(literal->type());
    value.set_literal(literal);
    op.attributes()["val"] = std::move(literal);
    return {};
  }

  Status op(ir::Op& op) {
    if (!op.blocks().empty()) {
      for (const auto& block : op.blocks())
        for (const auto& input : block->inputs()) input->set_type(widened(input->type()));
      for (const auto& output : op.outputs()) output->set_type(widened(output->type()));
      return {};
    }
    const ops::OpDef* def = rewriter_.def(op);
    if (def == nullptr) return ops::unknown_op(op.kind(), rewriter_.function().opset);
    POME_TRY(operands(*def, op));
    POME_ASSIGN(const ops::Inferred inferred, ops::infer(*def, op));
    for (size_t i = 0; i < op.outputs().size() && i < inferred.types.size(); ++i) {
      ir::Value& output = *op.output(i);
      const bool known = i < inferred.literals.size() && inferred.literals[i] != nullptr;
      output.set_literal(known ? inferred.literals[i] : nullptr);
      if (!output.type().is_tensor()) output.set_type(widened(output.type()));
      if (!is_fp16(output.type())) continue;
      output.set_type(ir::Type::tensor(inferred.types[i].dtype(), output.shape()));
      if (is_fp16(output.type())) POME_TRY(widen_result(op, output));
    }
    return {};
  }

  /// Constants in place, and what `cast` casts to and make_list holds.
  static Status operands(const ops::OpDef& def, ir::Op& op) {
    const std::vector<ir::Argument> arguments = op.arguments();
    for (const ir::Argument& argument : arguments) {
      bool changed = false;
      std::vector<ir::Operand> operands = argument.operands;
      for (ir::Operand& operand : operands) {
        if (operand.literal == nullptr || !is_fp16(operand.literal->type()) ||
            !takes_fp32(&def, argument.param)) {
          continue;
        }
        POME_ASSIGN(operand.literal, widened(operand.literal));
        changed = true;
      }
      if (changed) op.set_argument(argument.param, std::move(operands));
    }
    const bool names_dtype = op.kind() == "cast" || op.kind() == "make_list";
    const ir::Literal* dtype = names_dtype ? op.constant("dtype") : nullptr;
    if (dtype != nullptr && dtype->text() == "fp16")
      op.set_argument("dtype", {ir::Literal::string("fp32")});
    return {};
  }

  /// An op that makes fp16 whatever it is given: its users read a cast behind it.
  Status widen_result(const ir::Op& op, ir::Value& output) {
    if (output.users().empty()) return {};
    const auto& ops = op.block()->ops();
    auto next = std::find_if(ops.begin(), ops.end(), [&](const auto& o) { return o.get() == &op; });
    if (++next == ops.end()) return {};
    ir::Value* cast = rewriter_.before(**next).add("cast", output.name() + "_fp32",
                                                   {{"x", &output}, {"dtype", "fp32"}});
    if (cast != nullptr) redirect(&output, cast);
    return rewriter_.finish();
  }

  /// The function gives fp16 under the name that it gave before.
  Status narrow_output(size_t i) {
    ir::Value* value = body_.outputs()[i];
    if (is_fp16(value->type())) return {};
    if (const auto done = narrowed_.find(value); done != narrowed_.end()) {
      body_.outputs()[i] = done->second;
      return {};
    }
    ops::Builder builder(rewriter_.function(), body_);
    std::string name = value->name();
    ir::Value* cast = builder.add("cast", name + "_fp16", {{"x", value}, {"dtype", "fp16"}});
    if (cast == nullptr) return builder.status();
    value->set_name(builder.unique_name(name + "_fp32"));
    cast->set_name(std::move(name));
    narrowed_[value] = cast;
    body_.outputs()[i] = cast;
    return {};
  }

  Rewriter& rewriter_;
  ir::Block& body_;
  std::unordered_map<ir::Value*, ir::Value*> narrowed_;
};

bool has_fp16(ir::Function& function) {
  for (const auto& input : function.body.inputs())
    if (is_fp16(input->type())) return true;
  for (const ir::Op* op : all_ops(function))
    for (const auto& output : op->outputs())
      if (is_fp16(output->type())) return true;
  return false;
}

}  // namespace

Status widen_fp16(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    if (!has_fp16(rewriter.function())) return {};
    return Widener(rewriter).run();
  });
}

}  // namespace pome::passes
