#include "classic/classic_predictor.h"

#include <algorithm>
#include <chrono>

#include "base/thread_pool.h"
#include "base/try.h"
#include "feature/check_inputs.h"

namespace pome::classic {

ClassicPredictor::ClassicPredictor(ModelDescription description,
                                   const ModelConfiguration& configuration,
                                   std::unique_ptr<Evaluator> evaluator)
    : description_(std::move(description)),
      threads_(configuration.threads > 0 ? configuration.threads : available_cpus()),
      evaluator_(std::move(evaluator)) {}

Result<FeatureProvider> ClassicPredictor::predict(const FeatureProvider& inputs,
                                                  const PredictionOptions&) const {
  POME_TRY(check_inputs(description_, inputs));
  FeatureProvider outputs;
  POME_TRY(evaluator_->evaluate(inputs, outputs));
  return outputs;
}

ComputePlan ClassicPredictor::compute_plan() const {
  ComputePlan plan;
  plan.threads = threads_;
  ComputePlanStep step;
  step.ops = {description_.model_type};
  step.kinds = {description_.model_type};
  step.kernel = "evaluator";
  step.layout = "features";
  plan.steps.push_back(std::move(step));
  return plan;
}

Result<ComputePlan> ClassicPredictor::profile(const FeatureProvider& inputs, int runs,
                                              const PredictionOptions& options) const {
  std::vector<double> times;
  for (int run = 0; run < std::max(runs, 1); ++run) {
    const auto start = std::chrono::steady_clock::now();
    Result<FeatureProvider> outputs = predict(inputs, options);
    if (!outputs.ok()) return std::move(outputs).error();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    times.push_back(took.count());
  }
  auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  ComputePlan plan = compute_plan();
  plan.steps[0].milliseconds = *middle;
  return plan;
}

}  // namespace pome::classic
