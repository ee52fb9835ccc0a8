#include "feature/predictor.h"

#include <string>

namespace pome {

Result<std::vector<FeatureProvider>> Predictor::predict_batch(
    std::span<const FeatureProvider> batch, const PredictionOptions& options) const {
  std::vector<FeatureProvider> results;
  results.reserve(batch.size());
  for (size_t i = 0; i < batch.size(); ++i) {
    Result<FeatureProvider> result = predict(batch[i], options);
    if (!result.ok())
      return std::move(result).error().at("element " + std::to_string(i) + " of the batch");
    results.push_back(*std::move(result));
  }
  return results;
}

}  // namespace pome
