// A compiled program: plain data that a session runs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/shape.h"
#include "ir/dtype.h"
#include "ir/literal.h"
#include "ir/program.h"
#include "ops/kernel.h"
#include "pome/compute_plan.h"

namespace pome::plan {

/// A tensor of the plan. Its memory is [offset, offset + bytes) of the arena, or of the plan's
/// constants.
struct TensorRecord {
  ir::DType dtype = ir::DType::kFp32;
  ops::Layout layout = ops::Layout::kPlain;
  bool constant = false;
  Shape shape;
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

/// How a step is run.
enum class StepKind : uint8_t {
  kKernel,     // a row of a backend's table, by name and version
  kReorder,    // the backend's reorder
  kReference,  // the naive kernel of an op of the table
};

/// Where a packed constant lies: in Plan::blobs[blob], or at `offset` of Plan::constants (blob <
/// 0).
struct PackedRecord {
  int blob = -1;
  uint64_t offset = 0;
};

/// One step. `inputs` and `outputs` are positions in Plan::tensors; `params` and `scratch` are
/// offsets.
struct Step {
  StepKind kind = StepKind::kKernel;
  int version = 0;
  std::string kernel;  // the row's name, or the op's name for kReference
  ir::Opset opset = ir::Opset::kIos15;
  std::vector<int> inputs;
  /// kReference: how many of `inputs` belong to each parameter of the op, in the order of its
  /// definition.
  std::vector<int> operand_counts;
  std::vector<int> outputs;
  uint64_t params = 0;  // offset into Plan::constants
  std::vector<PackedRecord> packed;
  uint64_t scratch = 0;  // offset into the arena
  uint64_t scratch_bytes = 0;
};

/// A named tensor at the border.
struct Binding {
  std::string name;
  int tensor = 0;
};

/// What a `classify` op at the end becomes: the host turns probabilities into a label and a
/// dictionary.
struct ClassifyRecord {
  bool present = false;
  int probabilities = 0;  // tensor
  std::string label_output;
  std::string probabilities_output;
  std::vector<std::string> string_labels;  // one of the two is filled
  std::vector<int64_t> int64_labels;
};

/// The compiled form of one function for one set of input shapes. Immutable once made; no pointers
/// into anything but the blobs that it shares.
struct Plan {
  std::vector<TensorRecord> tensors;
  std::vector<Step> steps;
  std::vector<Binding> inputs;
  std::vector<Binding> outputs;
  ClassifyRecord classify;
  AlignedBuffer constants;  // params, packed weights and constant tensors
  /// Large packed weights, where they are shared with other plans of the network.
  std::vector<std::shared_ptr<const AlignedBuffer>> blobs;
  /// Constants with an object behind them (custom layers), by tensor: a file of a plan cannot hold
  /// them.
  std::map<int, ir::LiteralPtr> objects;
  uint64_t arena_bytes = 0;
  /// Who lies where in the arena, and when.
  std::vector<ArenaBlock> arena;
  /// What each step is and why faster kernels were refused; parallel to `steps`.
  std::vector<ComputePlanStep> report;
  std::string isa;

  /// Bytes of constants and blobs.
  uint64_t packed_bytes() const {
    uint64_t bytes = constants.size();
    for (const auto& blob : blobs) bytes += blob->size();
    return bytes;
  }
};

}  // namespace pome::plan
