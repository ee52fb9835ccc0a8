// A function made ready to be interpreted: what each op reads and writes, by number.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ir/program.h"
#include "ops/op_def.h"
#include "plan/plan.h"

namespace pome::runtime {

/// Where an operand or an output of a block comes from: a slot that an earlier op wrote, or a
/// constant.
struct Source {
  int slot = -1;
  ir::LiteralPtr literal;  // set when slot < 0
  /// The only read of the slot in the block that writes it: the reader may take the value away.
  bool last = false;
};

/// An operand of an op: the parameter's position in the definition, its position in a tuple.
struct HostOperand {
  int param = 0;
  int index = 0;
  Source source;
};

struct HostBlock;

enum class HostKind : uint8_t { kTensors, kCond, kWhile, kList, kClassify };

/// One op of a block that is not known before running.
struct HostOp {
  HostKind kind = HostKind::kTensors;
  const ir::Op* op = nullptr;
  const ops::OpDef* def = nullptr;
  /// As resolved from the program; run-time operands get actual types and values.
  std::optional<ops::Args> args;
  std::vector<HostOperand> operands;
  std::vector<int> outputs;  // slots
  std::vector<HostBlock> blocks;
  /// Of kTensors: its number among all of these, and the position in its block behind the last of
  /// those that follow it without another kind between.
  int site = -1;
  size_t run_end = 0;
};

struct HostBlock {
  std::vector<int> inputs;  // slots
  std::vector<HostOp> ops;
  std::vector<Source> outputs;
};

/// A function and its numbered form. Immutable once made.
struct HostProgram {
  std::unique_ptr<ir::Program> program;  // what everything below points into
  HostBlock body;
  int slots = 0;
  int sites = 0;                  // ops of kind kTensors
  plan::ClassifyRecord classify;  // `probabilities` is a slot
};

/// True when a plan cannot hold the function: it has inner blocks, lists, or extents that are not
/// known.
bool needs_interpreter(const ir::Function& function);

/// Numbers the values of the program's only function. Errors: an op without a definition, with its
/// place.
Result<std::unique_ptr<HostProgram>> make_host_program(std::unique_ptr<ir::Program> program);

}  // namespace pome::runtime
