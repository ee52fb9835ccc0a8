// How a model is run: its steps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#pragma GCC visibility push(default)

namespace pome {

/// Why a kernel did not take an op.
struct KernelRefusal {
  std::string kernel;
  std::string reason;
};

/// One step of a plan. It may cover several ops of the model, e.g. a convolution with its
/// activation.
struct ComputePlanStep {
  /// Names of the ops it covers, in order, and their kinds ("conv", "relu").
  std::vector<std::string> ops;
  std::vector<std::string> kinds;
  /// The kernel that runs it; "reference" is the naive one that every op has.
  std::string kernel;
  /// "NCHW16c", "NCHW", "row-major": the layout of its output.
  std::string layout;
  std::vector<int64_t> output_shape;
  /// Multiply-adds times two, where the kernel states them; else 0.
  double flops = 0;
  /// Of the tensors that it reads and writes, its packed weights included, each counted once.
  uint64_t bytes = 0;
  /// Median of a profile; 0 where none was taken.
  double milliseconds = 0;
  std::vector<KernelRefusal> refusals;
};

/// Core ML's MLComputePlan: the steps in execution order. A plain value.
struct ComputePlan {
  std::vector<ComputePlanStep> steps;
  /// Instruction set in use: "AVX3", "AVX2", "SSE4", "NEON", ...
  std::string isa;
  int threads = 1;
  uint64_t arena_bytes = 0;   // intermediate tensors of one prediction
  uint64_t packed_bytes = 0;  // weights in the kernels' own layout
};

}  // namespace pome

#pragma GCC visibility pop
