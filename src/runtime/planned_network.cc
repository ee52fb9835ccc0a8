#include "runtime/planned_network.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/input_shapes.h"
#include "feature/step_times.h"
#include "plan/planner.h"
#include "runtime/separate_pictures.h"
#include "runtime/side_by_side.h"

namespace pome::runtime {
namespace {

std::vector<std::string> names_of(const std::vector<plan::Binding>& bindings) {
  std::vector<std::string> names;
  for (const plan::Binding& b : bindings) names.push_back(b.name);
  return names;
}

const plan::TensorRecord& record_of(const plan::Plan& plan, const plan::Binding& binding) {
  return plan.tensors[static_cast<size_t>(binding.tensor)];
}

/// Of a border's tensor, which is row-major, without padding.
size_t picture_bytes(const plan::TensorRecord& record) {
  return static_cast<size_t>(record.shape.elements() * ir::bits(record.dtype) / 8);
}

/// How often a plan runs for inputs of these shapes, which are its own but for axis 0.
int64_t pictures_of(const plan::Plan& plan, const InputShapes& shapes) {
  if (plan.inputs.empty()) return 1;
  const auto whole = shapes.find(plan.inputs[0].name);
  const Shape& part = record_of(plan, plan.inputs[0]).shape;
  if (whole == shapes.end() || part.rank() == 0 || whole->second.rank() != part.rank() ||
      part[0] != 1)
    return 1;
  return std::max<int64_t>(whole->second[0], 1);
}

}  // namespace

Result<std::unique_ptr<PlannedNetwork>> PlannedNetwork::create(const NetworkContext& context,
                                                               const ir::Function& function,
                                                               int64_t pictures) {
  plan::PlanOptions options;
  options.backend = context.options.backend;
  options.threads = context.pool->threads();
  options.memory_limit = context.options.memory_limit;
  options.blobs = context.blobs.get();
  options.without_kernels = context.options.without_kernels;
  if (pictures > 1) options.is_wanted = pays_picture_by_picture;
  POME_ASSIGN(plan::Plan plan, plan::make_plan(function, options));
  return create(context, std::move(plan), pictures);
}

Result<std::unique_ptr<PlannedNetwork>> PlannedNetwork::create(const NetworkContext& context,
                                                               plan::Plan compiled) {
  POME_ASSIGN(const InputShapes shapes, default_shapes(context.description));
  const int64_t pictures = pictures_of(compiled, shapes);
  return create(context, std::move(compiled), pictures);
}

Result<std::unique_ptr<PlannedNetwork>> PlannedNetwork::create(const NetworkContext& context,
                                                               plan::Plan compiled,
                                                               int64_t pictures) {
  std::unique_ptr<PlannedNetwork> network(new PlannedNetwork(context));
  network->plan_ = std::move(compiled);
  network->pictures_ = pictures;
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
  if (pictures_ > 1) return predict_pictures(inputs, options);
  POME_ASSIGN(std::unique_ptr<Session> session, borrow());
  Status status = write(*session, inputs, options, states);
  if (status.ok()) status = session->run(options.cancellation);
  Result<FeatureProvider> result = status.ok() ? read_outputs(*session, states)
                                               : Result<FeatureProvider>(std::move(status).error());
  give_back(std::move(session));
  return result;
}

ops::TensorView PlannedNetwork::view_of(AlignedBuffer& whole, const plan::Binding& binding) const {
  const plan::TensorRecord& record = record_of(plan_, binding);
  Shape shape = record.shape;
  shape[0] = pictures_;
  return {record.dtype, shape, whole.data()};
}

Result<std::unique_ptr<PlannedNetwork::Whole>> PlannedNetwork::borrow_whole() const {
  if (auto whole = wholes_.get().take()) return whole;
  auto whole = std::make_unique<Whole>();
  const auto add = [&](const plan::Binding& binding, std::vector<AlignedBuffer>& to) -> Status {
    const auto bytes =
        checked_mul(static_cast<int64_t>(picture_bytes(record_of(plan_, binding))), pictures_);
    if (!bytes || static_cast<uint64_t>(*bytes) > context_.options.memory_limit)
      return Error(ErrorCode::kLimitExceeded, std::to_string(pictures_) + " pictures of " +
                                                  quoted(binding.name) +
                                                  " are over the memory limit");
    POME_ASSIGN(AlignedBuffer buffer, AlignedBuffer::allocate(static_cast<size_t>(*bytes)));
    to.push_back(std::move(buffer));
    return {};
  };
  for (const plan::Binding& b : plan_.inputs) POME_TRY(add(b, whole->inputs));
  for (const plan::Binding& b : plan_.outputs) POME_TRY(add(b, whole->outputs));
  return whole;
}

void PlannedNetwork::copy_inputs(const Whole& whole, int64_t picture, Session& session) const {
  for (size_t i = 0; i < plan_.inputs.size(); ++i) {
    const size_t bytes = picture_bytes(record_of(plan_, plan_.inputs[i]));
    std::memcpy(session.memory(plan_.inputs[i].tensor),
                whole.inputs[i].data() + static_cast<size_t>(picture) * bytes, bytes);
  }
}

void PlannedNetwork::copy_outputs(Session& session, int64_t picture, Whole& whole) const {
  for (size_t i = 0; i < plan_.outputs.size(); ++i) {
    const size_t bytes = picture_bytes(record_of(plan_, plan_.outputs[i]));
    std::memcpy(whole.outputs[i].data() + static_cast<size_t>(picture) * bytes,
                session.memory(plan_.outputs[i].tensor), bytes);
  }
}

Status PlannedNetwork::write_whole(Whole& whole, const FeatureProvider& inputs,
                                   const PredictionOptions& options) const {
  return border_.write(context_, inputs, options,
                       [&](size_t i) { return view_of(whole.inputs[i], plan_.inputs[i]); });
}

Result<FeatureProvider> PlannedNetwork::predict_pictures(const FeatureProvider& inputs,
                                                         const PredictionOptions& options) const {
  POME_ASSIGN(std::unique_ptr<Whole> whole, borrow_whole());
  POME_TRY(write_whole(*whole, inputs, options));
  const auto run = [&](int64_t picture) -> Status {
    POME_ASSIGN(std::unique_ptr<Session> session, borrow());
    copy_inputs(*whole, picture, *session);
    Status status = session->run(options.cancellation);
    if (status.ok()) copy_outputs(*session, picture, *whole);
    give_back(std::move(session));
    return status;
  };
  std::vector<Status> done(static_cast<size_t>(pictures_));
  side_by_side(*context_.pool, static_cast<int>(pictures_), [&](int i) noexcept {
    Status& status = done[static_cast<size_t>(i)];
    status = run(i);
    return status.ok();
  });
  for (Status& status : done) POME_TRY(std::move(status));
  auto outputs = border_.read(context_, plan_.classify, {}, [&](size_t i) {
    return view_of(whole->outputs[i], plan_.outputs[i]);
  });
  wholes_.get().give_back(std::move(whole));
  return outputs;
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
  for (ComputePlanStep& step : plan.steps) {
    step.runs = pictures_;
    step.flops *= static_cast<double>(pictures_);
    step.bytes *= static_cast<uint64_t>(pictures_);
  }
  return plan;
}

Result<ComputePlan> PlannedNetwork::profile(const FeatureProvider& inputs, int runs,
                                            const PredictionOptions& options,
                                            StateBuffers* states) const {
  POME_ASSIGN(std::unique_ptr<Session> session, borrow());
  StepTimes times(plan_.steps.size());
  std::unique_ptr<Whole> whole;
  if (pictures_ > 1) {
    POME_ASSIGN(whole, borrow_whole());
    POME_TRY(write_whole(*whole, inputs, options));
  }
  for (int run = 0; run < std::max(runs, 1); ++run) {
    const std::span<double> milliseconds = times.next_run();
    if (whole == nullptr) POME_TRY(write(*session, inputs, options, states));
    for (int64_t picture = 0; picture < pictures_; ++picture) {
      if (whole != nullptr) copy_inputs(*whole, picture, *session);
      POME_TRY(session->run_timed(milliseconds));
    }
  }
  give_back(std::move(session));
  if (whole != nullptr) wholes_.get().give_back(std::move(whole));
  ComputePlan plan = compute_plan();
  times.report(plan);
  return plan;
}

Result<std::unique_ptr<Session>> PlannedNetwork::borrow() const {
  if (auto session = sessions_.get().take()) return session;
  return Session::create(plan_, context_.options.backend, context_.pool.get());
}

void PlannedNetwork::give_back(std::unique_ptr<Session> session) const {
  sessions_.get().give_back(std::move(session));
}

}  // namespace pome::runtime
