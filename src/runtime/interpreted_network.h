// A network that no plan can hold: interpreted on the host.
#pragma once

#include <memory>

#include "runtime/compiled_network.h"
#include "runtime/feature_border.h"
#include "runtime/host_program.h"
#include "runtime/interpreter.h"
#include "runtime/state_border.h"

namespace pome::runtime {

/// A program with control flow, lists or values whose size is data. Keeps the program; each
/// prediction has values of its own.
class InterpretedNetwork final : public CompiledNetwork {
 public:
  /// The program has one function, whose inputs are tensors of known extents.
  static Result<std::unique_ptr<InterpretedNetwork>> create(const NetworkContext& context,
                                                            std::unique_ptr<ir::Program> program);

  Result<FeatureProvider> predict(const FeatureProvider& inputs, const PredictionOptions& options,
                                  StateBuffers* states) const override;
  ComputePlan compute_plan() const override;
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options,
                              StateBuffers* states) const override;
  uint64_t bytes() const override { return constant_bytes_; }
  /// predict() op by op on the references, from states that are zero, each tensor shown to
  /// `observer`.
  Result<FeatureProvider> trace(const FeatureProvider& inputs, const PredictionOptions& options,
                                ValueObserver observer) const;

 private:
  explicit InterpretedNetwork(const NetworkContext& context) : context_(context) {}
  const ir::Function& function() const { return *program_->program->functions.begin()->second; }
  Status run(Interpreter& interpreter, const FeatureProvider& inputs,
             const PredictionOptions& options, StateBuffers* states,
             std::span<double> milliseconds) const;
  Result<FeatureProvider> read(Interpreter& interpreter, StateBuffers* states) const;
  InterpreterLimits limits(const PredictionOptions& options) const;

  const NetworkContext& context_;
  std::unique_ptr<HostProgram> program_;
  std::unique_ptr<RegionCache> regions_;
  FeatureBorder border_;
  StateBorder states_;
  uint64_t constant_bytes_ = 0;
};

}  // namespace pome::runtime
