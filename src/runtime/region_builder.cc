#include "runtime/region_builder.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/try.h"

namespace pome::runtime {
namespace {

void add_reads(const HostBlock& block, std::set<int>& slots);

void add_reads(const HostOp& op, std::set<int>& slots) {
  for (const HostOperand& operand : op.operands)
    if (operand.source.slot >= 0) slots.insert(operand.source.slot);
  for (const HostBlock& inner : op.blocks) add_reads(inner, slots);
}

void add_reads(const HostBlock& block, std::set<int>& slots) {
  for (const HostOp& op : block.ops) add_reads(op, slots);
  for (const Source& output : block.outputs)
    if (output.slot >= 0) slots.insert(output.slot);
}

/// Copies ops into a function whose inputs are typed with what the slots hold.
class Copier {
 public:
  Copier(const HostProgram& program, const std::vector<HostValue>& slots)
      : slots_(slots),
        function_(
            *program_.add_function("region", program.program->functions.begin()->second->opset)) {}

  /// False when the op's sizes do not follow from types: nothing was added then.
  bool add(const HostOp& op) {
    auto copy = std::make_unique<ir::Op>(op.op->kind(), op.op->name());
    for (const ir::Argument& argument : op.op->arguments()) {
      std::vector<ir::Operand> operands;
      const int param = op.def->param(argument.param);
      for (size_t i = 0; i < argument.operands.size(); ++i) {
        const auto bound =
            std::find_if(op.operands.begin(), op.operands.end(), [&](const HostOperand& o) {
              return o.param == param && o.index == static_cast<int>(i);
            });
        if (bound == op.operands.end()) return false;
        operands.push_back(bound->source.slot < 0 ? ir::Operand(bound->source.literal)
                                                  : ir::Operand(value(bound->source.slot)));
      }
      copy->set_argument(argument.param, std::move(operands));
    }
    const Result<ops::Inferred> inferred = ops::infer(*op.def, *copy);
    if (!inferred.ok() || inferred->types.size() != op.outputs.size()) return false;
    for (const ir::Type& type : inferred->types)
      if (!type.is_tensor() || !type.shape().known()) return false;
    for (size_t i = 0; i < op.outputs.size(); ++i) {
      ir::Value* output = copy->add_output("v" + std::to_string(op.outputs[i]), inferred->types[i]);
      if (i < inferred->literals.size()) output->set_literal(inferred->literals[i]);
      values_[op.outputs[i]] = output;
    }
    function_.body.append(std::move(copy));
    return true;
  }

  ir::Function& function() { return function_; }
  const std::vector<int>& inputs() const { return inputs_; }
  ir::Value* made(int slot) const { return values_.at(slot); }

 private:
  ir::Value* value(int slot) {
    const auto [it, fresh] = values_.emplace(slot, nullptr);
    if (fresh) {
      const TensorPtr& tensor = slots_[static_cast<size_t>(slot)].tensor;
      it->second = function_.body.add_input("v" + std::to_string(slot), tensor->type());
      inputs_.push_back(slot);
    }
    return it->second;
  }

  const std::vector<HostValue>& slots_;
  ir::Program program_;
  ir::Function& function_;
  std::unordered_map<int, ir::Value*> values_;
  std::vector<int> inputs_;
};

}  // namespace

std::vector<int> slots_read(const HostBlock& block, size_t first, size_t last) {
  std::set<int> written;
  std::vector<int> reads;
  for (size_t i = first; i < last; ++i) {
    for (const HostOperand& operand : block.ops[i].operands) {
      const int slot = operand.source.slot;
      if (slot >= 0 && written.insert(slot).second) reads.push_back(slot);
    }
    written.insert(block.ops[i].outputs.begin(), block.ops[i].outputs.end());
  }
  return reads;
}

std::shared_ptr<Region> build_region(const HostProgram& program, const HostBlock& block,
                                     size_t first, const std::vector<HostValue>& slots,
                                     const plan::PlanOptions& options) {
  auto region = std::make_shared<Region>();
  Copier copier(program, slots);
  size_t last = first;
  while (last < block.ops[first].run_end && copier.add(block.ops[last])) ++last;
  if (last == first) return region;
  std::set<int> read_behind;
  for (size_t i = last; i < block.ops.size(); ++i) add_reads(block.ops[i], read_behind);
  for (const Source& output : block.outputs)
    if (output.slot >= 0) read_behind.insert(output.slot);
  if (&block == &program.body) read_behind.insert(program.classify.probabilities);
  for (size_t i = first; i < last; ++i) {
    for (const int slot : block.ops[i].outputs) {
      if (read_behind.count(slot) == 0) continue;
      copier.function().body.outputs().push_back(copier.made(slot));
      region->outputs.push_back(slot);
    }
    for (const HostOperand& operand : block.ops[i].operands)
      if (operand.source.last) region->released.push_back(operand.source.slot);
  }
  Result<plan::Plan> plan = plan::make_plan(copier.function(), options);
  if (!plan.ok()) return std::make_shared<Region>();  // op by op, it says itself what is wrong
  region->plan = *std::move(plan);
  region->inputs = copier.inputs();
  region->bytes = region->plan.packed_bytes() + region->plan.arena_bytes;
  region->count = last - first;
  return region;
}

}  // namespace pome::runtime
