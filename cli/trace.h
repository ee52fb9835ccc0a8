// Timelines of predictions, for chrome://tracing and Perfetto.
#pragma once

#include <string>
#include <vector>

#include "pome/compute_plan.h"
#include "pome/result.h"

namespace pome::cli {

/// Something that took time before the steps, in milliseconds from the start.
struct TraceSpan {
  std::string name;
  double start = 0;
  double milliseconds = 0;
};

/// Writes a JSON file of the Trace Event Format: `spans` as they were, then each of `runs` (a plan
/// with the times of one prediction) step by step, one behind the other from `start` on. Errors:
/// the file cannot be written.
Status write_trace(const std::string& path, const std::vector<TraceSpan>& spans, double start,
                   const std::vector<ComputePlan>& runs);

}  // namespace pome::cli
