#include "feature/step_times.h"

#include <algorithm>

namespace pome {

std::span<double> StepTimes::next_run() { return runs_.emplace_back(steps_, 0.0); }

void StepTimes::report(ComputePlan& plan) const {
  std::vector<double> samples;
  for (size_t i = 0; i < steps_ && i < plan.steps.size() && !runs_.empty(); ++i) {
    samples.clear();
    for (const std::vector<double>& run : runs_) samples.push_back(run[i]);
    const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::nth_element(samples.begin(), middle, samples.end());
    plan.steps[i].milliseconds = *middle;
  }
}

}  // namespace pome
