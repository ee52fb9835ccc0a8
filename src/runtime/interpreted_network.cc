#include "runtime/interpreted_network.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "feature/step_times.h"
#include "plan/classify.h"

namespace pome::runtime {
namespace {

uint64_t bytes_of_constants(const ir::Block& block) {
  uint64_t bytes = 0;
  for (const auto& op : block.ops()) {
    for (const auto& [name, literal] : op->attributes()) bytes += literal->bytes().size();
    for (const auto& inner : op->blocks()) bytes += bytes_of_constants(*inner);
  }
  return bytes;
}

}  // namespace

Result<std::unique_ptr<InterpretedNetwork>> InterpretedNetwork::create(
    const NetworkContext& context, std::unique_ptr<ir::Program> program) {
  std::unique_ptr<InterpretedNetwork> network(new InterpretedNetwork(context));
  POME_ASSIGN(network->program_, make_host_program(std::move(program)));
  const ir::Block& body = network->function().body;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  for (const auto& input : body.inputs()) {
    if (!input->type().is_tensor() || !input->shape().known()) {
      return Error(ErrorCode::kUnsupported, "input " + quoted(input->name()) + " is a " +
                                                input->type().to_string() +
                                                ", a tensor of known shape is expected");
    }
    inputs.push_back(input->name());
  }
  for (const ir::Value* output : body.outputs()) outputs.push_back(output->name());
  POME_ASSIGN(network->border_, FeatureBorder::create(context.description, inputs, outputs,
                                                      network->program_->classify));
  POME_ASSIGN(network->states_, StateBorder::create(context.description, inputs, outputs.size()));
  network->constant_bytes_ = bytes_of_constants(body);
  RegionOptions regions;
  regions.plan.backend = context.options.backend;
  regions.plan.threads = context.pool->threads();
  regions.plan.memory_limit = context.options.memory_limit;
  regions.plan.blobs = context.blobs.get();
  regions.plan.without_kernels = context.options.without_kernels;
  regions.pool = context.pool.get();
  regions.kept = static_cast<size_t>(std::max(context.options.plan_cache_size, 1));
  network->regions_ = std::make_unique<RegionCache>(*network->program_, regions);
  return network;
}

InterpreterLimits InterpretedNetwork::limits(const PredictionOptions& options) const {
  return {context_.options.memory_limit, context_.options.instruction_budget, options.cancellation};
}

Status InterpretedNetwork::run(Interpreter& interpreter, const FeatureProvider& inputs,
                               const PredictionOptions& options, StateBuffers* states,
                               std::span<double> milliseconds) const {
  const auto& values = function().body.inputs();
  std::vector<ops::TensorView> views;
  for (size_t i = 0; i < values.size(); ++i) {
    POME_ASSIGN(const ops::TensorView view, interpreter.input(i, values[i]->type()));
    views.push_back(view);
  }
  const auto view = [&](size_t i) { return views[i]; };
  POME_TRY(border_.write(context_, inputs, options, view));
  POME_TRY(states_.read(states, view));
  const FlushDenormals flush;
  return interpreter.run(milliseconds);
}

Result<FeatureProvider> InterpretedNetwork::read(Interpreter& interpreter,
                                                 StateBuffers* states) const {
  const plan::ClassifyRecord& classes = program_->classify;
  TensorPtr probabilities;
  if (classes.present) {
    POME_ASSIGN(probabilities, interpreter.tensor(classes.probabilities));
    POME_TRY(
        plan::check_labels(classes, classes.probabilities_output, probabilities->type().shape()));
  }
  std::vector<TensorPtr> outputs(program_->body.outputs.size());
  const auto& values = function().body.outputs();
  for (size_t i = 0; i < outputs.size(); ++i) {
    const ir::Op* producer = values[i]->producer();
    if (producer != nullptr && producer->kind() == "classify") continue;
    Result<TensorPtr> output = interpreter.output(i);
    if (!output.ok()) return std::move(output).error().at("output " + quoted(values[i]->name()));
    outputs[i] = *std::move(output);
  }
  const auto view = [&](size_t i) { return outputs[i]->view(); };
  POME_ASSIGN(FeatureProvider features,
              border_.read(context_, classes,
                           probabilities ? probabilities->view() : ops::TensorView{}, view));
  POME_TRY(states_.write(states, view));  // last: what fails leaves them as they were
  return features;
}

Result<FeatureProvider> InterpretedNetwork::predict(const FeatureProvider& inputs,
                                                    const PredictionOptions& options,
                                                    StateBuffers* states) const {
  Interpreter interpreter(*program_, limits(options), regions_.get());
  POME_TRY(run(interpreter, inputs, options, states, {}));
  return read(interpreter, states);
}

Result<FeatureProvider> InterpretedNetwork::trace(const FeatureProvider& inputs,
                                                  const PredictionOptions& options,
                                                  ValueObserver observer) const {
  Interpreter interpreter(*program_, limits(options));
  interpreter.observe(std::move(observer));
  POME_ASSIGN(const std::unique_ptr<StateBuffers> states,
              StateBuffers::create(context_.description.states, context_.options.memory_limit));
  POME_TRY(run(interpreter, inputs, options, states.get(), {}));
  return read(interpreter, states.get());
}

ComputePlan InterpretedNetwork::compute_plan() const {
  ComputePlan plan;
  for (const HostOp& op : program_->body.ops) {
    ComputePlanStep step;
    step.ops = {op.op->outputs().empty() ? op.op->name() : op.op->output()->name()};
    step.kinds = {op.op->kind()};
    step.kernel = "interpreter";
    step.layout = "row-major";
    step.cost_weight = 1.0 / static_cast<double>(program_->body.ops.size());  // nothing is known
    if (!op.op->outputs().empty() && op.op->output()->type().is_tensor()) {
      const Shape& s = op.op->output()->shape();
      step.output_shape.assign(s.begin(), s.end());
    }
    plan.steps.push_back(std::move(step));
  }
  plan.isa = context_.options.backend != nullptr ? std::string(context_.options.backend->isa) : "";
  plan.threads = context_.pool->threads();
  return plan;
}

Result<ComputePlan> InterpretedNetwork::profile(const FeatureProvider& inputs, int runs,
                                                const PredictionOptions& options,
                                                StateBuffers* states) const {
  StepTimes times(program_->body.ops.size());
  for (int i = 0; i < std::max(runs, 1); ++i) {
    Interpreter interpreter(*program_, limits(options), regions_.get());
    POME_TRY(run(interpreter, inputs, options, states, times.next_run()));
  }
  ComputePlan plan = compute_plan();
  times.report(plan);
  return plan;
}

}  // namespace pome::runtime
