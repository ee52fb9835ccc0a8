// A straight-line network of known shapes: plan and sessions.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/per_process.h"
#include "ir/program.h"
#include "plan/plan.h"
#include "runtime/compiled_network.h"
#include "runtime/feature_border.h"
#include "runtime/session.h"
#include "runtime/state_border.h"

namespace pome::runtime {

/// Plan and idle sessions. Each predict() borrows a session (or makes one); each extra one costs an
/// arena.
class PlannedNetwork final : public CompiledNetwork {
 public:
  /// Compiles `function`, which meets the context's description as import/imported.h says and may
  /// be dropped afterwards.
  static Result<std::unique_ptr<PlannedNetwork>> create(const NetworkContext& context,
                                                        const ir::Function& function);

  /// The same out of a plan that was compiled before.
  static Result<std::unique_ptr<PlannedNetwork>> create(const NetworkContext& context,
                                                        plan::Plan plan);

  Result<FeatureProvider> predict(const FeatureProvider& inputs, const PredictionOptions& options,
                                  StateBuffers* states) const override;
  ComputePlan compute_plan() const override;
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options,
                              StateBuffers* states) const override;
  uint64_t bytes() const override { return plan_.packed_bytes() + plan_.arena_bytes; }
  const plan::Plan* plan() const override { return &plan_; }

 private:
  struct Idle {
    std::mutex mutex;
    std::vector<std::unique_ptr<Session>> sessions;
  };
  explicit PlannedNetwork(const NetworkContext& context) : context_(context) {}
  /// Fills the session's inputs.
  Status write(Session& session, const FeatureProvider& inputs, const PredictionOptions& options,
               StateBuffers* states) const;
  Result<FeatureProvider> read_outputs(Session& session, StateBuffers* states) const;
  Result<std::unique_ptr<Session>> borrow() const;
  void give_back(std::unique_ptr<Session> session) const;

  const NetworkContext& context_;
  plan::Plan plan_;
  FeatureBorder border_;
  StateBorder states_;
  PerProcess<Idle> idle_;
};

}  // namespace pome::runtime
