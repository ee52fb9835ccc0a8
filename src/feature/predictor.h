// What every kind of model is behind its type.
#pragma once

#include <span>
#include <vector>

#include "pome/compute_plan.h"
#include "pome/feature_value.h"
#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome {

class StateBuffers;

/// A compiled network, a classic evaluator or a pipeline of them. Immutable; predict() may be
/// called from many threads.
class Predictor {
 public:
  virtual ~Predictor() = default;
  virtual const ModelDescription& description() const = 0;
  /// kMissingInput for a model with states.
  virtual Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                          const PredictionOptions& options) const = 0;
  /// One prediction that reads and changes the states of description().states, found by name; the
  /// caller holds `states`, which may have more of them. Where it fails they stay as they were, but
  /// for those of a pipeline's parts that were through. A model without states just predicts.
  virtual Result<FeatureProvider> predict_with_states(const FeatureProvider& inputs,
                                                      const PredictionOptions& options,
                                                      StateBuffers&) const {
    return predict(inputs, options);
  }
  /// One prediction for each element; the first error names its index. One after the other where a
  /// kind of model knows nothing better.
  virtual Result<std::vector<FeatureProvider>> predict_batch(
      std::span<const FeatureProvider> batch, const PredictionOptions& options) const;
  virtual ComputePlan compute_plan() const = 0;
  virtual Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                                      const PredictionOptions& options) const = 0;
};

}  // namespace pome
