// A network whose every value can be looked at.
#pragma once

#include <memory>

#include "runtime/interpreted_network.h"

namespace pome::runtime {

/// A program run op by op on the references: slow. Immutable; for one set of input shapes.
class TracedNetwork {
 public:
  /// As NetworkPredictor::create(): one function of known input shapes that meets the description.
  static Result<std::unique_ptr<TracedNetwork>> create(ModelDescription description,
                                                       std::unique_ptr<ir::Program> program,
                                                       const NetworkOptions& options);

  /// One prediction; `observer` sees each tensor that an op makes, in the order in which they run.
  Result<FeatureProvider> run(const FeatureProvider& inputs, const PredictionOptions& options,
                              ValueObserver observer) const {
    return network_->trace(inputs, options, std::move(observer));
  }

 private:
  TracedNetwork() = default;
  NetworkContext context_;
  std::unique_ptr<InterpretedNetwork> network_;
};

}  // namespace pome::runtime
