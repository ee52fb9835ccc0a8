// Which features a network's inputs and outputs are.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "runtime/compiled_network.h"

namespace pome::runtime {

/// Moves features into a network's input tensors and its output tensors into features. Inputs and
/// outputs are numbered as the network has them.
class FeatureBorder {
 public:
  /// Names of the network's inputs and outputs; those of `classes` are no tensors, and states are
  /// StateBorder's. kInvalidModel when the network reads what the description lacks, or lacks what
  /// it promises.
  static Result<FeatureBorder> create(const ModelDescription& description,
                                      const std::vector<std::string>& inputs,
                                      const std::vector<std::string>& outputs,
                                      const plan::ClassifyRecord& classes);

  using Views = std::function<ops::TensorView(size_t)>;
  /// Writes all inputs; those that are optional and missing get their default.
  Status write(const NetworkContext& context, const FeatureProvider& inputs,
               const PredictionOptions& options, const Views& tensors) const;
  /// Reads all outputs in the description's order. `probabilities` is read where `classes` is
  /// present.
  Result<FeatureProvider> read(const NetworkContext& context, const plan::ClassifyRecord& classes,
                               const ops::TensorView& probabilities, const Views& tensors) const;

 private:
  struct Input {
    size_t feature = 0;
    size_t input = 0;
  };
  struct Output {
    size_t feature = 0;
    size_t output = 0;
  };
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
};

}  // namespace pome::runtime
