// A network behind the Predictor interface.
#pragma once

#include <functional>
#include <memory>

#include "feature/input_shapes.h"
#include "feature/predictor.h"
#include "ir/program.h"
#include "runtime/compiled_network.h"
#include "runtime/plan_cache.h"

namespace pome::runtime {

/// Makes the program of a network for concrete shapes of its inputs: one function, which meets the
/// description as import/imported.h says and is ready to be planned. Called by several threads at
/// once.
using ProgramSource =
    std::function<Result<std::unique_ptr<ir::Program>>(const InputShapes& shapes)>;

/// One network: compiled for the default shapes when it is made, and for each other set of shapes
/// that its inputs take when it comes; these forms are kept in a bounded cache. A shape that comes
/// to several threads for the first time may be compiled by each of them; predictions on other
/// shapes go on meanwhile.
class NetworkPredictor final : public Predictor {
 public:
  /// `source` is kept only where inputs may have several shapes.
  static Result<std::unique_ptr<NetworkPredictor>> create(ModelDescription description,
                                                          ProgramSource source,
                                                          const NetworkOptions& options,
                                                          LeadingAxes leading = LeadingAxes::kOnes);

  /// The same out of a plan that was compiled before, of a network of fixed shapes and for the
  /// options' threads.
  static Result<std::unique_ptr<NetworkPredictor>> create(ModelDescription description,
                                                          plan::Plan plan,
                                                          const NetworkOptions& options);

  /// The plan of a network of fixed shapes; null where there may be others, or none.
  const plan::Plan* only_plan() const { return source_ ? nullptr : default_->plan(); }

  const ModelDescription& description() const override { return context_.description; }
  Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                  const PredictionOptions& options) const override;
  Result<FeatureProvider> predict_with_states(const FeatureProvider& inputs,
                                              const PredictionOptions& options,
                                              StateBuffers& states) const override;
  /// Side by side, one in each thread, as far as memory for their intermediate tensors allows.
  Result<std::vector<FeatureProvider>> predict_batch(
      std::span<const FeatureProvider> batch, const PredictionOptions& options) const override;
  /// That of the default shapes; empty where the network does not fit them.
  ComputePlan compute_plan() const override;
  /// From states that are zero.
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options) const override;
  /// How many compiled forms there are beside the default one.
  size_t cached() const { return cache_.size(); }
  /// How many large blocks of packed weights they hold together; 0 for a network of fixed shapes.
  size_t shared_blobs() const { return context_.blobs ? context_.blobs->size() : 0; }

 private:
  NetworkPredictor(ModelDescription description, const NetworkOptions& options,
                   LeadingAxes leading);
  Result<FeatureProvider> run(const FeatureProvider& inputs, const PredictionOptions& options,
                              StateBuffers* states) const;
  Result<std::shared_ptr<const CompiledNetwork>> compile(const InputShapes& shapes) const;
  /// The same where the network takes several pictures at a time and answers each by itself: a plan
  /// for one of them. Null where it does not, or where that does not pay.
  std::shared_ptr<const CompiledNetwork> compile_for_one_picture(const ir::Function& many,
                                                                 const InputShapes& shapes) const;
  Result<std::shared_ptr<const CompiledNetwork>> select(const FeatureProvider& inputs) const;

  NetworkContext context_;
  LeadingAxes leading_;
  ProgramSource source_;  // empty when no input may have another shape
  InputShapes defaults_;
  std::shared_ptr<const CompiledNetwork> default_;  // null where the network does not fit them
  mutable PlanCache cache_;
};

}  // namespace pome::runtime
