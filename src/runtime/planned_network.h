// A straight-line network of known shapes: plan and sessions.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "ir/program.h"
#include "plan/plan.h"
#include "runtime/compiled_network.h"
#include "runtime/feature_border.h"
#include "runtime/session.h"

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

  Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                  const PredictionOptions& options) const override;
  ComputePlan compute_plan() const override;
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options) const override;
  uint64_t bytes() const override { return plan_.packed_bytes() + plan_.arena_bytes; }
  const plan::Plan* plan() const override { return &plan_; }

 private:
  explicit PlannedNetwork(const NetworkContext& context) : context_(context) {}
  Result<FeatureProvider> read_outputs(Session& session) const;
  Result<std::unique_ptr<Session>> borrow() const;
  void give_back(std::unique_ptr<Session> session) const;

  const NetworkContext& context_;
  plan::Plan plan_;
  FeatureBorder border_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace pome::runtime
