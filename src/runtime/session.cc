#include "runtime/session.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "runtime/compiled_network.h"

namespace pome::runtime {

Result<std::unique_ptr<Session>> Session::create(const plan::Plan& plan,
                                                 const ops::Backend* backend, ThreadPool* pool) {
  std::unique_ptr<Session> session(new Session());
  session->plan_ = &plan;
  POME_ASSIGN(session->arena_, AlignedBuffer::allocate(plan.arena_bytes));
  size_t outputs = 0;
  size_t inputs = 0;
  size_t packed = 0;
  for (const plan::Step& step : plan.steps) {
    inputs += step.inputs.size();
    outputs += step.outputs.size();
    packed += step.packed.size();
  }
  session->steps_.reserve(plan.steps.size());
  session->pointers_.reserve(outputs);
  session->read_pointers_.reserve(inputs);
  session->packed_.reserve(packed);
  for (const plan::Step& step : plan.steps) POME_TRY(session->bind(step, backend, pool));
  return session;
}

std::byte* Session::memory(int tensor) {
  const plan::TensorRecord& record = plan_->tensors[static_cast<size_t>(tensor)];
  // Constants are read-only; only their readers get this pointer.
  if (record.constant) return const_cast<std::byte*>(plan_->constants.data()) + record.offset;
  return arena_.data() + record.offset;
}

ops::TensorView Session::view(int tensor) {
  const plan::TensorRecord& record = plan_->tensors[static_cast<size_t>(tensor)];
  return {record.dtype, record.shape, memory(tensor)};
}

Status Session::bind(const plan::Step& step, const ops::Backend* backend, ThreadPool* pool) {
  BoundStep bound;
  if (step.kind == plan::StepKind::kReference) {
    POME_TRY(bind_reference(step, bound));
    steps_.push_back(std::move(bound));
    return {};
  }
  if (step.kind == plan::StepKind::kReorder && backend != nullptr) bound.run = backend->reorder;
  for (const ops::KernelRow& row : backend ? backend->rows : std::span<const ops::KernelRow>()) {
    if (step.kind == plan::StepKind::kKernel && row.name == step.kernel &&
        row.version == step.version) {
      bound.run = row.run;
    }
  }
  if (bound.run == nullptr) {
    return Error(ErrorCode::kInternal, "the plan asks for kernel " + quoted(step.kernel) +
                                           " version " + std::to_string(step.version) +
                                           ", which this build does not have");
  }
  bound.params = plan_->constants.data() + step.params;
  bound.context.inputs = read_pointers_.data() + read_pointers_.size();
  for (int t : step.inputs) read_pointers_.push_back(memory(t));
  bound.context.outputs = pointers_.data() + pointers_.size();
  for (int t : step.outputs) pointers_.push_back(memory(t));
  bound.context.packed = packed_.data() + packed_.size();
  for (const plan::PackedRecord& packed : step.packed) {
    const AlignedBuffer& bytes =
        packed.blob < 0 ? plan_->constants : *plan_->blobs[static_cast<size_t>(packed.blob)];
    packed_.push_back(bytes.data() + packed.offset);
  }
  bound.context.scratch = step.scratch_bytes > 0 ? arena_.data() + step.scratch : nullptr;
  bound.context.pool = pool;
  steps_.push_back(std::move(bound));
  return {};
}

Status Session::bind_reference(const plan::Step& step, BoundStep& bound) {
  const ops::OpDef* def = ops::find(step.kernel, step.opset);
  if (def == nullptr || def->params.size() != step.operand_counts.size()) {
    return Error(ErrorCode::kInternal,
                 "the plan asks for op " + quoted(step.kernel) + ", which this build lacks");
  }
  bound.reference = def->reference;
  bound.args = std::make_unique<ops::Args>(*def);
  size_t next = 0;
  for (size_t p = 0; p < step.operand_counts.size(); ++p) {
    for (int i = 0; i < step.operand_counts[p]; ++i) {
      const int tensor = step.inputs[next++];
      const plan::TensorRecord& record = plan_->tensors[static_cast<size_t>(tensor)];
      ops::Bound operand{ir::Type::tensor(record.dtype, record.shape), nullptr, nullptr};
      if (record.constant) {
        const std::span<const std::byte> bytes(memory(tensor), record.bytes);
        const auto object = plan_->objects.find(tensor);
        ir::LiteralPtr literal =
            object != plan_->objects.end() ? object->second
            : record.dtype == ir::DType::kString
                ? ir::Literal::string(
                      std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()))
                : ir::Literal::view(operand.type, bytes, nullptr);
        operand.literal = literal.get();
        bound.literals.push_back(std::move(literal));
      } else {
        operand.data = memory(tensor);
      }
      bound.args->slots()[p].push_back(operand);
    }
  }
  for (int t : step.outputs) bound.outputs.push_back(view(t));
  return {};
}

Status Session::run_step(size_t i) {
  const BoundStep& step = steps_[i];
  if (step.reference == nullptr) {
    step.run(step.params, step.context);
    return {};
  }
  Status status = step.reference(*step.args, step.outputs);
  if (status.ok()) return status;
  const ComputePlanStep& report = plan_->report[i];
  return std::move(status).error().at(report.ops[0] + " (" + report.kinds[0] + ")");
}

Status Session::run(const std::stop_token& cancellation) {
  const FlushDenormals flush;
  if (!cancellation.stop_possible()) {
    for (size_t i = 0; i < steps_.size(); ++i) POME_TRY(run_step(i));
    return {};
  }
  for (size_t i = 0; i < steps_.size(); ++i) {
    POME_TRY(check_cancelled(cancellation));
    POME_TRY(run_step(i));
  }
  return {};
}

Status Session::run_timed(std::span<double> milliseconds) {
  using Clock = std::chrono::steady_clock;
  const FlushDenormals flush;
  for (size_t i = 0; i < steps_.size(); ++i) {
    const auto start = Clock::now();
    POME_TRY(run_step(i));
    milliseconds[i] += std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }
  return {};
}

}  // namespace pome::runtime
