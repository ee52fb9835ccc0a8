// What a backend offers the planner: rows of a kernel table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/thread_pool.h"
#include "ir/program.h"
#include "ops/args.h"

namespace pome::ops {

struct OpDef;

/// How a tensor lies in memory.
enum class Layout : uint8_t {
  kPlain,    // dense, row-major
  kBlocked,  // NCHW[c]: [N][ceil(C/c)][H][W][c], c the backend's channel block; of rank-4 fp32
             // tensors
};

/// A tensor that a kernel reads or writes, in the layout it wants it.
struct Port {
  const ir::Value* value = nullptr;
  Layout layout = Layout::kPlain;
};

/// Memory of one step while it runs. Pointers are aligned to 64 bytes, but inputs that are views of
/// others may be aligned to their element only.
struct RunContext {
  const std::byte* const* inputs = nullptr;
  std::byte* const* outputs = nullptr;
  /// The packed constants in the order of Candidate::packed.
  const std::byte* const* packed = nullptr;
  std::byte* scratch = nullptr;
  ThreadPool* pool = nullptr;
};

/// A constant in the kernel's own layout: `bytes` of memory that `fill` writes once, when the plan
/// is made. fill may keep references to the program's literals; it is dropped before the plan is
/// used.
struct PackedConstant {
  size_t bytes = 0;
  std::function<void(std::byte* to)> fill;
};

/// A kernel's offer to run an op (or a chain of ops).
struct Candidate {
  /// Relative cost; the cheapest offer wins. The reference is the dearest.
  double cost = 1;
  /// The ops it covers, in execution order; the first is the op that was asked for. Values between
  /// them are not made.
  std::vector<const ir::Op*> covered;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  /// The kernel's parameters: a trivially copyable struct, as bytes.
  std::vector<std::byte> params;
  std::vector<PackedConstant> packed;
  size_t scratch_bytes = 0;
  double flops = 0;
  /// The first output may lie where the first input lies, when nobody reads that later.
  bool in_place = false;
  /// Where each input may lie inside the first output, in bytes; -1 where it may not. Empty: none
  /// may. Where the planner puts an input there, `run` finds it in place (it compares pointers) and
  /// has nothing to copy.
  std::vector<int64_t> input_places;
  /// Where each output lies inside the first input, in bytes; -1 where it does not. Empty: none
  /// does. An output that the planner puts there is that memory under another shape: `run` finds it
  /// in place and has nothing to copy. What lies around it belongs to others.
  std::vector<int64_t> output_places;
  /// The step runs where its first op stands instead of its last: for one of several outputs, some
  /// of which are read before the last op. Refused where an input does not exist there.
  bool runs_first = false;

  template <typename P>
  void set_params(const P& p) {
    static_assert(std::is_trivially_copyable_v<P>);
    const auto bytes = std::as_bytes(std::span(&p, 1));
    params.assign(bytes.begin(), bytes.end());
  }
};

/// Why a kernel cannot take an op: "groups 3 do not divide into blocks of 16".
struct Refusal {
  std::string reason;
};
using Match = std::variant<Candidate, Refusal>;

/// What match() may look at.
class MatchContext {
 public:
  virtual ~MatchContext() = default;
  /// The layout in which a value exists (plain for constants and inputs).
  virtual Layout layout(const ir::Value* value) const = 0;
  /// The only reader of a value that is no output of the function, not yet taken by another step;
  /// else null.
  virtual const ir::Op* sole_user(const ir::Value* value) const = 0;
  /// All readers of a value, in no order and each once; empty when the value is an output of the
  /// function or another step has taken one of them.
  virtual std::vector<const ir::Op*> readers(const ir::Value* value) const = 0;
  /// True when `value` exists before `op` runs, whatever `op` and the ops it may be fused with
  /// compute.
  virtual bool available_at(const ir::Value* value, const ir::Op& op) const = 0;
  /// The resolved operands of an op of the program.
  virtual const Args& args(const ir::Op& op) const = 0;
  /// c of Layout::kBlocked.
  virtual int channel_block() const = 0;
  /// Backend::target.
  virtual int target() const = 0;
  virtual int threads() const = 0;
};

/// One row of a backend's table. `match` tells whether (and at which cost) the kernel takes `op`;
/// `run` runs it.
struct KernelRow {
  std::string_view name;  // "conv2d_nchwc"
  int version = 1;        // changes whenever params or packed layouts do
  std::string_view op;    // the kind of the op it starts from
  Match (*match)(const MatchContext& context, const ir::Op& op) = nullptr;
  void (*run)(const void* params, const RunContext& context) noexcept = nullptr;
};

/// How the planner changes the layout of a tensor between two kernels; rows with op "reorder" are
/// asked through this.
struct ReorderParams {
  int64_t n = 0, c = 0, h = 0, w = 0;
  int32_t target = 0;      // Backend::target
  int32_t to_blocked = 0;  // 1: plain to blocked, 0: blocked to plain
};

/// What a backend is to the planner: plain data, passed in by who composes the system.
struct Backend {
  std::string_view name;  // "cpu"
  std::string_view isa;   // "avx512"
  int target = 0;  // the backend's own number of its instruction set, for its kernels' parameters
  int channel_block = 1;
  std::span<const KernelRow> rows;  // in order of preference among equal costs
  /// Runs a ReorderParams step: inputs[0] to outputs[0], fp32.
  void (*reorder)(const void* params, const RunContext& context) noexcept = nullptr;
  /// What arrays of halves become on their way in, exactly, and floats on their way out, rounded
  /// to nearest even.
  void (*half_to_float)(int target, const uint16_t* in, float* out, int64_t count,
                        ThreadPool& pool) noexcept = nullptr;
  void (*float_to_half)(int target, const float* in, uint16_t* out, int64_t count,
                        ThreadPool& pool) noexcept = nullptr;
};

}  // namespace pome::ops
