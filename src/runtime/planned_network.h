// A straight-line network of known shapes: plan and sessions.
#pragma once

#include <memory>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/per_process.h"
#include "ir/program.h"
#include "plan/plan.h"
#include "runtime/compiled_network.h"
#include "runtime/feature_border.h"
#include "runtime/idle_list.h"
#include "runtime/session.h"
#include "runtime/state_border.h"

namespace pome::runtime {

/// Plan and idle sessions. A network of several pictures that it answers each by itself is a plan
/// for one of them, whose tensors stay in the caches. Each predict() borrows a session (or makes
/// one); each extra one costs an arena.
class PlannedNetwork final : public CompiledNetwork {
 public:
  /// Compiles `function`, which meets the context's description as import/imported.h says and may
  /// be dropped afterwards. Where `pictures` are several, it is for one of those that the
  /// description's inputs and outputs hold along axis 0, and runs for each; kUnsupported where that
  /// does not pay (pays_picture_by_picture()).
  static Result<std::unique_ptr<PlannedNetwork>> create(const NetworkContext& context,
                                                        const ir::Function& function,
                                                        int64_t pictures = 1);

  /// The same out of a plan that was compiled before; how many pictures there are tells the
  /// description of a network of fixed shapes.
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
  /// All pictures of the inputs and of the outputs, in the order of the plan's.
  struct Whole {
    std::vector<AlignedBuffer> inputs;
    std::vector<AlignedBuffer> outputs;
  };
  explicit PlannedNetwork(const NetworkContext& context) : context_(context) {}
  static Result<std::unique_ptr<PlannedNetwork>> create(const NetworkContext& context,
                                                        plan::Plan compiled, int64_t pictures);
  Result<FeatureProvider> predict_pictures(const FeatureProvider& inputs,
                                           const PredictionOptions& options) const;
  /// Fills the inputs of all pictures.
  Status write_whole(Whole& whole, const FeatureProvider& inputs,
                     const PredictionOptions& options) const;
  ops::TensorView view_of(AlignedBuffer& whole, const plan::Binding& binding) const;
  Result<std::unique_ptr<Whole>> borrow_whole() const;
  /// Between one picture's part of `whole` and the session.
  void copy_inputs(const Whole& whole, int64_t picture, Session& session) const;
  void copy_outputs(Session& session, int64_t picture, Whole& whole) const;
  /// Fills the session's inputs.
  Status write(Session& session, const FeatureProvider& inputs, const PredictionOptions& options,
               StateBuffers* states) const;
  Result<FeatureProvider> read_outputs(Session& session, StateBuffers* states) const;
  Result<std::unique_ptr<Session>> borrow() const;
  void give_back(std::unique_ptr<Session> session) const;

  const NetworkContext& context_;
  plan::Plan plan_;
  int64_t pictures_ = 1;
  FeatureBorder border_;
  StateBorder states_;
  PerProcess<IdleList<Session>> sessions_;
  PerProcess<IdleList<Whole>> wholes_;
};

}  // namespace pome::runtime
