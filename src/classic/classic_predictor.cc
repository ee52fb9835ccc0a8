#include "classic/classic_predictor.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "base/try.h"
#include "feature/check_inputs.h"
#include "feature/step_times.h"

namespace pome::classic {
namespace {

// Elements of a batch that a thread takes at once: enough to be worth a turn, few enough that no
// thread is left waiting for the last part.
constexpr size_t kSmallestPart = 16;
constexpr size_t kLargestPart = 512;
constexpr size_t kPartsPerThread = 4;

}  // namespace

/// A batch on its way, and the failure of the smallest index so far.
struct ClassicPredictor::Batch {
  std::span<const FeatureProvider> inputs;
  std::vector<FeatureProvider> outputs;
  size_t part_size = 0;
  std::mutex mutex;  // of the two below
  size_t failed_at = 0;
  std::optional<Error> error;

  void fail(size_t index, Error why) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (error && failed_at <= index) return;
    failed_at = index;
    error = std::move(why);
  }
};

ClassicPredictor::ClassicPredictor(ModelDescription description,
                                   const ModelConfiguration& configuration,
                                   std::unique_ptr<Evaluator> evaluator)
    : description_(std::move(description)),
      threads_(configuration.threads > 0 ? configuration.threads : available_cpus()),
      evaluator_(std::move(evaluator)) {}

Result<FeatureProvider> ClassicPredictor::predict(const FeatureProvider& inputs,
                                                  const PredictionOptions&) const {
  const KeepDenormals keep;
  POME_TRY(check_inputs(description_, inputs));
  FeatureProvider outputs;
  POME_TRY(evaluator_->evaluate(inputs, outputs));
  return outputs;
}

void ClassicPredictor::evaluate_part(Batch& batch, size_t part) const {
  const KeepDenormals keep;
  const size_t first = part * batch.part_size;
  const size_t count = std::min(batch.part_size, batch.inputs.size() - first);
  size_t checked = 0;
  size_t done = 0;
  try {
    for (; checked < count; ++checked) {
      Status status = check_inputs(description_, batch.inputs[first + checked]);
      if (!status.ok()) {
        batch.fail(first + checked, std::move(status).error());
        break;  // an element before it may still fail
      }
    }
    Status status =
        evaluator_->evaluate_batch(batch.inputs.subspan(first, checked),
                                   std::span(batch.outputs).subspan(first, checked), done);
    if (!status.ok()) batch.fail(first + done, std::move(status).error());
  } catch (const std::bad_alloc&) {
    batch.fail(first + done, Error(ErrorCode::kOutOfMemory, "memory is short"));
  }
}

ThreadPool* ClassicPredictor::pool() const {
  Threads& threads = pool_.get();
  std::call_once(threads.start, [&] { threads.pool = std::make_unique<ThreadPool>(threads_); });
  return threads.pool.get();
}

Result<std::vector<FeatureProvider>> ClassicPredictor::predict_batch(
    std::span<const FeatureProvider> inputs, const PredictionOptions&) const {
  Batch batch;
  batch.inputs = inputs;
  batch.outputs.resize(inputs.size());
  batch.part_size = std::clamp(inputs.size() / (static_cast<size_t>(threads_) * kPartsPerThread),
                               kSmallestPart, kLargestPart);
  const size_t parts = (inputs.size() + batch.part_size - 1) / batch.part_size;
  const auto task = [&](int part, int) noexcept {
    evaluate_part(batch, static_cast<size_t>(part));
  };
  ThreadPool* threads = parts > 1 && threads_ > 1 ? pool() : nullptr;
  if (threads != nullptr) {
    threads->parallel_for(static_cast<int>(parts), task);
  } else {
    for (size_t part = 0; part < parts && !batch.error; ++part) task(static_cast<int>(part), 0);
  }
  if (batch.error)
    return std::move(*batch.error)
        .at("element " + std::to_string(batch.failed_at) + " of the batch");
  return std::move(batch.outputs);
}

ComputePlan ClassicPredictor::compute_plan() const {
  ComputePlan plan;
  plan.threads = threads_;
  ComputePlanStep step;
  step.ops = {description_.model_type};
  step.kinds = {description_.model_type};
  step.kernel = "evaluator";
  step.layout = "features";
  step.cost_weight = 1;
  plan.steps.push_back(std::move(step));
  return plan;
}

Result<ComputePlan> ClassicPredictor::profile(const FeatureProvider& inputs, int runs,
                                              const PredictionOptions& options) const {
  StepTimes times(1);
  for (int run = 0; run < std::max(runs, 1); ++run) {
    const auto start = std::chrono::steady_clock::now();
    Result<FeatureProvider> outputs = predict(inputs, options);
    if (!outputs.ok()) return std::move(outputs).error();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    times.next_run()[0] = took.count();
  }
  ComputePlan plan = compute_plan();
  times.report(plan);
  return plan;
}

}  // namespace pome::classic
