// Straight-line parts of an interpreted program, compiled for the shapes that come.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "base/per_process.h"
#include "plan/plan.h"
#include "plan/planner.h"
#include "runtime/host_program.h"
#include "runtime/host_value.h"
#include "runtime/session.h"

namespace pome::runtime {

/// `count` ops of a block from some op on, as a plan for one set of types of the values that they
/// read; 0 where not even the first has a size that follows from types alone.
struct Region {
  size_t count = 0;
  plan::Plan plan;
  std::vector<int> inputs;    // slots that are written to plan.inputs
  std::vector<int> outputs;   // slots that get plan.outputs: those that are read behind the region
  std::vector<int> released;  // slots that nobody reads behind the region
  uint64_t bytes = 0;
  // Guarded by the mutex of the RegionCache's site.
  std::vector<std::unique_ptr<Session>> idle;
};

struct RegionOptions {
  plan::PlanOptions plan;
  ThreadPool* pool = nullptr;
  /// Compiled forms that are kept of one place in the program.
  size_t kept = 8;
};

/// The regions of one HostProgram, by the op that they start with. Thread-safe; outlives its users.
class RegionCache {
 public:
  RegionCache(const HostProgram& program, const RegionOptions& options);

  /// A region with a session of its own, to be given back.
  struct Lease {
    std::shared_ptr<Region> region;  // null: run the op alone
    std::unique_ptr<Session> session;
  };
  /// The region that starts with op i of `block` for the types that the slots have now. Compiles it
  /// when it is new, except where types keep changing and the work is small.
  Result<Lease> borrow(const HostBlock& block, size_t i, const std::vector<HostValue>& slots);
  void give_back(const HostOp& first, Lease lease);

 private:
  struct Entry {
    std::vector<int64_t> key;
    std::shared_ptr<Region> region;
  };
  struct Site {
    std::mutex mutex;
    std::vector<int> reads;  // slots that ops of the run read and no op of it writes before
    bool known = false;      // is `reads` filled?
    int compiled = 0;
    std::list<Entry> entries;  // the last used first
  };

  Result<Lease> lease(Site& site, std::shared_ptr<Region> region);
  void store(Site& site, std::vector<int64_t> key, std::shared_ptr<Region> region);

  const HostProgram& program_;
  plan::BlobPool blobs_;  // where the network has no pool of its own
  RegionOptions options_;
  std::vector<std::unique_ptr<PerProcess<Site>>> sites_;
  std::atomic<uint64_t> bytes_{0};
};

}  // namespace pome::runtime
