#include "runtime/interpreter.h"

#include <chrono>
#include <cstring>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "ops/control_flow.h"
#include "runtime/compiled_network.h"

namespace pome::runtime {

Interpreter::Interpreter(const HostProgram& program, const InterpreterLimits& limits,
                         RegionCache* regions)
    : program_(program),
      limits_(limits),
      regions_(regions),
      memory_(limits.memory),
      slots_(static_cast<size_t>(program.slots)),
      left_(limits.instructions) {}

Result<ops::TensorView> Interpreter::input(size_t i, const ir::Type& type) {
  POME_ASSIGN(TensorPtr tensor, HostTensor::allocate(type, memory_));
  const ops::TensorView view = tensor->view();
  slots_[static_cast<size_t>(program_.body.inputs[i])].tensor = std::move(tensor);
  return view;
}

Status Interpreter::run(std::span<double> milliseconds) {
  return run_block(program_.body, milliseconds);
}

Result<TensorPtr> Interpreter::output(size_t i) { return read_tensor(program_.body.outputs[i]); }

Result<TensorPtr> Interpreter::tensor(int slot) { return read_tensor({slot, nullptr, false}); }

Status Interpreter::spend(int64_t operations) {
  left_ -= operations;
  if (left_ >= 0) return {};
  return Error(ErrorCode::kLimitExceeded,
               "the prediction has run " + std::to_string(limits_.instructions) +
                   " operations, its instruction budget: a loop has no exit, or "
                   "ModelConfiguration::instruction_budget must be raised");
}

Status Interpreter::run_block(const HostBlock& block, std::span<double> milliseconds) {
  using Clock = std::chrono::steady_clock;
  const bool timed = !milliseconds.empty();
  for (size_t i = 0; i < block.ops.size();) {
    const auto start = timed ? Clock::now() : Clock::time_point();
    POME_ASSIGN(const size_t ran, run_some(block, i));
    if (timed)
      milliseconds[i] += std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    i += ran;
  }
  return {};
}

Result<size_t> Interpreter::run_some(const HostBlock& block, size_t i) {
  POME_TRY(check_cancelled(limits_.cancellation));
  if (regions_ != nullptr && block.ops[i].kind == HostKind::kTensors) {
    POME_ASSIGN(const size_t ran, run_region(block, i));
    if (ran > 0) return ran;
  }
  POME_TRY(run_op(block.ops[i]));
  return size_t{1};
}

Result<size_t> Interpreter::run_region(const HostBlock& block, size_t i) {
  POME_ASSIGN(RegionCache::Lease lease, regions_->borrow(block, i, slots_));
  if (lease.region == nullptr) return size_t{0};
  const size_t count = lease.region->count;
  POME_TRY(spend(static_cast<int64_t>(count)));
  POME_TRY(run_session(*lease.region, *lease.session));
  regions_->give_back(block.ops[i], std::move(lease));
  return count;
}

Status Interpreter::run_session(const Region& region, Session& session) {
  for (size_t k = 0; k < region.inputs.size(); ++k) {
    const auto bytes = slots_[static_cast<size_t>(region.inputs[k])].tensor->bytes();
    if (!bytes.empty())
      std::memcpy(session.memory(region.plan.inputs[k].tensor), bytes.data(), bytes.size());
  }
  for (const int slot : region.released) slots_[static_cast<size_t>(slot)] = {};
  POME_TRY(session.run(limits_.cancellation));
  for (size_t k = 0; k < region.outputs.size(); ++k) {
    const ops::TensorView result = session.view(region.plan.outputs[k].tensor);
    POME_ASSIGN(TensorPtr tensor,
                HostTensor::allocate(ir::Type::tensor(result.dtype, result.shape), memory_));
    const auto bytes = tensor->bytes();
    if (!bytes.empty()) std::memcpy(tensor->view().data, result.data, bytes.size());
    slots_[static_cast<size_t>(region.outputs[k])].tensor = std::move(tensor);
  }
  return {};
}

Status Interpreter::run_op(const HostOp& op) {
  POME_TRY(spend(1));
  Status status;
  switch (op.kind) {
    case HostKind::kTensors:
      status = run_tensors(op);
      break;
    case HostKind::kCond:
      status = run_cond(op);
      break;
    case HostKind::kWhile:
      status = run_while(op);
      break;
    case HostKind::kList:
      status = run_list(op);
      break;
    case HostKind::kClassify:
      break;  // at the border
  }
  if (status.ok() && observer_ && op.kind == HostKind::kTensors) status = show(op);
  if (status.ok()) return {};
  return std::move(status).error().at(op.op->place());
}

Status Interpreter::show(const HostOp& op) {
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    TensorPtr& tensor = slots_[static_cast<size_t>(op.outputs[i])].tensor;
    if (tensor->is_constant()) {  // which is not to be written
      POME_ASSIGN(TensorPtr copy, HostTensor::allocate(tensor->type(), memory_));
      const auto bytes = tensor->bytes();
      if (!bytes.empty()) std::memcpy(copy->view().data, bytes.data(), bytes.size());
      tensor = std::move(copy);
    }
    POME_TRY(observer_(*op.op, *op.op->outputs()[i], tensor->view()));
  }
  return {};
}

