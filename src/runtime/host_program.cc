#include "runtime/host_program.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "base/try.h"
#include "plan/classify.h"

namespace pome::runtime {
namespace {

bool is_known(const ir::Op& op) {
  return !op.outputs().empty() &&
         std::all_of(op.outputs().begin(), op.outputs().end(),
                     [](const auto& output) { return output->literal() != nullptr; });
}

class Numbering {
 public:
  Numbering(HostProgram& program, const ir::Function& function)
      : program_(program), function_(function) {}

  Status block(const ir::Block& block, HostBlock& host) {
    for (const auto& input : block.inputs()) host.inputs.push_back(slot(input.get()));
    for (const auto& op : block.ops()) {
      if (is_known(*op)) continue;
      HostOp made;
      Status status = this->op(*op, block, made);
      if (!status.ok()) return std::move(status).error().at(op->place());
      if (made.kind != HostKind::kClassify) host.ops.push_back(std::move(made));
    }
    for (size_t i = host.ops.size(); i-- > 0;) {
      HostOp& op = host.ops[i];
      if (op.kind != HostKind::kTensors) continue;
      const bool goes_on = i + 1 < host.ops.size() && host.ops[i + 1].kind == HostKind::kTensors;
      op.run_end = goes_on ? host.ops[i + 1].run_end : i + 1;
      op.site = program_.sites++;
    }
    for (const ir::Value* output : block.outputs()) {
      const bool label = output->producer() != nullptr && output->producer()->kind() == "classify";
      host.outputs.push_back(label ? Source{} : source(output));
    }
    return {};
  }

 private:
  int slot(const ir::Value* value) {
    return slots_.emplace(value, program_.slots).second ? program_.slots++ : slots_.at(value);
  }

  Source source(const ir::Value* value) {
    if (value->literal() != nullptr) return {-1, value->literal(), false};
    return {slots_.at(value), nullptr, false};
  }

  /// A value that only this op reads, made (or given) in the op's own block.
  static bool is_last(const ir::Value& value, const ir::Block& block) {
    if (value.users().size() != 1 || block.is_output(&value)) return false;
    if (value.producer() != nullptr) return value.producer()->block() == &block;
    return std::any_of(block.inputs().begin(), block.inputs().end(),
                       [&](const auto& input) { return input.get() == &value; });
  }

  Status op(const ir::Op& op, const ir::Block& block, HostOp& host) {
    host.op = &op;
    host.def = ops::find(op.kind(), function_.opset);
    if (host.def == nullptr) return ops::unknown_op(op.kind(), function_.opset);
    if (op.kind() == "classify") return classify(op, host);
    POME_ASSIGN(ops::Args args, ops::resolve(*host.def, op));
    for (const ir::Argument& argument : op.arguments()) {
      for (size_t i = 0; i < argument.operands.size(); ++i) {
        const ir::Operand& operand = argument.operands[i];
        HostOperand bound{host.def->param(argument.param), static_cast<int>(i), {}};
        if (operand.value == nullptr) {
          bound.source.literal = operand.literal;
        } else {
          bound.source = source(operand.value);
          bound.source.last = bound.source.slot >= 0 && is_last(*operand.value, block);
        }
        host.operands.push_back(std::move(bound));
      }
    }
    host.args = std::move(args);
    host.kind = kind_of(op, *host.def);
    for (const auto& inner : op.blocks()) {
      host.blocks.emplace_back();
      POME_TRY(this->block(*inner, host.blocks.back()));
    }
    for (const auto& output : op.outputs()) host.outputs.push_back(slot(output.get()));
    return {};
  }

  static HostKind kind_of(const ir::Op& op, const ops::OpDef& def) {
    if (op.kind() == "cond") return HostKind::kCond;
    if (op.kind() == "while_loop") return HostKind::kWhile;
    return def.is(ops::kHost) ? HostKind::kList : HostKind::kTensors;
  }

  Status classify(const ir::Op& op, HostOp& host) {
    host.kind = HostKind::kClassify;
    if (op.block() != &function_.body || program_.classify.present)
      return Error(ErrorCode::kUnsupported,
                   "only one classify op, outside of control flow, is "
                   "supported");
    POME_ASSIGN(program_.classify, plan::read_classify(op));
    program_.classify.probabilities = source(op.input("probabilities")).slot;
    if (program_.classify.probabilities < 0)
      return Error(ErrorCode::kUnsupported, "the probabilities must be computed");
    return {};
  }

  HostProgram& program_;
  const ir::Function& function_;
  std::unordered_map<const ir::Value*, int> slots_;
};

}  // namespace

bool needs_interpreter(const ir::Function& function) {
  for (const auto& op : function.body.ops()) {
    if (op->kind() == "classify" || is_known(*op)) continue;
    if (!op->blocks().empty()) return true;
    for (const auto& output : op->outputs())
      if (!output->type().is_tensor() || !output->shape().known()) return true;
  }
  return false;
}

Result<std::unique_ptr<HostProgram>> make_host_program(std::unique_ptr<ir::Program> program) {
  auto host = std::make_unique<HostProgram>();
  host->program = std::move(program);
  const ir::Function& function = *host->program->functions.begin()->second;
  POME_TRY(Numbering(*host, function).block(function.body, host->body));
  return host;
}

}  // namespace pome::runtime
