#include "passes/rewriter.h"

#include <algorithm>

#include "passes/walk.h"

namespace pome::passes {

Rewriter::Rewriter(ir::Function& function)
    : function_(function), ops_(all_ops(function)), builder_(function, function.body) {
  for (ir::Block* block : all_blocks(function))
    for (const ir::Value* output : block->outputs()) outputs_[output].push_back(block);
}

ops::Builder& Rewriter::before(const ir::Op& op) {
  builder_.move_to(*op.block(), &op);
  return builder_;
}

bool Rewriter::can_replace(const ir::Value* from, const ir::Value* to) const {
  const auto blocks = outputs_.find(from);
  if (blocks == outputs_.end()) return true;
  const bool named = std::find(blocks->second.begin(), blocks->second.end(), &function_.body) !=
                     blocks->second.end();
  return !named || (to->producer() != nullptr && to->producer()->block() == &function_.body &&
                    !is_output(to));
}

void Rewriter::replace(ir::Value* from, ir::Value* to) {
  const std::vector<ir::Op*> users = from->users();  // a copy: replace_input changes the list
  for (ir::Op* user : users) user->replace_input(from, to);
  const auto blocks = outputs_.find(from);
  if (blocks == outputs_.end()) return;
  const bool named = std::find(blocks->second.begin(), blocks->second.end(), &function_.body) !=
                     blocks->second.end();
  if (named) {
    if (!can_replace(from, to)) return;
    std::string name = from->name();
    from->set_name(to->name());  // dead from now on, but names stay unique
    to->set_name(std::move(name));
  }
  std::vector<ir::Block*> moved = std::move(blocks->second);
  outputs_.erase(blocks);
  for (ir::Block* block : moved) {
    std::replace(block->outputs().begin(), block->outputs().end(), from, to);
    outputs_[to].push_back(block);
  }
}

void Rewriter::take_name(ir::Value* value, ir::Value* replaced) {
  if (is_output(value) || is_output(replaced)) return;
  std::string name = replaced->name();
  replaced->set_name(value->name());
  value->set_name(std::move(name));
}

bool Rewriter::unread(const ir::Op& op) const {
  if (has_effects(def(op), op)) return false;
  return std::all_of(op.outputs().begin(), op.outputs().end(), [&](const auto& output) {
    return output->users().empty() && !is_output(output.get());
  });
}

void Rewriter::erase_if_unread(ir::Op* op) {
  std::vector<ir::Op*> pending = {op};
  while (!pending.empty()) {
    ir::Op* candidate = pending.back();
    pending.pop_back();
    if (!alive(candidate) || !unread(*candidate)) continue;
    for (const ir::Argument& argument : candidate->arguments()) {
      for (const ir::Operand& operand : argument.operands)
        if (operand.value && operand.value->producer())
          pending.push_back(operand.value->producer());
    }
    gone_.insert(candidate);
    candidate->block()->erase(*candidate);
  }
}

bool has_effects(const ops::OpDef* def, const ir::Op& op) {
  if (op.kind() == ir::kConstOp) return false;
  return def == nullptr || op.outputs().empty() || !op.blocks().empty() ||
         def->is(ops::kStateful) || def->is(ops::kRandom);
}

}  // namespace pome::passes
