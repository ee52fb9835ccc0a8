#include "runtime/planned_network.h"

#include <algorithm>

#include "base/try.h"
#include "feature/step_times.h"
#include "plan/planner.h"

namespace pome::runtime {
namespace {

std::vector<std::string> names_of(const std::vector<plan::Binding>& bindings) {
  std::vector<std::string> names;
  for (const plan::Binding& b : bindings) names.push_back(b.name);
  return names;
}

}  // namespace

Result<std::unique_ptr<PlannedNetwork>> PlannedNetwork::create(const NetworkContext& context,
                                                               const ir::Function& function) {
  plan::PlanOptions options;
  options.backend = context.options.backend;
  options.threads = context.pool->threads();
  options.memory_limit = context.options.memory_limit;
  options.blobs = context.blobs.get();
  options.without_kernels = context.options.without_kernels;
  POME_ASSIGN(plan::Plan plan, plan::make_plan(function, options));
  return create(context, std::move(plan));
}

Result<std::unique_ptr<PlannedNetwork>> PlannedNetwork::create(const NetworkContext& context,
                                                               plan::Plan compiled) {
  std::unique_ptr<PlannedNetwork> network(new PlannedNetwork(context));
  network->plan_ = std::move(compiled);
  const plan::Plan& plan = network->plan_;
  POME_ASSIGN(network->border_, FeatureBorder::create(context.description, names_of(plan.inputs),
                                                      names_of(plan.outputs), plan.classify));
  POME_ASSIGN(network->states_,
              StateBorder::create(context.description, names_of(plan.inputs), plan.outputs.size()));
  // Memory is claimed now, not at the first prediction.
  POME_ASSIGN(auto session, network->borrow());
  network->give_back(std::move(session));
  return network;
}

Status PlannedNetwork::write(Session& session, const FeatureProvider& inputs,
                             const PredictionOptions& options, StateBuffers* states) const {
  const auto view = [&](size_t i) { return session.view(plan_.inputs[i].tensor); };
  POME_TRY(border_.write(context_, inputs, options, view));
  return states_.read(states, view);
}

Result<FeatureProvider> PlannedNetwork::predict(const FeatureProvider& inputs,
                                                const PredictionOptions& options,
                                                StateBuffers* states) const {
  POME_ASSIGN(std::unique_ptr<Session> session, borrow());
  Status status = write(*session, inputs, options, states);
  if (status.ok()) status = session->run(options.cancellation);
  Result<FeatureProvider> result = status.ok() ? read_outputs(*session, states)
                                               : Result<FeatureProvider>(std::move(status).error());
  give_back(std::move(session));
  return result;
}

Result<FeatureProvider> PlannedNetwork::read_outputs(Session& session, StateBuffers* states) const {
  const ops::TensorView probabilities =
      plan_.classify.present ? session.view(plan_.classify.probabilities) : ops::TensorView{};
  const auto view = [&](size_t i) { return session.view(plan_.outputs[i].tensor); };
  POME_ASSIGN(FeatureProvider outputs, border_.read(context_, plan_.classify, probabilities, view));
  POME_TRY(states_.write(states, view));  // last: what fails leaves them as they were
  return outputs;
}

ComputePlan PlannedNetwork::compute_plan() const {
  ComputePlan plan;
  plan.steps = plan_.report;
  plan.isa = plan_.isa;
  plan.threads = context_.pool->threads();
  plan.arena_bytes = plan_.arena_bytes;
  plan.arena = plan_.arena;
  plan.packed_bytes = plan_.packed_bytes();
  return plan;
}

Result<ComputePlan> PlannedNetwork::profile(const FeatureProvider& inputs, int runs,
                                            const PredictionOptions& options,
                                            StateBuffers* states) const {
  POME_ASSIGN(std::unique_ptr<Session> session, borrow());
  StepTimes times(plan_.steps.size());
  for (int run = 0; run < std::max(runs, 1); ++run) {
    POME_TRY(write(*session, inputs, options, states));
    POME_TRY(session->run_timed(times.next_run()));
  }
  give_back(std::move(session));
  ComputePlan plan = compute_plan();
  times.report(plan);
  return plan;
}

Result<std::unique_ptr<Session>> PlannedNetwork::borrow() const {
  Idle& idle = idle_.get();
  {
    const std::lock_guard<std::mutex> lock(idle.mutex);
    if (!idle.sessions.empty()) {
      std::unique_ptr<Session> session = std::move(idle.sessions.back());
      idle.sessions.pop_back();
      return session;
    }
  }
  return Session::create(plan_, context_.options.backend, context_.pool.get());
}

void PlannedNetwork::give_back(std::unique_ptr<Session> session) const {
  Idle& idle = idle_.get();
  const std::lock_guard<std::mutex> lock(idle.mutex);
  idle.sessions.push_back(std::move(session));
}

}  // namespace pome::runtime
