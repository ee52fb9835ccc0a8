#include "runtime/network_predictor.h"

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

Result<std::unique_ptr<NetworkPredictor>> NetworkPredictor::create(ModelDescription description,
                                                                   const ir::Function& function,
                                                                   const NetworkOptions& options) {
  std::unique_ptr<NetworkPredictor> predictor(
      new NetworkPredictor(std::move(description), options));
  predictor->pool_ = std::make_unique<ThreadPool>(options.threads);
  plan::PlanOptions plan_options;
  plan_options.backend = options.backend;
  plan_options.threads = predictor->pool_->threads();
  plan_options.memory_limit = options.memory_limit;
  POME_ASSIGN(predictor->plan_, plan::make_plan(function, plan_options));
  POME_TRY(predictor->bind_border());
  POME_ASSIGN(auto session,
              predictor->borrow());  // memory is claimed now, not at the first prediction
  predictor->give_back(std::move(session));
  return predictor;
}

Status NetworkPredictor::bind_border() {
  for (const plan::Binding& input : plan_.inputs) {
    const size_t feature = position_of(description_.inputs, input.name);
    if (feature == description_.inputs.size()) {
      return Error(ErrorCode::kInvalidModel, "the network reads " + quoted(input.name) +
                                                 ", the description has inputs " +
                                                 quoted_list(names_of(description_.inputs)));
    }
    inputs_.push_back({feature, input.tensor});
  }
  for (size_t i = 0; i < description_.outputs.size(); ++i) {
    const std::string& name = description_.outputs[i].name;
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

Status NetworkPredictor::write_inputs(const FeatureProvider& inputs,
                                      const PredictionOptions& options, Session& session) const {
  for (const Border& border : inputs_) {
    const FeatureDescription& feature = description_.inputs[border.feature];
    const FeatureValue* value = inputs.find(feature.name);
    const ops::TensorView tensor = session.view(border.tensor);
    if (value == nullptr && feature.optional) {
      write_default(feature, tensor);
      continue;
    }
    if (value == nullptr) return missing_input(description_, feature, inputs);
    Status written = write_input(feature, *value, options, tensor, pool_.get());
    if (!written.ok()) return std::move(written).error().at("input " + quoted(feature.name));
  }
  if (inputs.size() > inputs_.size()) return check_names(description_, inputs);
  return {};
}

Result<FeatureProvider> NetworkPredictor::read_outputs(Session& session) const {
  FeatureProvider result;
  FeatureValue label;
  FeatureValue probabilities;
  if (plan_.classify.present) {
    read_classes(plan_.classify, session.view(plan_.classify.probabilities), label, probabilities);
  }
  size_t next = 0;
  for (size_t i = 0; i < description_.outputs.size(); ++i) {
    const FeatureDescription& feature = description_.outputs[i];
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

Result<FeatureProvider> NetworkPredictor::predict(const FeatureProvider& inputs,
                                                  const PredictionOptions& options) const {
  POME_ASSIGN(std::unique_ptr<Session> session, borrow());
  Status status = write_inputs(inputs, options, *session);
  if (status.ok()) status = session->run();
  Result<FeatureProvider> result =
      status.ok() ? read_outputs(*session) : Result<FeatureProvider>(std::move(status).error());
  give_back(std::move(session));
  return result;
}

ComputePlan NetworkPredictor::compute_plan() const {
  ComputePlan plan;
  plan.steps = plan_.report;
  plan.isa = plan_.isa;
  plan.threads = pool_->threads();
  plan.arena_bytes = plan_.arena_bytes;
  plan.packed_bytes = plan_.constants.size();
  return plan;
}

Result<ComputePlan> NetworkPredictor::profile(const FeatureProvider& inputs, int runs,
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

Result<std::unique_ptr<Session>> NetworkPredictor::borrow() const {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Session> session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
  }
  return Session::create(plan_, options_.backend, pool_.get());
}

void NetworkPredictor::give_back(std::unique_ptr<Session> session) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(session));
}

}  // namespace pome::runtime
