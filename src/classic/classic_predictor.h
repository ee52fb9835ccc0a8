// An evaluator behind the Predictor interface. Internal to this folder.
#pragma once

#include <memory>
#include <vector>

#include "classic/evaluator.h"
#include "feature/predictor.h"

namespace pome::classic {

/// Checks what comes in against the description, evaluates, and times. A batch is shared out over
/// all threads of the configuration.
class ClassicPredictor final : public Predictor {
 public:
  ClassicPredictor(ModelDescription description, const ModelConfiguration& configuration,
                   std::unique_ptr<Evaluator> evaluator);

  const ModelDescription& description() const override { return description_; }
  Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                  const PredictionOptions& options) const override;
  ComputePlan compute_plan() const override;
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options) const override;

 private:
  ModelDescription description_;
  int threads_;
  std::unique_ptr<Evaluator> evaluator_;
};

}  // namespace pome::classic
