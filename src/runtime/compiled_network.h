// A network compiled for one set of input shapes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "feature/state_buffers.h"
#include "ops/kernel.h"
#include "plan/blob_pool.h"
#include "plan/plan.h"
#include "pome/compute_plan.h"
#include "pome/feature_value.h"
#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::runtime {

struct NetworkOptions {
  const ops::Backend* backend = nullptr;  // must live as long as the process
  int threads = 0;
  uint64_t memory_limit = uint64_t{4} << 30;
  /// ModelConfiguration's.
  int plan_cache_size = 8;
  int64_t instruction_budget = 10'000'000;
  std::vector<std::string> without_kernels;
  /// The layers may fit only other shapes than the default ones, as where a sequence becomes
  /// features: the network is made though it cannot be compiled for those.
  bool default_shapes_may_not_fit = false;
};

/// What all compiled forms of one network share; outlives them.
struct NetworkContext {
  ModelDescription description;
  NetworkOptions options;
  std::unique_ptr<ThreadPool> pool;
  /// Where its plans share packed weights; null for a network of one plan.
  std::unique_ptr<plan::BlobPool> blobs;
};

/// Predicts from inputs that have the shapes it was compiled for. Immutable to its users; any
/// number of threads may predict at once.
class CompiledNetwork {
 public:
  virtual ~CompiledNetwork() = default;
  /// `states` has the buffers of the network's states, held by the caller, and is read and changed;
  /// null where it has none. Errors: a missing, unknown or ill-shaped input, named; data out of an
  /// op's range; kCancelled.
  virtual Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                          const PredictionOptions& options,
                                          StateBuffers* states) const = 0;
  virtual ComputePlan compute_plan() const = 0;
  /// compute_plan() with the median milliseconds of each step. `states` is only read.
  virtual Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                                      const PredictionOptions& options,
                                      StateBuffers* states) const = 0;
  /// Memory that it holds: packed weights and one arena.
  virtual uint64_t bytes() const = 0;
  /// Its plan; null where it is no plan alone.
  virtual const plan::Plan* plan() const { return nullptr; }
};

/// kCancelled when the token asks for it.
Status check_cancelled(const std::stop_token& token);

}  // namespace pome::runtime
