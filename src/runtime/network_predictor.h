// A compiled network behind the Predictor interface.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/thread_pool.h"
#include "feature/predictor.h"
#include "ir/program.h"
#include "ops/kernel.h"
#include "plan/plan.h"
#include "runtime/session.h"

namespace pome::runtime {

struct NetworkOptions {
  const ops::Backend* backend = nullptr;  // must live as long as the process
  int threads = 0;
  uint64_t memory_limit = uint64_t{4} << 30;
};

/// Plan, thread pool and idle sessions of one network. Each predict() borrows a session (or makes
/// one), so any number of threads may predict at once; each extra one costs an arena.
class NetworkPredictor final : public Predictor {
 public:
  /// Compiles `function`, which meets `description` as import/imported.h says. The function may be
  /// dropped afterwards.
  static Result<std::unique_ptr<NetworkPredictor>> create(ModelDescription description,
                                                          const ir::Function& function,
                                                          const NetworkOptions& options);

  const ModelDescription& description() const override { return description_; }
  Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                  const PredictionOptions& options) const override;
  ComputePlan compute_plan() const override;
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options) const override;

 private:
  struct Border {
    size_t feature = 0;  // position in description_.inputs or outputs
    int tensor = 0;
  };

  NetworkPredictor(ModelDescription description, const NetworkOptions& options)
      : description_(std::move(description)), options_(options) {}
  Status bind_border();
  Status write_inputs(const FeatureProvider& inputs, const PredictionOptions& options,
                      Session& session) const;
  Result<FeatureProvider> read_outputs(Session& session) const;
  Result<std::unique_ptr<Session>> borrow() const;
  void give_back(std::unique_ptr<Session> session) const;

  ModelDescription description_;
  NetworkOptions options_;
  plan::Plan plan_;
  std::unique_ptr<ThreadPool> pool_;
  std::vector<Border> inputs_;
  std::vector<Border> outputs_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace pome::runtime
