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
  /// How often it runs in one prediction: 1, or the number of pictures of an input that are run one
  /// by one. `output_shape` is of one run; `flops`, `bytes` and `milliseconds` are of all of them.
  int64_t runs = 1;
  /// Multiply-adds times two, where the kernel states them; else 0.
  double flops = 0;
  /// Of the tensors that it reads and writes, its packed weights included, each counted once.
  uint64_t bytes = 0;
  /// Estimated share of a prediction's time, from flops and bytes alone, as MLComputePlan's cost
  /// weight: the steps of a plan sum to 1.
  double cost_weight = 0;
  /// Median of a profile; 0 where none was taken.
  double milliseconds = 0;
  std::vector<KernelRefusal> refusals;
};

/// A part of the memory for intermediate tensors: [offset, offset + bytes) is in use from
/// `first_step` (-1: filled before the first) to `last_step`, both included (the number of steps:
/// read behind the last).
struct ArenaBlock {
  uint64_t offset = 0;
  uint64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;
};

/// Core ML's MLComputePlan: the steps in execution order. A plain value.
struct ComputePlan {
  std::vector<ComputePlanStep> steps;
  /// Instruction set in use: "AVX3", "AVX2", "SSE4", "NEON", ...
  std::string isa;
  int threads = 1;
  uint64_t arena_bytes = 0;  // intermediate tensors of one prediction
  std::vector<ArenaBlock> arena;
  uint64_t packed_bytes = 0;  // weights in the kernels' own layout
};

}  // namespace pome

#pragma GCC visibility pop