Status Interpreter::run_tensors(const HostOp& op) {
  ops::Args args = *op.args;
  std::vector<TensorPtr> held;
  std::vector<ir::LiteralPtr> literals;
  for (const HostOperand& operand : op.operands) {
    if (operand.source.slot < 0) continue;
    POME_ASSIGN(TensorPtr tensor, read_tensor(operand.source));
    literals.push_back(ir::Literal::view(tensor->type(), tensor->bytes(), nullptr));
    args.slots()[static_cast<size_t>(operand.param)][static_cast<size_t>(operand.index)] = {
        tensor->type(), literals.back().get(), nullptr};
    held.push_back(std::move(tensor));
  }
  ops::Inferred inferred;
  POME_TRY(op.def->infer(args, inferred));
  if (inferred.types.size() != op.outputs.size())
    return Error(ErrorCode::kInternal, "the op makes another number of outputs than it declares");
  if (inferred.literals.size() == op.outputs.size()) {
    for (size_t i = 0; i < op.outputs.size(); ++i)
      slots_[static_cast<size_t>(op.outputs[i])].tensor = HostTensor::of(inferred.literals[i]);
    return {};
  }
  std::vector<ops::TensorView> views;
  std::vector<TensorPtr> outputs;
  for (const ir::Type& type : inferred.types) {
    POME_ASSIGN(TensorPtr tensor, HostTensor::allocate(type, memory_));
    views.push_back(tensor->view());
    outputs.push_back(std::move(tensor));
  }
  POME_TRY(op.def->reference(args, views));
  for (size_t i = 0; i < outputs.size(); ++i)
    slots_[static_cast<size_t>(op.outputs[i])].tensor = std::move(outputs[i]);
  return {};
}

Result<bool> Interpreter::read_condition(const Source& source) {
  POME_ASSIGN(const TensorPtr value, read_tensor(source));
  if (value->view().elements() != 1) {
    return Error(ErrorCode::kInvalidModel, "the condition has shape " +
                                               value->type().shape().to_string() +
                                               ", one element is expected");
  }
  return value->view().integer(0) != 0;
}

Status Interpreter::run_cond(const HostOp& op) {
  POME_ASSIGN(const bool holds, read_condition(op.operands[0].source));
  const HostBlock& block = op.blocks[static_cast<size_t>(holds ? ops::kCondTrue : ops::kCondFalse)];
  POME_TRY(run_block(block));
  std::vector<HostValue> results;
  for (const Source& source : block.outputs) {
    POME_ASSIGN(HostValue value, read(source));
    results.push_back(std::move(value));
  }
  clear(block);
  for (size_t i = 0; i < results.size(); ++i)
    slots_[static_cast<size_t>(op.outputs[i])] = std::move(results[i]);
  return {};
}

Status Interpreter::iterate(const HostOp& op, std::vector<HostValue>& variables, bool& go) {
  POME_TRY(check_cancelled(limits_.cancellation));
  POME_TRY(spend(1));
  const HostBlock& cond = op.blocks[ops::kWhileCond];
  const HostBlock& body = op.blocks[ops::kWhileBody];
  for (size_t i = 0; i < variables.size(); ++i)
    slots_[static_cast<size_t>(cond.inputs[i])] = variables[i];
  POME_TRY(run_block(cond));
  POME_ASSIGN(go, read_condition(cond.outputs[0]));
  clear(cond);
  if (!go) return {};
  // The body alone holds them now, so that a list may be changed in place.
  for (size_t i = 0; i < variables.size(); ++i)
    slots_[static_cast<size_t>(body.inputs[i])] = std::move(variables[i]);
  POME_TRY(run_block(body));
  for (size_t i = 0; i < variables.size(); ++i) {
    POME_ASSIGN(variables[i], read(body.outputs[i]));
  }
  clear(body);
  return {};
}

Status Interpreter::run_while(const HostOp& op) {
  std::vector<HostValue> variables;
  for (const HostOperand& operand : op.operands) {
    POME_ASSIGN(HostValue value, read(operand.source));
    variables.push_back(std::move(value));
  }
  bool go = true;
  for (int64_t iteration = 1; go; ++iteration) {
    Status status = iterate(op, variables, go);
    if (!status.ok()) return std::move(status).error().at("iteration " + std::to_string(iteration));
  }
  for (size_t i = 0; i < variables.size(); ++i)
    slots_[static_cast<size_t>(op.outputs[i])] = std::move(variables[i]);
  return {};
}

const HostOperand* Interpreter::find(const HostOp& op, int param) const {
  for (const HostOperand& operand : op.operands)
    if (operand.param == param) return &operand;
  return nullptr;
}

Result<HostValue> Interpreter::read(const Source& source) {
  if (source.literal != nullptr) {
    const ir::Type& type = source.literal->type();
    if (!type.is_tensor() || type.dtype() == ir::DType::kString)
      return Error(ErrorCode::kUnsupported, "a constant " + source.literal->type().to_string() +
                                                " cannot be a value of the interpreter");
    return HostValue{HostTensor::of(source.literal), nullptr};
  }
  if (source.slot < 0) return Error(ErrorCode::kInternal, "an operand comes from nowhere");
  HostValue& value = slots_[static_cast<size_t>(source.slot)];
  if (value.tensor == nullptr && value.list == nullptr)
    return Error(ErrorCode::kInternal, "a value is read before it is made");
  if (source.last) return std::move(value);
  return value;
}

Result<TensorPtr> Interpreter::read_tensor(const Source& source) {
  POME_ASSIGN(HostValue value, read(source));
  if (value.tensor == nullptr)
    return Error(ErrorCode::kInvalidModel, "a tensor is expected, the value is a list");
  return std::move(value.tensor);
}

void Interpreter::clear(const HostBlock& block) {
  for (const int slot : block.inputs) slots_[static_cast<size_t>(slot)] = {};
  for (const HostOp& op : block.ops)
    for (const int slot : op.outputs) slots_[static_cast<size_t>(slot)] = {};
}

}  // namespace pome::runtime
