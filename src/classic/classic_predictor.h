// An evaluator behind the Predictor interface. Internal to this folder.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/per_process.h"
#include "base/thread_pool.h"

#include "classic/evaluator.h"
#include "feature/predictor.h"

namespace pome::classic {

/// Checks what comes in against the description, evaluates, and times. A batch is shared out over
/// all threads of the configuration; they are started by the first batch that is worth it and live
/// as long as the predictor.
class ClassicPredictor final : public Predictor {
 public:
  ClassicPredictor(ModelDescription description, const ModelConfiguration& configuration,
                   std::unique_ptr<Evaluator> evaluator);

  const ModelDescription& description() const override { return description_; }
  Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                  const PredictionOptions& options) const override;
  Result<std::vector<FeatureProvider>> predict_batch(
      std::span<const FeatureProvider> batch, const PredictionOptions& options) const override;
  ComputePlan compute_plan() const override;
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options) const override;

 private:
  struct Batch;
  void evaluate_part(Batch& batch, size_t part) const;
  ThreadPool* pool() const;

  ModelDescription description_;
  int threads_;
  std::unique_ptr<Evaluator> evaluator_;
  struct Threads {
    std::once_flag start;
    std::unique_ptr<ThreadPool> pool;
  };
  PerProcess<Threads> pool_;
};

}  // namespace pome::classic
