#include "runtime/planned_network.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "feature/check_inputs.h"
#include "plan/planner.h"
#include "runtime/border.h"

namespace pome::runtime {
namespace {

size_t position_of(const std::vector<FeatureDescription>& features, std::string_view name) {
  for (size_t i = 0; i < features.size(); ++i)
    if (features[i].name == name) return i;
  return features.size();
}

}  // namespace

Status check_cancelled(const std::stop_token& token) {
  if (!token.stop_requested()) return {};
  return Error(ErrorCode::kCancelled, "the prediction was cancelled");
}

Result<std::unique_ptr<PlannedNetwork>> PlannedNetwork::create(const NetworkContext& context,
                                                               const ir::Function& function) {
  std::unique_ptr<PlannedNetwork> network(new PlannedNetwork(context));
  plan::PlanOptions options;
  options.backend = context.options.backend;
  options.threads = context.pool->threads();
  options.memory_limit = context.options.memory_limit;
  POME_ASSIGN(network->plan_, plan::make_plan(function, options));
  POME_TRY(network->bind_border());
  POME_ASSIGN(auto session,
              network->borrow());  // memory is claimed now, not at the first prediction
  network->give_back(std::move(session));
  return network;
}

Status PlannedNetwork::bind_border() {
  for (const plan::Binding& input : plan_.inputs) {
    const size_t feature = position_of(context_.description.inputs, input.name);
    if (feature == context_.description.inputs.size()) {
      return Error(ErrorCode::kInvalidModel,
                   "the network reads " + quoted(input.name) + ", the description has inputs " +
                       quoted_list(names_of(context_.description.inputs)));
    }
    inputs_.push_back({feature, input.tensor});
  }
  for (size_t i = 0; i < context_.description.outputs.size(); ++i) {
    const std::string& name = context_.description.outputs[i].name;
    if (plan_.classify.present &&
        (name == plan_.classify.label_output || name == plan_.classify.probabilities_output)) {
      continue;
    }
    auto it = std::find_if(plan_.outputs.begin(), plan_.outputs.end(),
                           [&](const plan::Binding& b) { return b.name == name; });
    if (it == plan_.outputs.end()) {
      return Error(ErrorCode::kInvalidModel, "the description promises output " + quoted(name) +
                                                 ", which the network does not make");
    }
    outputs_.push_back({i, it->tensor});
  }
  return {};
}

Status PlannedNetwork::write_inputs(const FeatureProvider& inputs, const PredictionOptions& options,
                                    Session& session) const {
  for (const Border& border : inputs_) {
    const FeatureDescription& feature = context_.description.inputs[border.feature];
    const FeatureValue* value = inputs.find(feature.name);
    const ops::TensorView tensor = session.view(border.tensor);
    if (value == nullptr && feature.optional) {
      write_default(feature, tensor);
      continue;
    }
    if (value == nullptr) return missing_input(context_.description, feature, inputs);
    Status written = write_input(feature, *value, options, tensor, context_.pool.get());
    if (!written.ok()) return std::move(written).error().at("input " + quoted(feature.name));
  }
  if (inputs.size() > inputs_.size()) return check_names(context_.description, inputs);
  return {};
}

Result<FeatureProvider> PlannedNetwork::read_outputs(Session& session) const {
  FeatureProvider result;
  FeatureValue label;
  FeatureValue probabilities;
  if (plan_.classify.present) {
    read_classes(plan_.classify, session.view(plan_.classify.probabilities), label, probabilities);
  }
  size_t next = 0;
  for (size_t i = 0; i < context_.description.outputs.size(); ++i) {
    const FeatureDescription& feature = context_.description.outputs[i];
    if (next < outputs_.size() && outputs_[next].feature == i) {
      POME_ASSIGN(FeatureValue value, read_output(feature, session.view(outputs_[next++].tensor)));
      result.set(feature.name, std::move(value));
    } else {
      result.set(feature.name, feature.name == plan_.classify.label_output
                                   ? std::move(label)
                                   : std::move(probabilities));
    }
  }
  return result;
}

Result<FeatureProvider> PlannedNetwork::predict(const FeatureProvider& inputs,
                                                const PredictionOptions& options) const {
  POME_ASSIGN(std::unique_ptr<Session> session, borrow());
  Status status = write_inputs(inputs, options, *session);
  if (status.ok()) status = session->run(options.cancellation);
  Result<FeatureProvider> result =
      status.ok() ? read_outputs(*session) : Result<FeatureProvider>(std::move(status).error());
  give_back(std::move(session));
  return result;
}

ComputePlan PlannedNetwork::compute_plan() const {
  ComputePlan plan;
  plan.steps = plan_.report;
  plan.isa = plan_.isa;
  plan.threads = context_.pool->threads();
  plan.arena_bytes = plan_.arena_bytes;
  plan.packed_bytes = plan_.constants.size();
  return plan;
}

Result<ComputePlan> PlannedNetwork::profile(const FeatureProvider& inputs, int runs,
                                            const PredictionOptions& options) const {
  POME_ASSIGN(std::unique_ptr<Session> session, borrow());
  std::vector<std::vector<double>> samples(plan_.steps.size());
  std::vector<double> milliseconds(plan_.steps.size());
  for (int run = 0; run < std::max(runs, 1); ++run) {
    std::fill(milliseconds.begin(), milliseconds.end(), 0.0);
    POME_TRY(write_inputs(inputs, options, *session));
    POME_TRY(session->run_timed(milliseconds));
    for (size_t i = 0; i < samples.size(); ++i) samples[i].push_back(milliseconds[i]);
  }
  give_back(std::move(session));
  ComputePlan plan = compute_plan();
  for (size_t i = 0; i < samples.size(); ++i) {
    auto middle = samples[i].begin() + static_cast<std::ptrdiff_t>(samples[i].size() / 2);
    std::nth_element(samples[i].begin(), middle, samples[i].end());
    plan.steps[i].milliseconds = *middle;
  }
  return plan;
}

Result<std::unique_ptr<Session>> PlannedNetwork::borrow() const {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Session> session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
  }
  return Session::create(plan_, context_.options.backend, context_.pool.get());
}

void PlannedNetwork::give_back(std::unique_ptr<Session> session) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(session));
}

}  // namespace pome::runtime
