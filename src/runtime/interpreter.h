// Runs a program op by op on the host: control flow, lists, values whose size is data.
#pragma once

#include <functional>
#include <stop_token>
#include <utility>
#include <vector>

#include "pome/result.h"
#include "runtime/host_program.h"
#include "runtime/host_value.h"
#include "runtime/region.h"

namespace pome::runtime {

/// What a run may use.
struct InterpreterLimits {
  uint64_t memory = uint64_t{4} << 30;
  int64_t instructions = 10'000'000;
  std::stop_token cancellation;
};

/// Sees a tensor right after it was made, and may change its elements: `output` of `op`, each time
/// that runs. An error ends the run.
using ValueObserver =
    std::function<Status(const ir::Op& op, const ir::Value& output, const ops::TensorView& value)>;

/// One run of a HostProgram, which must outlive it. For one thread. Each op's operands get their
/// actual types and values, from which infer says what to allocate; then its reference runs. Where
/// `regions` (of the same program; may be null) has a plan for an op and those behind it, that
/// runs.
class Interpreter {
 public:
  Interpreter(const HostProgram& program, const InterpreterLimits& limits,
              RegionCache* regions = nullptr);

  /// Calls `observer` for the tensors that ops make; those made in regions are not seen.
  void observe(ValueObserver observer) { observer_ = std::move(observer); }
  /// The memory of input i of the function, allocated to `type` (known extents).
  Result<ops::TensorView> input(size_t i, const ir::Type& type);
  /// Errors: kLimitExceeded over the memory or the instructions, the latter with the loop as place;
  /// kCancelled; what an op says of its data. With `milliseconds`, adds the time of each op of the
  /// body to its entry.
  Status run(std::span<double> milliseconds = {});
  /// After run(): output i of the function, or the tensor of a slot. kInternal when it is none.
  Result<TensorPtr> output(size_t i);
  Result<TensorPtr> tensor(int slot);

 private:
  Status run_block(const HostBlock& block, std::span<double> milliseconds = {});
  /// Runs op i, or a region that starts there: how many ops that were.
  Result<size_t> run_some(const HostBlock& block, size_t i);
  /// 0 when there is no region.
  Result<size_t> run_region(const HostBlock& block, size_t i);
  Status run_session(const Region& region, Session& session);
  Status run_op(const HostOp& op);
  Status run_tensors(const HostOp& op);
  Status show(const HostOp& op);
  Status run_cond(const HostOp& op);
  Status run_while(const HostOp& op);
  Status iterate(const HostOp& op, std::vector<HostValue>& variables, bool& go);
  Status spend(int64_t operations);

  // Lists, in host_list.cc.
  Status run_list(const HostOp& op);
  Status make_list(const HostOp& op);
  Status list_read(const HostOp& op);
  Status list_write(const HostOp& op);
  Status list_gather(const HostOp& op);
  Status list_scatter(const HostOp& op);
  Result<ListPtr> list_operand(const HostOp& op, int param);
  /// The list alone, for changing: the operand itself where nobody else holds it, else a copy.
  Result<ListPtr> own_list(const HostOp& op);
  Result<TensorPtr> element(const HostList& list, int64_t index);

  /// The operand of a parameter; null when it is not bound.
  const HostOperand* find(const HostOp& op, int param) const;
  /// A value, taken out of its slot where this is the last read.
  Result<HostValue> read(const Source& source);
  Result<TensorPtr> read_tensor(const Source& source);
  /// The only element of a condition, as a truth value.
  Result<bool> read_condition(const Source& source);
  void clear(const HostBlock& block);

  const HostProgram& program_;
  InterpreterLimits limits_;
  RegionCache* regions_;
  MemoryBudget memory_;
  std::vector<HostValue> slots_;
  int64_t left_;
  ValueObserver observer_;
};

}  // namespace pome::runtime
