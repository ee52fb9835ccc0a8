// Runs the parts of a pipeline. Internal to this folder.
#pragma once

#include <vector>

#include "pipeline/wiring.h"

namespace pome::pipeline {

/// Predictors in order behind the Predictor interface. What a part needs no change of is handed on
/// without a copy.
class PipelinePredictor final : public Predictor {
 public:
  PipelinePredictor(ModelDescription description, Wiring wiring)
      : description_(std::move(description)), wiring_(std::move(wiring)) {}

  const ModelDescription& description() const override { return description_; }
  Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                  const PredictionOptions& options) const override;
  /// Each part takes the states that it names.
  Result<FeatureProvider> predict_with_states(const FeatureProvider& inputs,
                                              const PredictionOptions& options,
                                              StateBuffers& states) const override;
  /// Part by part over many elements at once, so that parts which share out batches do.
  Result<std::vector<FeatureProvider>> predict_batch(
      std::span<const FeatureProvider> batch, const PredictionOptions& options) const override;
  /// The parts' steps, in order, their ops' names behind "PART/".
  ComputePlan compute_plan() const override;
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options) const override;

 private:
  /// What is known during one prediction.
  struct Values {
    const FeatureProvider* given;
    std::vector<const FeatureValue*> slots;  // null: an optional input that was left out
    std::vector<FeatureProvider> made;       // one a part; never grows beyond its capacity
  };

  Result<FeatureProvider> run(const FeatureProvider& inputs, const PredictionOptions& options,
                              StateBuffers* states) const;
  Status begin(const FeatureProvider& inputs, Values& values) const;
  /// The part's inputs: a provider that exists, or `storage`.
  Result<const FeatureProvider*> inputs_of(const Part& part, const Values& values,
                                           FeatureProvider& storage) const;
  void add(const Part& part, FeatureProvider outputs, Values& values) const;
  Result<FeatureProvider> outputs_of(Values& values) const;
  Result<std::vector<FeatureProvider>> predict_together(std::span<const FeatureProvider> batch,
                                                        const PredictionOptions& options) const;

  ModelDescription description_;
  Wiring wiring_;
};

}  // namespace pome::pipeline
