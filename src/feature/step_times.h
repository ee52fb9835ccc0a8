// Medians of the times of steps.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "pome/compute_plan.h"

namespace pome {

/// The milliseconds of each step over several runs.
class StepTimes {
 public:
  explicit StepTimes(size_t steps) : steps_(steps) {}
  /// Where the next run adds its times, one entry a step, from 0.
  std::span<double> next_run();
  /// Writes the medians into the plan's steps.
  void report(ComputePlan& plan) const;

 private:
  size_t steps_;
  std::vector<std::vector<double>> runs_;
};

}  // namespace pome
