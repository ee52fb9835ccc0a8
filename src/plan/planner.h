// From a verified program to a Plan.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "ir/program.h"
#include "ops/kernel.h"
#include "plan/blob_pool.h"
#include "plan/plan.h"
#include "pome/result.h"

namespace pome::plan {

struct PlanOptions {
  const ops::Backend* backend = nullptr;  // null: everything on the reference
  int threads = 1;
  uint64_t memory_limit = uint64_t{4} << 30;
  /// Rows of the backend's table that are not to be used, by name; others take their ops.
  std::vector<std::string> without_kernels;
  /// Where plans of one network find the packed weights that they share; null: each has its own.
  BlobPool* blobs = nullptr;
  /// Asked once all steps are chosen and placed, before weights are packed, which is most of the
  /// work: with the steps and the bytes of packed weights. Where it says no, there is no plan
  /// (kUnsupported). Empty: always yes.
  std::function<bool(std::span<const ComputePlanStep> steps, uint64_t packed_bytes)> is_wanted;
};

/// Chooses a kernel for every op (the cheapest offer; the reference where there is none), lays out
/// the values, packs the constants and places everything in one arena by liveness. The function
/// must be straight-line with known shapes; anything else is kUnsupported, named. The program is
/// only read and may be dropped afterwards.
Result<Plan> make_plan(const ir::Function& function, const PlanOptions& options);

}  // namespace pome::plan
